"""Finding words in the text of pages and in the records of items; costs what is found, not what is held."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, select

from catalog import matching
from catalog.database import Catalog
from catalog.hits import Reach
from catalog.packing import page_words
from catalog.questions import Term, parse
from catalog.ranking import Found, Ranking
from catalog.shelves import CARD, card
from catalog.tables import items, page_texts, pages
from catalog.values import Answer, ItemHits, PageHit, Question

PAGES_SHOWN = 2
PORTION = 100
PAGE = (pages.c.id, pages.c.image_id, pages.c.number, pages.c.label, pages.c.width, pages.c.height)
# Made once: to make them costs more than their answers.
ROWS: BindParameter[int] = bindparam("rows", expanding=True)
CARDS = select(items.c.row, *CARD).where(items.c.row.in_(ROWS))
WORDS = (
    select(page_texts.c.row, page_texts.c.words, *PAGE)
    .join(pages, pages.c.id == page_texts.c.page_id)
    .where(page_texts.c.row.in_(ROWS))
    .order_by(page_texts.c.row)
)


def search(cat: Catalog, question: Question) -> Answer:
    """What is found in pages and records, grouped by item, best first.

    A page is found when all words are on it, an item's record when all are in it. Nothing that can be typed is an
    error; what holds no letter and no digit finds nothing.
    """
    terms = parse(question.text)
    if not terms:
        return Answer(question=question, pages_found=0, items_found=0, hits=())
    each = max(1, question.per_page)
    with cat.reading() as connection:
        ranking = Ranking(Reach.of(connection, question), terms, exact=question.exact)
        extent = ranking.extent()
        found, goes_on = ranking.items((max(1, question.page) - 1) * each, each, shown=PAGES_SHOWN)
        hits = _item_hits(connection, found, terms, exact=question.exact)
    return Answer(
        question=question,
        pages_found=extent.pages,
        items_found=extent.items,
        hits=hits,
        counted=extent.whole,
        goes_on=goes_on,
    )


def search_item(cat: Catalog, item_id: str, text: str, *, exact: bool = False) -> tuple[PageHit, ...]:
    """All pages of one item on which all the words stand, in page order, with every match; hidden items too."""
    terms = parse(text)
    with cat.reading() as connection:
        row = connection.execute(select(items.c.row).where(items.c.id == item_id)).scalar()
        if not terms or row is None:
            return ()
        reach = Reach.of(connection, Question(text=text, public_only=False))
        found = list(Ranking(reach, terms, exact=exact).pages(row))
        return tuple(_page_hit(page, terms, exact=exact, matches=True) for page in _words(connection, found))


def _item_hits(
    connection: Connection, shown: Sequence[Found], terms: Sequence[Term], *, exact: bool
) -> tuple[ItemHits, ...]:
    rows = [found.row for found in shown]
    cards = {row.row: card(row) for row in connection.execute(CARDS, {"rows": rows})}
    pages = [page for found in shown for page in found.best]
    hits = {row.row: _page_hit(row, terms, exact=exact) for row in _words(connection, pages)}
    return tuple(
        ItemHits(
            card=cards[found.row],
            pages_found=len(found.pages),
            pages=tuple(hits[page] for page in found.best),
            in_record=found.in_record,
        )
        for found in shown
    )


def _words(connection: Connection, pages: Sequence[int]) -> Iterator[Row[Any]]:
    """The pages in the order of their rows, a few at a time: those of an item need not all be in memory."""
    rows = sorted(pages)
    for first in range(0, len(rows), PORTION):
        yield from connection.execute(WORDS, {"rows": rows[first : first + PORTION]})


def _page_hit(row: Row[Any], terms: Sequence[Term], *, exact: bool, matches: bool = False) -> PageHit:
    page = page_words(row.words)
    found = matching.places(page, terms, exact=exact, whole=matches)
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
