"""Keeping the two FTS5 tables in step with pages and items, inside the transaction that changes those."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, column, delete, insert, select, table

from catalog import words
from catalog.database import Catalog
from catalog.tables import items, page_texts
from core.item import Item
from core.text import PageText

NAMES = ("dc.creator", "dc.contributor")
SWITCHES = "ocr"  # terms that begin so tell Muniment what to do with the item: nobody looks for "yes" or "no"
# Between the sides of cut words stands a character of no alphabet, so that no phrase runs from one to the next.
BREAK = "\ue000"

STEP = 500  # pages of the database in one step of `squeeze`

Words = dict[str, str]  # by column of the index

page_index = table("page_index", *map(column, ("rowid", "page_index", "words", "parts")))
item_index = table("item_index", *map(column, ("rowid", "item_index", "title", "names", "other")))


def searched(texts: Mapping[str, PageText]) -> dict[str, Words]:
    """The words of each page as they are indexed, by page id."""
    return {page_id: _page_words(text) for page_id, text in texts.items()}


def add(connection: Connection, item: Item, pages: Mapping[str, Words]) -> None:
    """Makes an item and its pages findable; their rows must be there, and not be findable already."""
    row = connection.execute(select(items.c.row).where(items.c.id == item.id)).scalar_one()
    connection.execute(insert(item_index), {"rowid": row, **_record_words(item)})
    query = select(page_texts.c.row, page_texts.c.page_id).where(page_texts.c.item_id == item.id)
    rows = [{"rowid": row, **pages[page_id]} for row, page_id in connection.execute(query)]
    if rows:
        connection.execute(insert(page_index), rows)


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


def _page_words(page: PageText) -> Words:
    found, sides = words.page_tokens([[word.text for word in line.words] for line in page.lines()])
    return {"words": _line(found), "parts": f" {BREAK} ".join(map(_line, sides))}


def _line(found: Iterable[words.Token]) -> str:
    return " ".join(token.folded for token in found)


def _record_words(item: Item) -> Words:
    names = [value for term in NAMES for value in item.values(term)]
    told = [row for row in item.metadata if row[0] not in (*NAMES, "dc.title") and not row[0].startswith(SWITCHES)]
    other = [value for _, values in told for value in values]
    return {
        "title": words.folded(item.title),
        "names": words.folded(" ".join(names)),
        "other": words.folded(" ".join([*other, item.date, item.collection])),
    }
