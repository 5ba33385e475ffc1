"""Which items and pages hold the words of a question, and in what order: one walk over what FTS5 finds."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from unicodedata import normalize

from sqlalchemy import ColumnElement, Connection, and_, func, literal_column, select, true

from catalog.indexing import item_index, page_index
from catalog.questions import Term, exact_test, expression
from catalog.shelves import in_collection, seen_by
from catalog.tables import items, page_texts
from catalog.values import Question
from core.record import item_from_json

PAGE_SCORE = func.bm25(literal_column("page_index"))
# A word in the title says most of what an item is about, one in a name more than one in a subject.
RECORD_SCORE = func.bm25(literal_column("item_index"), 10.0, 5.0, 1.0)
RECORD_WEIGHT = 2.0


@dataclass(slots=True)
class Ranked:
    """An item that was found: its pages as (score, row of `page_texts`); scores of bm25 are better the lower."""

    item_id: str
    pages: list[tuple[float, int]] = field(default_factory=list)
    record_score: float = 0.0
    in_record: bool = False

    @property
    def score(self) -> float:
        """That of the best page, and that of the record where it matched."""
        return min((score for score, _ in self.pages), default=0.0) + RECORD_WEIGHT * self.record_score

    def best(self, number: int | None) -> list[int]:
        """The rows of the best pages; of all of them when no number is given."""
        return [row for _, row in nsmallest(len(self.pages) if number is None else number, self.pages)]


def rank(connection: Connection, question: Question, terms: Sequence[Term]) -> list[Ranked]:
    """The items with something found, best first; equal ones in the order they came in."""
    found: dict[str, Ranked] = {}
    _pages(connection, question, terms, found)
    if question.item is None:
        _records(connection, question, terms, found)
    return sorted(found.values(), key=lambda ranked: ranked.score)


def _pages(connection: Connection, question: Question, terms: Sequence[Term], found: dict[str, Ranked]) -> None:
    text = (page_texts.c.text,) if question.exact else ()
    query = (
        select(page_texts.c.row, page_texts.c.item_id, PAGE_SCORE, *text)
        .select_from(page_index)
        .join(page_texts, page_texts.c.row == page_index.c.rowid)
        .join(items, items.c.id == page_texts.c.item_id)
        .where(page_index.c.page_index.op("MATCH")(expression(terms)), _wanted(question))
    )
    holds = exact_test(terms)
    for row, item_id, score, *text_of in connection.execute(query):
        if all(map(holds, text_of)):
            found.setdefault(item_id, Ranked(item_id)).pages.append((score, row))


def _records(connection: Connection, question: Question, terms: Sequence[Term], found: dict[str, Ranked]) -> None:
    query = (
        select(items.c.id, RECORD_SCORE, items.c.record)
        .select_from(item_index)
        .join(items, items.c.row == item_index.c.rowid)
        .where(item_index.c.item_index.op("MATCH")(expression(terms)), _wanted(question))
    )
    holds = exact_test(terms)
    for item_id, score, record in connection.execute(query):
        if not question.exact or holds(_words_of(record)):
            ranked = found.setdefault(item_id, Ranked(item_id))
            ranked.record_score, ranked.in_record = score, True


def _wanted(question: Question) -> ColumnElement[bool]:
    one = true() if question.item is None else items.c.id == question.item
    return and_(one, seen_by(question.public_only), in_collection(question.collection))


def _words_of(record: str) -> str:
    item = item_from_json(record, '{"pages": []}', None)
    values = [value for _, values in item.metadata for value in values]
    return normalize("NFC", "\n".join([item.title, *values, item.date, item.collection]))
