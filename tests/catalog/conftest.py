"""A real catalogue on disk, and items to put into it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from catalog.database import Catalog, open_catalog
from catalog.values import ItemEntry
from core import ids
from core.fixity import StoredFile
from core.images import ImageFacts
from core.item import Access, AccessState, Item, Page
from core.text import Block, Box, Line, PageText, Word

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PUBLISHED = Access(state=AccessState.PUBLISHED)

MakeText = Callable[..., PageText]
MakeEntry = Callable[..., ItemEntry]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "catalog.db"


@pytest.fixture
def cat(place: Path) -> Iterator[Catalog]:
    opened = open_catalog(f"sqlite:///{place}")
    yield opened
    opened.close()


def text_of(*lines: str, blocks: Sequence[Sequence[str]] = ()) -> PageText:
    """A page of 1000 x 1400 pixels: lines 50 apart and 40 high, words 100 apart and 90 wide."""
    number = 0
    made = []
    for block in blocks or [lines]:
        rows = []
        for line in block:
            words = tuple(
                Word(word, Box(100 * place, 50 * number, 90, 40), 0.75) for place, word in enumerate(line.split())
            )
            rows.append(Line(Box(0, 50 * number, 1000, 40), words))
            number += 1
        made.append(Block(Box(0, 0, 1000, 50 * number), tuple(rows)))
    return PageText(width=1000, height=1400, blocks=tuple(made), languages=("de",))


def entry_of(
    *texts: PageText | None,
    source_key: str = "batch/one",
    title: str = "A title",
    collection: str = "Unsorted",
    access: Access = PUBLISHED,
    at: datetime = NOON,
    stores: tuple[str, ...] = ("s3", "copy"),
    item_id: str = "",
    metadata: tuple[tuple[str, tuple[str, ...]], ...] = (),
    masters: Mapping[str, str] | None = None,
    **more: Any,
) -> ItemEntry:
    """An item with a page for each text; None is a page that was never read."""
    item_id = item_id or ids.mint()
    facts = ImageFacts(index=0, width=1000, height=1400, mode="L", bits=8, dpi=300.0)
    pages = tuple(
        Page(
            id=ids.mint(),
            number=number,
            label=str(number),
            file=f"masters/{number:04}.tif",
            source_name=f"{number}.tif",
            facts=facts,
        )
        for number in range(1, len(texts) + 1)
    )
    item = Item(
        id=item_id,
        source_key=source_key,
        title=title,
        collection=collection,
        access=access,
        metadata=metadata,
        languages=("de",),
        date="1893",
        batch="b",
        batch_name="a batch",
        pages=pages,
    )
    return ItemEntry(
        item=item,
        version=1,
        fingerprint="print",
        image_fingerprint=more.get("image_fingerprint", f"images of {source_key}"),
        files=tuple(
            StoredFile(
                logical=page.file,
                key=f"{item_id}/v1/{page.number}",
                size=10,
                sha512=f"512-{item_id}-{page.number}",
                sha256=f"256-{item_id}-{page.number}",
            )
            for page in pages
        ),
        stores=stores,
        derived={page.id: f"d{page.id}" for page in pages},
        texts={page.id: text for page, text in zip(pages, texts, strict=True) if text is not None},
        at=at,
    )


@pytest.fixture(scope="session")
def make_text() -> MakeText:
    return text_of


@pytest.fixture(scope="session")
def make_entry() -> MakeEntry:
    return entry_of
