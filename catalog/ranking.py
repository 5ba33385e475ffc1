"""Which items and pages hold the words of a question, and in what order: found from the best on, and no further.

Nothing here walks all that holds a common word. The best pages come first out of the index itself, level by level
(catalog/weights.py), and each row is let through only after its item's access was looked at.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from heapq import nsmallest
from itertools import islice
from unicodedata import normalize

from catalog import vocabulary, weights
from catalog.hits import Reach, is_plain
from catalog.indexing import item_of
from catalog.questions import Begun, Term, exact_test, expression, phrase
from core.record import item_from_json

MANY = 1000  # pages, and records, that are counted one by one
WEIGHED = 12  # hits of one item that are compared to find its best
# What a record says of an item counts by where it stands: a title before all texts, a name among the best pages.
TITLE, NAMES, RECORD = "{title}", "{title names}", "{title names other}"


@dataclass(frozen=True, slots=True)
class Found:
    """An item that was found: its row, the rows of its pages in page order, and of its best, best first."""

    row: int
    pages: tuple[int, ...]
    best: tuple[int, ...]
    in_record: bool


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is found in all; when that is not the `whole`, more pages than these or more records than items."""

    pages: int
    items: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Weighed:
    """A term and the word of it that says most: the longest; the levels of a phrase are those of that word."""

    term: Term
    word: str
    begun: Begun | None

    @classmethod
    def of(cls, term: Term, begun: Begun) -> "Weighed":
        """The term as it is weighed; `begun` tells the words of the index that begin so."""
        folds = [token.folded for token in term.tokens]
        firm = folds[:-1] if term.prefix and len(folds) > 1 else folds
        return cls(term, max(firm, key=len), begun if term.prefix and len(folds) == 1 else None)

    @property
    def says_all(self) -> bool:
        """True when every page on which the word has a level is one that is asked for.

        Not so of phrases, nor where SQLite knows no letter in the word.
        """
        return len(self.term.tokens) == 1 and is_plain(self.word)

    def at(self, level: int) -> str:
        """What finds the pages on which the word has this level, and others where it does not say all."""
        return phrase([weights.MARKS[level] + self.word], self.begun)

    def worth(self, marks: str) -> float:
        """What the word adds to the score of a page with these marks; of several that it begins, the best."""
        return max(map(weights.worth, self._levels(marks)), default=0.0)

    def _levels(self, marks: str) -> Iterator[int]:
        at = marks.find(self.word)
        while at > 0:
            end = at + len(self.word)
            if (level := weights.LEVELS.get(marks[at - 1])) and (self.begun or marks[end : end + 1] in ("", " ")):
                yield level
            at = marks.find(self.word, end)


class Ranking:
    """The answer to one question, read as far as it is asked for; equal ones come in the order they came in."""

    def __init__(self, reach: Reach, terms: Sequence[Term], *, exact: bool = False) -> None:
        self._reach = reach
        # All terms together are asked as no more words than one may be; each is looked up once.
        each = vocabulary.MOST // max(1, sum(term.prefix for term in terms))
        self._begun: Begun = cache(partial(reach.begun, "page", each))
        self._asked, self._holds = expression(terms, self._begun), exact_test(terms) if exact else None
        self._asked_records = expression(terms, partial(reach.begun, "item", each))
        self._recorded = frozenset(islice(self._records(RECORD), MANY + 1))
        self._weighed = [Weighed.of(term, self._begun) for term in terms]

    def extent(self) -> Extent:
        """How many pages and items are found."""
        if self._holds is None and self._reach.extent(self._asked, MANY + 1) > MANY:  # told without making a list
            return Extent(MANY, min(len(self._recorded), MANY), whole=False)
        pages = list(islice(self._pages(self._asked), MANY + 1))
        if max(len(pages), len(self._recorded)) <= MANY:
            return Extent(len(pages), len({*self._recorded, *map(item_of, pages)}), whole=True)
        return Extent(min(len(pages), MANY), min(len(self._recorded), MANY), whole=False)

    def items(self, first: int, number: int, *, shown: int) -> tuple[list[Found], bool]:
        """The items from place `first` on, best first, at most `number`, and whether there are more.

        Each comes with at most `shown` of its best pages.
        """
        leads = list(islice(self._best_first(), first, first + number + 1))
        held = {row: tuple(self._pages(self._asked, row)) for row, _ in leads[:number]}
        weighed = {row: _first_of(held[row], lead) for row, lead in leads[:number]}
        score = self._scores([page for row in held if len(held[row]) > shown for page in weighed[row]])
        return [
            Found(row, pages, tuple(_best(weighed[row], score, shown)), self._in_record(row))
            for row, pages in held.items()
        ], len(leads) > number

    def pages(self, item: int) -> Iterator[int]:
        """The rows of the pages that are found in one item, in their order."""
        return self._pages(self._asked, item)

    def _best_first(self) -> Iterator[tuple[int, int | None]]:
        """Each item once, with the page that brought it in."""
        seen: set[int] = set()
        for item, page in self._sources():
            if item not in seen:
                seen.add(item)
                yield item, page

    def _sources(self) -> Iterator[tuple[int, int | None]]:
        yield from ((item, None) for item in self._records(TITLE))
        leading = self._leading()
        rest = "" if len(self._weighed) == 1 and leading.says_all else f"({self._asked}) AND "
        for level in range(weights.TOP, 0, -1):
            if level == weights.TOP // 2:
                yield from ((item, None) for item in self._records(NAMES))
            yield from ((item_of(page), page) for page in self._pages(f"{rest}{leading.at(level)}"))
        yield from ((item, None) for item in self._records(RECORD))
        yield from ((item_of(page), page) for page in self._pages(self._asked))

    def _leading(self) -> "Weighed":
        """The term that says most about a page: the one that stands on the fewest."""
        if len(self._weighed) == 1:
            return self._weighed[0]
        return min(self._weighed, key=lambda one: self._reach.count(expression([one.term], self._begun), MANY))

    def _scores(self, pages: Sequence[int]) -> dict[int, float]:
        return {
            page: sum(term.worth(marks) for term in self._weighed) for page, marks in self._reach.marks(pages).items()
        }

    def _in_record(self, item: int) -> bool:
        if len(self._recorded) <= MANY:
            return item in self._recorded
        return any(True for _ in self._records(RECORD, item))

    def _pages(self, asked: str, item: int | None = None) -> Iterator[int]:
        if self._holds is None:
            return self._reach.pages(asked, item)
        return (row for row, text in self._reach.texts(asked, item) if self._holds(text))

    def _records(self, columns: str, item: int | None = None) -> Iterator[int]:
        asked = f"{columns} : ({self._asked_records})"
        if self._holds is None:
            return (row for row, _ in self._reach.records(asked, item))
        return (row for row, record in self._reach.records(asked, item) if self._holds(_words_of(record)))


def _first_of(pages: Sequence[int], lead: int | None) -> list[int]:
    """The pages of an item that are weighed against each other: the one that brought it in, and its first ones."""
    few = pages[:WEIGHED]
    return [lead, *(page for page in few if page != lead)] if lead else list(few)


def _best(pages: Sequence[int], score: Mapping[int, float], shown: int) -> list[int]:
    """The best of the pages, best first; as they come where there are too few to be weighed."""
    return nsmallest(shown, pages, key=lambda page: (-score[page], page)) if len(pages) > shown else list(pages)


def _words_of(record: str) -> str:
    item = item_from_json(record, '{"pages": []}', None)
    values = [value for _, values in item.metadata for value in values]
    return normalize("NFC", "\n".join([item.title, *values, item.date, item.collection]))
