"""A real catalogue with drawn pages in real pyramids, and the viewer over it."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageDraw, ImageFont

from catalog import items, people
from catalog.database import Catalog, open_catalog
from catalog.values import ItemEntry
from core.fixity import StoredFile
from core.images import ImageFacts
from core.item import Access, AccessState, Item, Page, Rights
from core.text import Block, Box, Line, PageText, Word
from images.render import render_page
from tests.viewer.deeds import FakeActions, ReadingClient
from viewer.app import create_app
from viewer.config import ViewerConfig

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SIZE = (1000, 1400)
BASE = "http://127.0.0.1:8080"
STATES = {
    "published": Access(state=AccessState.PUBLISHED),
    "draft": Access(),
    "staff": Access(state=AccessState.STAFF),
    "embargoed": Access(state=AccessState.EMBARGOED, embargo_until=date(2999, 1, 1)),
    "withdrawn": Access(state=AccessState.WITHDRAWN, reason="privacy", by="x", at="2026-11-20T10:00:00+00:00"),
}
TEXTS = (
    ("The harbour was quiet", "until the evening"),
    ("Nobody came ashore", "and the lamps were lit"),
    ("Zephyrine saw the lights", "from the old harbour wall"),
)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The holdings of the tests: the catalogue, its folder, and the items by name."""

    catalog: Catalog
    home: Path
    items: dict[str, Item]


def draw(file: Path, lines: tuple[str, ...]) -> PageText:
    """A page with these lines as a TIFF, and its text with the boxes of the words as they were drawn."""
    image = Image.new("L", SIZE, 245)
    pen, face = ImageDraw.Draw(image), ImageFont.load_default(size=44)
    rows = []
    for number, line in enumerate(lines):
        x, words = 90, []
        for word in line.split():
            left, top, right, bottom = pen.textbbox((x, 160 + 120 * number), word, font=face)
            pen.text((x, 160 + 120 * number), word, font=face, fill=20)
            words.append(Word(word, Box(int(left), int(top), int(right - left), int(bottom - top)), 0.95))
            x = int(right) + 22
        box = words[0].box
        for drawn in words[1:]:
            box = box.union(drawn.box)
        rows.append(Line(box, tuple(words)))
    image.save(file, dpi=(300, 300))
    return PageText(*SIZE, (Block(Box(0, 0, *SIZE), tuple(rows)),), languages=("en",))


def record(folder: Path) -> None:
    """Writes down what lies in the folder, as the road does when a page is done."""
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    (folder / "done.json").write_text(json.dumps({"files": files}))


def shelve(catalog: Catalog, home: Path, name: str, texts: tuple[tuple[str, ...], ...], **facts: Any) -> Item:
    """The item, saved with its pictures and texts."""
    pages, derived, words, files = [], {}, {}, []
    for number, lines in enumerate(texts, 1):
        page_id = hashlib.sha256(f"{name}{number}".encode()).hexdigest()[:12]
        key = hashlib.sha256(page_id.encode()).hexdigest()[:16]
        folder = home / "derived" / key[:2] / key
        folder.mkdir(parents=True)
        source = home / f"{name}-{number}.tif"
        words[page_id] = draw(source, lines)
        render_page(source, 0, folder, prepare=False)
        record(folder)
        logical = f"masters/{number:04d}.tif"
        image = ImageFacts(index=0, width=SIZE[0], height=SIZE[1], mode="L", bits=8, dpi=300)
        pages.append(Page(id=page_id, number=number, label=str(number), file=logical, source_name="a.tif", facts=image))
        derived[page_id] = key
        files.append(StoredFile(logical=logical, key=f"k/{logical}", size=8, sha512=key * 8, sha256=key * 4))
    item_id = hashlib.sha256(name.encode()).hexdigest()[:12]
    item = Item(id=item_id, source_key=name, pages=tuple(pages), languages=("en",), **facts)
    entry = ItemEntry(
        item=item,
        version=1,
        fingerprint=name,
        image_fingerprint=name,
        files=tuple(files),
        stores=("s3",),
        derived=derived,
        texts=words,
        at=NOON,
    )
    items.save(catalog, entry)
    return item


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    home = tmp_path_factory.mktemp("viewer")
    catalog = open_catalog(f"sqlite:///{home / 'catalog.db'}")
    people.add(catalog, "anna", "a long secret", "archivist")
    people.add(catalog, "rolf", "another secret", "reader")
    people.add(catalog, "stella", "a third secret", "steward")
    people.add(catalog, "aki", "a fourth secret", "administrator")
    held = {
        state: shelve(catalog, home, state, TEXTS[:1], title=f"An item, {state}", access=access)
        for state, access in STATES.items()
    }
    held["report"] = shelve(
        catalog,
        home,
        "report",
        TEXTS,
        title="Harbour report",
        collection="Town/Harbour",
        metadata=(("dc.creator", ("Berg, Ida",)), ("dc.date", ("1905",)), ("dc.description", ("Kept in a tin.",))),
        date="1905",
        rights=Rights(uri="http://creativecommons.org/publicdomain/zero/1.0/"),
        access=STATES["published"],
    )
    yield Shelf(catalog, home, held)
    catalog.close()


@pytest.fixture
def report(shelf: Shelf) -> Item:
    """A published item of three pages; the third has the word "Zephyrine"."""
    return shelf.items["report"]


@pytest.fixture
def actions(shelf: Shelf, tmp_path: Path) -> FakeActions:
    return FakeActions(shelf.home / "report-1.tif", shelf.catalog, tmp_path)


@pytest.fixture
def config(shelf: Shelf, tmp_path: Path) -> ViewerConfig:
    return ViewerConfig(
        public_url=BASE,
        public_url_is_local=True,
        secret_key="of no importance",
        derived=shelf.home / "derived",
        manifests=tmp_path / "manifests",
        cache=tmp_path / "cache",
        inbox=tmp_path / "inbox",
        contact="desk@example.org",
    )


@pytest.fixture
def app(config: ViewerConfig, shelf: Shelf, actions: FakeActions) -> Flask:
    made = create_app(config, shelf.catalog, actions)
    made.test_client_class = ReadingClient
    return made


@pytest.fixture
def reader(app: Flask) -> FlaskClient:
    """A browser without a login."""
    return app.test_client()


@pytest.fixture
def staff(enter: Callable[[str], FlaskClient]) -> FlaskClient:
    """A browser in which the archivist is logged in."""
    return enter("anna")


@pytest.fixture
def enter(app: Flask, shelf: Shelf) -> Callable[[str], FlaskClient]:
    """Hands over a browser in which this person is logged in; passwords are slow on purpose and tried elsewhere."""

    def logged_in(name: str) -> FlaskClient:
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = next(
                person.agent_id for person in people.everyone(shelf.catalog) if person.name == name
            )
        return client

    return logged_in


def token(client: FlaskClient, path: str) -> str:
    """The CSRF token of the first form on the page."""
    return client.get(path).text.partition('name="csrf_token" value="')[2].partition('"')[0]


@pytest.fixture
def csrf() -> Callable[[FlaskClient, str], str]:
    return token


@pytest.fixture(scope="session")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        pytest.skip("No Chromium is installed: the browser tests need one.")
    return found
