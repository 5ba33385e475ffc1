"""What is measured while holdings grow: each operation tells how often it is done and how large its answer was."""

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path
from typing import cast
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient

from benchmarks import holdings
from benchmarks.made_texts import Writer
from catalog import audits, batches, items
from catalog.database import Catalog
from catalog.values import JobSeed
from core.item import Item
from manifests.addresses import PLACEHOLDER
from manifests.manifest import build_manifest
from viewer.app import create_app
from viewer.config import Actions, ViewerConfig

TIMES, WORDS, PORTION = 9, 24, 1000
LIKE = ("10 pages", 10), ("100 pages", 100), ("1,000 pages", 1000)
HIT = b'class="snippet"'
ENTRY = b"<li"  # an item or a collection that a list shows
NO_DEEDS = cast(Actions, None)  # what readers ask for does no deed


@dataclass(slots=True)
class Shop:
    """The holdings being measured: the catalogue, its folder, a reader's browser, and how many items are in."""

    catalog: Catalog
    home: Path
    writer: Writer = field(default_factory=Writer)
    held: int = 0
    sized: dict[int, Item] = field(default_factory=dict)  # items of special sizes, by their pages

    def app(self) -> Flask:
        """The real viewer over these holdings."""
        config = ViewerConfig(
            public_url="http://127.0.0.1:8080",
            public_url_is_local=True,
            secret_key="of no importance",
            derived=self.home / "derived",
            manifests=self.home / "manifests",
            cache=self.home / "cache",
            inbox=self.home / "inbox",
        )
        return create_app(config, self.catalog, NO_DEEDS)

    def reader(self) -> FlaskClient:
        """A browser over the viewer."""
        return self.app().test_client()

    def grow(self, to: int, pages: int) -> None:
        """Fills the catalogue with items of so many pages, a batch to each hundred."""
        for start in range(self.held, to, 100):
            numbers = range(start, min(start + 100, to))
            holdings.fill(self.catalog, numbers, pages, self.writer)
            queue(self.catalog, numbers)
        self.held = max(self.held, to)

    def place(self, pages: int) -> Item:
        """An item of a special size; a large one comes in only once, with its manifest written as at ingest."""
        if pages not in self.sized:
            number = 10_000_000 + pages * 1000  # published, and no number of the others
            self.sized[pages] = put_sized(self, number, pages)
        return self.sized[pages]


def put_sized(shop: Shop, number: int, pages: int) -> Item:
    """The item with its manifest."""
    item = holdings.put(shop.catalog, number, shop.writer.item(number, pages))
    folder = shop.home / "manifests"
    folder.mkdir(parents=True, exist_ok=True)
    texts = [page.id for page in item.pages]
    (folder / f"{item.id}.json").write_text(json.dumps(build_manifest(item, PLACEHOLDER, texts=texts)))
    return item


def queue(catalog: Catalog, numbers: range) -> None:
    """A batch as the queue knows it, done."""
    batch = batches.create(
        catalog, name=f"Batch {numbers.start}", path=f"/in/{numbers.start}", publish=True, new_version=False, agent="k"
    )
    batches.set_jobs(catalog, batch, [JobSeed(f"item-{number}", place) for place, number in enumerate(numbers)])
    batches.finish(catalog, batch, state="done")


@dataclass(frozen=True, slots=True)
class Timed:
    """What one operation took at one size of the holdings, in seconds, and how large its answer was each time."""

    name: str
    seconds: list[float]
    cpu_seconds: list[float]
    answer: float


Deed = Callable[[], float]  # does it once; the size of its answer comes back


def timed(name: str, deeds: Sequence[Deed]) -> Timed:
    """Each deed once after one that does not count."""
    deeds[0]()
    walls, cpus, sizes = [], [], []
    for deed in deeds:
        wall, cpu = time.perf_counter(), time.process_time()
        sizes.append(deed())
        cpus.append(time.process_time() - cpu)
        walls.append(time.perf_counter() - wall)
    return Timed(name, walls, cpus, sum(sizes) / len(sizes))


def asked(
    reader: FlaskClient, address: str, arguments: Mapping[str, str] | None = None, *, size: float = 1, hit: bytes = b""
) -> Deed:
    """A page of the viewer, whose answer is of this size; when a `hit` is told, one more for each that it shows."""
    where = f"{address}?{urlencode(arguments)}" if arguments else address

    def ask() -> float:
        answer = reader.get(where, headers={"Accept-Encoding": "identity"})
        if answer.status_code != 200:
            raise RuntimeError(f"The viewer answered {where} with {answer.status}: look at its log.")
        return size + (answer.get_data().count(hit) if hit else 0)

    return ask


def of_readers(shop: Shop) -> Iterator[Timed]:
    """What readers do."""
    reader, words = shop.reader(), Vocabulary(shop)
    tenth, rare = words.standing_on(0.08, 0.125), words.rare()
    shelf = holdings.shelf_of(0)

    def searched(name: str, found: Sequence[str], **more: str) -> Timed:
        return timed(f"search: {name}", [asked(reader, "/search", {"q": word, **more}, hit=HIT) for word in found])

    yield searched("word on one page in ten", tenth)
    yield searched("the same, second page", tenth, page="2")
    yield searched("the same, in a collection", tenth, collection=shelf)
    yield searched("rare word", rare)
    yield searched("two such words", [" ".join(pair) for pair in zip(tenth, rare, strict=False)])
    yield searched("two words on one page in ten", [" ".join(pair) for pair in pairwise(tenth)])
    yield searched("phrase", words.phrases())
    yield searched("begun word", [f"{word[:4]}*" for word in tenth])
    last = max(1, items.count(shop.catalog, collection=shelf) // 48)
    for name, address, more in (
        ("home", "/", {}),
        ("collection", f"/collections/{shelf}", {}),
        ("collection, last part", f"/collections/{shelf}", {"page": str(last)}),
        ("collection of collections, last part", "/collections/Fonds 0", {"page": str(last * 8)}),
        ("IIIF collection of everything", "/iiif/presentation/3/collection", {}),
    ):
        yield timed(f"browse: {name}", [asked(reader, address, more, hit=ENTRY)] * TIMES)
    yield from of_items(shop, reader, tenth)


def of_items(shop: Shop, reader: FlaskClient, words: Sequence[str]) -> Iterator[Timed]:
    """What readers do with one item, by its size."""
    for name, pages in LIKE:
        item = shop.place(pages)
        middle = item.pages[pages // 2].id
        base = f"/iiif/presentation/3/{item.id}"
        yield timed(f"item page ({name})", [asked(reader, f"/items/{item.id}/pages/{middle}", size=pages)] * TIMES)
        yield timed(f"manifest ({name})", [asked(reader, f"{base}/manifest", size=pages)] * TIMES)
        yield timed(f"annotation page ({name})", [asked(reader, f"{base}/annotations/{middle}")] * TIMES)
        within = [asked(reader, f"/iiif/search/2/{item.id}", {"q": word}, size=pages) for word in words[:TIMES]]
        yield timed(f"search in item ({name})", within)


def of_the_queue(shop: Shop) -> Iterator[Timed]:
    """What the worker, the auditor and the desk do."""
    numbers = iter(range(20_000_000 + shop.held * 100, 30_000_000))
    texts = {pages: shop.writer.item(7, pages) for _, pages in LIKE}

    def next_item(pages: int) -> Deed:
        return lambda: len(holdings.put(shop.catalog, next(numbers), texts[pages]).pages)

    for name, pages in LIKE:
        yield timed(f"next item ({name})", [next_item(pages)] * (TIMES if pages < PORTION else 2))
    yield timed("the same item again (10 pages)", [lambda: len(holdings.put(shop.catalog, 1, texts[10]).pages)] * TIMES)
    since = datetime.now(UTC) - timedelta(days=30)
    plan = [lambda: len(list(islice(audits.due(shop.catalog, "s3"), PORTION)))] * TIMES
    yield timed("audit plan: the next 1,000 copies", plan)
    yield timed("coverage of a store", [lambda: len(audits.coverage(shop.catalog, since, "s3"))] * TIMES)
    yield timed("list of the newest 50 batches", [lambda: len(batches.listing(shop.catalog))] * TIMES)
    yield timed("unfinished batches", [lambda: 1 + len(batches.unfinished(shop.catalog))] * TIMES)
    yield timed("inbox", [lambda: 1 + len(batches.inbox(shop.catalog))] * TIMES)


class Vocabulary:
    """The words that stand in the holdings, by the number of pages they stand on."""

    def __init__(self, shop: Shop) -> None:
        query = "SELECT term, doc FROM temp.terms WHERE length(term) > 3 AND term < 'zz' AND col = 'words'"
        with shop.catalog.glancing() as connection:
            connection.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.terms USING fts5vocab(main, page_index, col)")
            self._pages = dict(connection.execute(query).fetchall())
            self._held = connection.execute("SELECT count(*) FROM page_texts").fetchone()[0]
            row = connection.execute("SELECT text FROM page_texts ORDER BY row LIMIT 1").fetchone()
        self._text = row[0].split()

    def standing_on(self, least: float, most: float) -> list[str]:
        """Words that stand on this share of all pages."""
        found = sorted(word for word, pages in self._pages.items() if least <= pages / self._held <= most)
        return random.Random(4).sample(found, min(WORDS, len(found)))

    def rare(self) -> list[str]:
        """Words that stand on two or three pages."""
        found = sorted(word for word, pages in self._pages.items() if pages in (2, 3))
        return random.Random(4).sample(found, min(WORDS, len(found)))

    def phrases(self) -> list[str]:
        """Words that stand side by side on the first page of all."""
        pairs = [f'"{one} {two}"' for one, two in pairwise(self._text)]
        return pairs[: WORDS * 3 : 3]
