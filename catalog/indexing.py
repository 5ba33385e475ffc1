"""Keeping the two FTS5 tables in step with pages and items, inside the transaction that changes those."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from sqlalchemy import Connection, column, delete, insert, select, table

from catalog import weights, words
from catalog.database import Catalog
from catalog.tables import items, page_texts
from core.item import Item
from core.text import PageText

NAMES = ("dc.creator", "dc.contributor")
SWITCHES = "ocr"  # terms that begin so tell Muniment what to do with the item: nobody looks for "yes" or "no"
# Between the sides of cut words stands a character of no alphabet, so that no phrase runs from one to the next.
BREAK = weights.MARKS[0]
SHELF = "\ue020"

# The row of a page tells its item's row: no table has to be asked whose page it is, and the pages of an item, and the
# items as they came in, stand one after another in every list of the index.
PAGES = 2**20

STEP = 500  # pages of the database in one step of `squeeze`

Words = dict[str, str]  # by column of the index

page_index = table("page_index", *map(column, ("rowid", "page_index", "words", "parts", "marks")))
item_index = table("item_index", *map(column, ("rowid", "item_index", "title", "names", "other")))


def item_of(page: int) -> int:
    """The row of the item whose page this row is."""
    return page // PAGES


def page_row(item: int, number: int) -> int:
    """The row of a page by its item's row and its place, from 0."""
    return item * PAGES + number


def searched(page: PageText) -> Words:
    """The words of a page as they are indexed."""
    found, sides = words.page_folds([[word.text for word in line.words] for line in page.lines()])
    cut = f" {BREAK} ".join(map(" ".join, sides))
    return {"words": " ".join(found), "parts": cut, "marks": weights.marked(found)}


def add(connection: Connection, item: Item, row: int, pages: Sequence[tuple[int, Words]]) -> None:
    """Makes an item and its pages findable by their rows; they must not be findable already."""
    connection.execute(insert(item_index), {"rowid": row, **_record_words(item)})
    shelves = " ".join(shelf_marks(item.collection))
    rows = [{"rowid": number, **page, "marks": f"{shelves} {page['marks']}"} for number, page in pages]
    if rows:
        connection.execute(insert(page_index), rows)


def shelf_marks(path: str) -> Iterable[str]:
    """The words that tell a page's collection and those above it."""
    parts = path.split("/")
    return (shelf_mark("/".join(parts[:length])) for length in range(1, len(parts) + 1))


def shelf_mark(path: str) -> str:
    """The word that stands on every page of a collection and its children."""
    return SHELF + sha256(path.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def drop(connection: Connection, item_id: str) -> None:
    """Makes an item and its pages unfindable; call it before their rows go. Safe to repeat."""
    for index, rows in (
        (page_index, select(page_texts.c.row).where(page_texts.c.item_id == item_id)),
        (item_index, select(items.c.row).where(items.c.id == item_id)),
    ):
        connection.execute(delete(index).where(index.c.rowid.in_(rows)))


def squeeze(cat: Catalog) -> None:
    """Leaves no word in the indices that no page or record has any more: FTS5 only marks what is deleted.

    In small steps, each a transaction of its own, so that no other writer waits for long. Safe to repeat.
    """
    for index in (page_index, item_index):
        _merge(cat, index.name, -STEP)  # a negative number of pages puts all that there is in line for merging
        while _merge(cat, index.name, STEP):
            pass


def _merge(cat: Catalog, index: str, pages: int) -> bool:
    """True when there may be more to do: a step that does nothing changes fewer than two rows."""
    with cat.writing() as connection:
        driver = connection.connection.driver_connection
        before = driver.total_changes if driver else 0
        order = f"INSERT INTO {index}({index}, rank) VALUES ('merge', {pages:d})"  # noqa: S608 (no words of others)
        connection.exec_driver_sql(order)
        return bool(driver and driver.total_changes - before > 1)


def _record_words(item: Item) -> Words:
    names = [value for term in NAMES for value in item.values(term)]
    told = [row for row in item.metadata if row[0] not in (*NAMES, "dc.title") and not row[0].startswith(SWITCHES)]
    other = [value for _, values in told for value in values]
    return {
        "title": words.folded(item.title),
        "names": words.folded(" ".join(names)),
        "other": words.folded(" ".join([*other, item.date, item.collection])),
    }
