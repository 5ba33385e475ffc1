"""The text of pages: kept as plain text beside compressed words with their boxes."""

import json
import unicodedata
import zlib
from typing import Any

from sqlalchemy import select

from catalog.database import Catalog
from catalog.tables import page_texts as table
from core.text import Block, Box, Engine, Line, PageText, Word


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


def pack(page: PageText) -> bytes:
    """Everything that was read, in some eight bytes a word; `unpack` is the inverse."""
    engine = page.engine
    data = {
        "size": [page.width, page.height],
        "languages": page.languages,
        "engine": engine and [engine.name, engine.version, engine.models],
        "blocks": [[_box(block.box), [_line(line) for line in block.lines]] for block in page.blocks],
    }
    return zlib.compress(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


def unpack(packed: bytes) -> PageText:
    """The inverse of `pack`."""
    data = raw(packed)
    width, height = data["size"]
    return PageText(
        width=width,
        height=height,
        blocks=tuple(
            Block(
                Box(*box),
                tuple(
                    Line(Box(*outer), tuple(Word(text, Box(*inner), sure) for text, inner, sure in words))
                    for outer, words in lines
                ),
            )
            for box, lines in data["blocks"]
        ),
        languages=tuple(data["languages"]),
        engine=_engine(data["engine"]),
    )


def raw(packed: bytes) -> dict[str, Any]:
    """The packed words as plain lists, for a search that needs the boxes of few of many.

    "blocks" are [box, lines], lines [box, words], words [text, box, confidence], boxes [x, y, w, h].
    """
    data: dict[str, Any] = json.loads(zlib.decompress(packed).decode("utf-8", "surrogatepass"))
    return data


def _line(line: Line) -> list[Any]:
    return [_box(line.box), [[word.text, _box(word.box), word.confidence] for word in line.words]]


def _box(box: Box) -> list[int]:
    return [box.x, box.y, box.w, box.h]


def _engine(data: list[Any] | None) -> Engine | None:
    return Engine(data[0], data[1], tuple((name, digest) for name, digest in data[2])) if data else None
