"""Finding words in the text of pages and in the records of items; costs what is found, not what is held."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from catalog import matching, ranking, texts
from catalog.database import Catalog
from catalog.matching import PageWords
from catalog.questions import Term, parse
from catalog.ranking import Ranked
from catalog.shelves import CARD, card
from catalog.tables import items, page_texts, pages
from catalog.values import Answer, ItemHits, PageHit, Question

PAGES_SHOWN = 3
PAGE = (pages.c.id, pages.c.image_id, pages.c.number, pages.c.label, pages.c.width, pages.c.height)
WORDS = select(page_texts.c.row, page_texts.c.words, *PAGE).join(pages, pages.c.id == page_texts.c.page_id)


def search(cat: Catalog, question: Question) -> Answer:
    """What is found in pages and records, grouped by item, best first.

    A page is found when all words are on it, an item's record when all are in it. Nothing that can be typed is an
    error; what holds no letter and no digit finds nothing.
    """
    terms = parse(question.text)
    if not terms:
        return Answer(question=question, pages_found=0, items_found=0, hits=())
    first = (max(1, question.page) - 1) * max(1, question.per_page)
    with cat.reading() as connection:
        found = ranking.rank(connection, question, terms)
        shown = found[first : first + max(1, question.per_page)]
        hits = _item_hits(connection, shown, terms, exact=question.exact)
    return Answer(
        question=question,
        pages_found=sum(len(ranked.pages) for ranked in found),
        items_found=len(found),
        hits=hits,
    )


def search_item(cat: Catalog, item_id: str, text: str, *, exact: bool = False) -> tuple[PageHit, ...]:
    """All pages of one item on which all the words stand, in page order, with every match; hidden items too."""
    terms = parse(text)
    if not terms:
        return ()
    question = Question(text=text, exact=exact, item=item_id, public_only=False)
    with cat.reading() as connection:
        found = ranking.rank(connection, question, terms)
        hits = [_page_hit(row, terms, exact=exact, matches=True) for row in _words(connection, found, every=True)]
    return tuple(sorted(hits, key=lambda hit: hit.number))


def _item_hits(
    connection: Connection, shown: Sequence[Ranked], terms: Sequence[Term], *, exact: bool
) -> tuple[ItemHits, ...]:
    query = select(*CARD).where(items.c.id.in_([ranked.item_id for ranked in shown]))
    cards = {row.id: card(row) for row in connection.execute(query)}
    hits = {row.row: _page_hit(row, terms, exact=exact) for row in _words(connection, shown)}
    return tuple(
        ItemHits(
            card=cards[ranked.item_id],
            pages_found=len(ranked.pages),
            pages=tuple(hits[row] for row in ranked.best(PAGES_SHOWN)),
            in_record=ranked.in_record,
        )
        for ranked in shown
    )


def _words(connection: Connection, found: Iterable[Ranked], *, every: bool = False) -> Iterable[Row[Any]]:
    rows = [row for ranked in found for row in ranked.best(None if every else PAGES_SHOWN)]
    for first in range(0, len(rows), 500):
        yield from connection.execute(WORDS.where(page_texts.c.row.in_(rows[first : first + 500])))


def _page_hit(row: Row[Any], terms: Sequence[Term], *, exact: bool, matches: bool = False) -> PageHit:
    page = PageWords.of(texts.raw(row.words))
    found = matching.places(page, terms, exact=exact)
    return PageHit(
        page_id=row.id,
        image_id=row.image_id,
        number=row.number,
        label=row.label,
        width=row.width,
        height=row.height,
        snippet=matching.snippet(page, found),
        boxes=matching.boxes(page, found),
        line=matching.line(page, found),
        matches=tuple(matching.match(page, place) for place in found) if matches else (),
    )
