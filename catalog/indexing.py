"""Keeping the two FTS5 tables in step with pages and items, inside the transaction that changes those."""

from collections.abc import Mapping

from sqlalchemy import Connection, select, text

from catalog import words
from catalog.tables import items, page_texts
from core.item import Item
from core.text import PageText

NAMES = ("dc.creator", "dc.contributor")
# Between the halves of cut words stands a character of no alphabet, so that no phrase runs from one to the next.
BREAK = "\ue000"

ADD_PAGE = text("INSERT INTO page_index (rowid, words, parts) VALUES (:row, :words, :parts)")
ADD_ITEM = text("INSERT INTO item_index (rowid, title, names, other) VALUES (:row, :title, :names, :other)")
DROP_PAGE = text("DELETE FROM page_index WHERE rowid = :row")
DROP_ITEM = text("DELETE FROM item_index WHERE rowid = :row")


def add(connection: Connection, item: Item, texts: Mapping[str, PageText]) -> None:
    """Makes an item and its pages findable; their rows must be there, and not be findable already."""
    row = connection.execute(select(items.c.row).where(items.c.id == item.id)).scalar_one()
    connection.execute(ADD_ITEM, {"row": row, **_record_words(item)})
    query = select(page_texts.c.row, page_texts.c.page_id).where(page_texts.c.item_id == item.id)
    pages = [{"row": row, **_page_words(texts[page_id])} for row, page_id in connection.execute(query)]
    if pages:
        connection.execute(ADD_PAGE, pages)


def drop(connection: Connection, item_id: str) -> None:
    """Makes an item and its pages unfindable; call it before their rows go. Safe to repeat."""
    for statement, query in (
        (DROP_PAGE, select(page_texts.c.row).where(page_texts.c.item_id == item_id)),
        (DROP_ITEM, select(items.c.row).where(items.c.id == item_id)),
    ):
        if rows := [{"row": row} for row in connection.execute(query).scalars()]:
            connection.execute(statement, rows)


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
