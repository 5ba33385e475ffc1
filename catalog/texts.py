"""The text of pages: kept as plain text beside compressed words with their boxes."""

import unicodedata

from sqlalchemy import select

from catalog.database import Catalog
from catalog.packing import pack, unpack
from catalog.tables import page_texts as table
from core.text import PageText

__all__ = ["pack", "page_texts", "plain", "text", "unpack"]


def text(cat: Catalog, page_id: str) -> PageText | None:
    """What was read on a page, or None when it was never read."""
    with cat.reading() as connection:
        words = connection.execute(select(table.c.words).where(table.c.page_id == page_id)).scalar()
    return None if words is None else unpack(words)


def page_texts(cat: Catalog, item_id: str) -> dict[str, PageText]:
    """What was read on the pages of an item, by page id."""
    query = select(table.c.page_id, table.c.words).where(table.c.item_id == item_id)
    with cat.reading() as connection:
        return {row.page_id: unpack(row.words) for row in connection.execute(query)}


def plain(page: PageText) -> str:
    """The text in composed characters (NFC), as an exact search compares it."""
    return unicodedata.normalize("NFC", page.text)
