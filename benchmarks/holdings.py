"""Made holdings: a catalogue filled by its own doors with items whose texts are put together from real words."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from benchmarks.made_texts import Writer
from catalog import items
from catalog.database import Catalog
from catalog.values import ItemEntry
from core.events import Deed
from core.fixity import StoredFile
from core.images import ImageFacts
from core.item import Access, AccessState, Item, Page
from core.text import PageText

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
STORES = ("s3", "copy")
SHELVES = 40
HIDDEN = 20  # one item in so many is a draft
AGENT = "made"


def fill(catalog: Catalog, numbers: range, pages: int, writer: Writer) -> None:
    """Puts items in, one transaction each, as the worker does."""
    for number in numbers:
        put(catalog, number, writer.item(number, pages))


def put(catalog: Catalog, number: int, texts: list[PageText]) -> Item:
    """Reserves the ids of one item and saves it with its pages, texts, files, copies and event."""
    entry, deed = entry_of(catalog, number, texts)
    items.save(catalog, entry, [deed])
    return entry.item


def entry_of(catalog: Catalog, number: int, texts: list[PageText]) -> tuple[ItemEntry, Deed]:
    """The item of this number as it comes from the stores, with ids reserved for it and its pages."""
    masters = [_digest(f"{number}/{page}") for page in range(len(texts))]
    reserved = items.reserve(catalog, f"made/{number}", images=[(master, 0) for master in masters])
    at = BEGIN + timedelta(minutes=number)
    item = _item(number, reserved.item_id, tuple(_pages(reserved.page_ids, texts)))
    files = tuple(_files(item, masters))
    listed = [[file.logical, file.key, file.size, file.sha512, file.sha256] for file in files]
    entry = ItemEntry(
        item=item,
        version=1,
        fingerprint=_digest(f"of {number}"),
        image_fingerprint=_digest(f"images of {number}"),
        files=files,
        stores=STORES,
        derived={page.id: _digest(page.id) for page in item.pages},
        texts=dict(zip(reserved.page_ids, texts, strict=True)),
        at=at,
    )
    return entry, Deed(kind="ingestion", agent=AGENT, at=at, item=item.id, facts={"files": listed})


def shelf_of(number: int) -> str:
    """The collection of the item of this number: a few dozen, in five groups."""
    return f"Fonds {number % 5}/Series {number % SHELVES}"


def _item(number: int, item_id: str, pages: tuple[Page, ...]) -> Item:
    hidden = number % HIDDEN == HIDDEN - 1
    return Item(
        id=item_id,
        source_key=f"made/{number}",
        title=f"Item {number}",
        collection=shelf_of(number),
        metadata=(("dc.title", (f"Item {number}",)), ("dc.creator", (f"Creator {number % 500}",))),
        languages=("en",),
        date=str(1700 + number % 220),
        batch=f"batch-{number // 100}",
        batch_name=f"Batch {number // 100}",
        access=Access() if hidden else Access(state=AccessState.PUBLISHED),
        pages=pages,
    )


def _pages(page_ids: tuple[str, ...], texts: list[PageText]) -> Iterator[Page]:
    for number, (page_id, text) in enumerate(zip(page_ids, texts, strict=True), 1):
        facts = ImageFacts(index=0, width=text.width, height=text.height, mode="L", bits=8, dpi=300.0)
        file = f"masters/{number:04}.tif"
        yield Page(id=page_id, number=number, label=str(number), file=file, source_name=f"{number:04}.tif", facts=facts)


def _files(item: Item, masters: list[str]) -> Iterator[StoredFile]:
    for page, master in zip(item.pages, masters, strict=True):
        yield _file(item, page.file, master, 9_000_000)
        yield _file(item, f"text/{page.id}.alto.xml", _digest(page.id), 90_000)
    for name in ("metadata/record.json", "metadata/structure.json", "metadata/access.json", "mets.xml", "premis.xml"):
        yield _file(item, name, _digest(f"{item.id} {name}"), 4_000)


def _file(item: Item, logical: str, sha256: str, size: int) -> StoredFile:
    return StoredFile(logical=logical, key=f"{item.id}/{sha256[:24]}", size=size, sha512=sha256 * 2, sha256=sha256)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
