"""Keeping the two FTS5 tables in step with pages and items, inside the transaction that changes those."""

from collections.abc import Mapping

from sqlalchemy import Connection, column, delete, insert, select, table

from catalog import words
from catalog.tables import items, page_texts
from core.item import Item
from core.text import PageText

NAMES = ("dc.creator", "dc.contributor")
# Between the halves of cut words stands a character of no alphabet, so that no phrase runs from one to the next.
BREAK = "\ue000"

page_index = table("page_index", *map(column, ("rowid", "page_index", "words", "parts")))
item_index = table("item_index", *map(column, ("rowid", "item_index", "title", "names", "other")))


def add(connection: Connection, item: Item, texts: Mapping[str, PageText]) -> None:
    """Makes an item and its pages findable; their rows must be there, and not be findable already."""
    row = connection.execute(select(items.c.row).where(items.c.id == item.id)).scalar_one()
    connection.execute(insert(item_index), {"rowid": row, **_record_words(item)})
    query = select(page_texts.c.row, page_texts.c.page_id).where(page_texts.c.item_id == item.id)
    pages = [{"rowid": row, **_page_words(texts[page_id])} for row, page_id in connection.execute(query)]
    if pages:
        connection.execute(insert(page_index), pages)


def drop(connection: Connection, item_id: str) -> None:
    """Makes an item and its pages unfindable; call it before their rows go. Safe to repeat."""
    for index, rows in (
        (page_index, select(page_texts.c.row).where(page_texts.c.item_id == item_id)),
        (item_index, select(items.c.row).where(items.c.id == item_id)),
    ):
        connection.execute(delete(index).where(index.c.rowid.in_(rows)))


def _page_words(page: PageText) -> dict[str, str]:
    found, halves = words.page_tokens([[word.text for word in line.words] for line in page.lines()])
    return {
        "words": " ".join(token.folded for token in found),
        "parts": f" {BREAK} ".join(f"{first.folded} {second.folded}" for first, second in halves),
    }


def _record_words(item: Item) -> dict[str, str]:
    names = [value for term in NAMES for value in item.values(term)]
    other = [value for term, values in item.metadata if term not in (*NAMES, "dc.title") for value in values]
    return {
        "title": words.folded(item.title),
        "names": words.folded(" ".join(names)),
        "other": words.folded(" ".join([*other, item.date, item.collection])),
    }
