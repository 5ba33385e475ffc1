"""The catalogue opens, is brought to its newest form, and holds what the tables say."""

import json
import struct
import subprocess
import sys
import zlib
from array import array
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from catalog import chain, items, migrations
from catalog.database import NEWEST, Catalog, is_ours, migrate, open_catalog
from catalog.indexing import page_row
from catalog.packing import pack
from catalog.search import search_item
from catalog.tables import metadata
from catalog.values import CopyView, ItemEntry
from core.errors import CatalogError, ConfigurationError
from core.events import GENESIS, Deed, seal
from core.fixity import FixityOutcome, StoredFile
from core.item import Access, AccessState
from core.text import Block, Box, Engine, Line, PageText, Word

MakeEntry = Callable[..., ItemEntry]
MakeText = Callable[..., PageText]
EMPTY = Block(Box(0, 0, 9, 9), ())

PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "busy_timeout": 30000}


def test_migrations_make_exactly_the_tables_that_the_queries_speak_of(cat: Catalog) -> None:
    with cat.reading() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": is_ours, "compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_migrating_again_changes_nothing(cat: Catalog) -> None:
    schema = text("SELECT name, sql FROM sqlite_master ORDER BY name")
    with cat.reading() as connection:
        before = connection.execute(schema).all()
    with cat.writing() as connection:
        migrate(connection)
        assert connection.execute(schema).all() == before


def test_what_is_acknowledged_is_on_disk(cat: Catalog) -> None:
    with cat.reading() as connection:
        found = {name: connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in PRAGMAS}
    assert found == PRAGMAS


def test_a_start_knows_the_newest_form_without_loading_the_migrations(cat: Catalog) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_current_head() == NEWEST
    with cat.glancing() as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(NEWEST,)]
    code = "import sys; from catalog.database import open_catalog as o; o(sys.argv[1]); print('alembic' in sys.modules)"
    with cat.glancing() as connection:
        place = connection.execute("PRAGMA database_list").fetchone()[2]
    run = [sys.executable, "-c", code, f"sqlite:///{place}"]
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run(run, cwd=root, capture_output=True, text=True, check=True).stdout == "False\n"


def test_a_glance_that_fails_is_told_like_any_other_question(cat: Catalog) -> None:
    with pytest.raises(CatalogError, match="could not answer"), cat.glancing() as connection:
        connection.execute("SELECT nothing FROM nowhere")
    with cat.glancing() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_catalogue_of_a_newer_muniment_is_refused_with_a_sentence(cat: Catalog, place: Path) -> None:
    with cat.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CatalogError, match="made by a newer Muniment"):
        open_catalog(f"sqlite:///{place}")


@pytest.mark.parametrize("url", ["postgresql://user:secret@host/db", "sqlite://", "no address"])
def test_an_address_that_is_no_sqlite_file_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        open_catalog(url)
    assert "sqlite:////path/catalog.db" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_file_that_is_no_database_is_refused_with_a_sentence(place: Path) -> None:
    place.write_bytes(b"not a database at all, but long enough to be looked at" * 20)
    with pytest.raises(CatalogError, match="could not answer"):
        open_catalog(f"sqlite:///{place}")


def test_a_block_that_raises_writes_nothing(cat: Catalog) -> None:
    with suppress(ZeroDivisionError), cat.writing() as connection:
        connection.execute(text("INSERT INTO inspections VALUES ('a', 'b', '{}')"))
        raise ZeroDivisionError
    with cat.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM inspections")).scalar_one() == 0


WRITER = """
import sys
from datetime import UTC, datetime
from catalog import chain
from catalog.database import open_catalog
from core.events import Deed

url, name = sys.argv[1:]
catalog = open_catalog(url)
for number in range(40):
    at = datetime(2026, 11, 21, tzinfo=UTC)
    chain.append(catalog, [Deed(kind="ingestion", item="item", agent=name, detail=f"{name} {number}", at=at)])
catalog.close()
"""


def test_processes_that_open_and_write_at_once_lose_nothing(place: Path) -> None:
    url = f"sqlite:///{place}"
    root = Path(__file__).resolve().parents[2]
    names = ("one", "two")
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, url, name], cwd=root) for name in names]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    catalog = open_catalog(url)
    found = chain.of_item(catalog, "item")
    catalog.close()
    assert {event.deed.detail for event in found} == {f"{name} {number}" for name in names for number in range(40)}
    assert [event.number for event in found] == list(range(1, 81))
    assert [event.previous for event in found] == [GENESIS, *(event.digest for event in found[:-1])]


OLD = "2026-11-20 08:00:00.000000"
OLD_ROWS = (
    "INSERT INTO events VALUES (1, 'ingestion', 'abc', 'k', 'success', 'Käme an', '2026-11-20 08:00:00.000005')",
    "INSERT INTO events VALUES (3, 'deaccession', NULL, 'm', 'fail', '', '2026-11-20 09:00:00.000000')",
    f"INSERT INTO copies VALUES ('s3', 'k1', 'abc', 'masters/1', 9, '512', '256', '{OLD}', 'intact')",
    f"INSERT INTO reads VALUES (1, 's3', 'k1', 'intact', '512', '512', '{OLD}', 'k')",
    "INSERT INTO items VALUES (1, 'abc', 'b/1', 'T', '', 'C', 'published', NULL, '{}', '{}', 'b', 1, 'f', 'g', 0,"
    f" '', '', '{OLD}', '{OLD}')",
    "INSERT INTO files VALUES ('abc', 'masters/1', 'k1', 9, '512', '256')",
)


def test_what_the_plain_log_told_is_sealed_and_nothing_else_is_lost(place: Path) -> None:
    engine = create_engine(f"sqlite:///{place}")
    with engine.begin() as connection:
        connection.execute(text("PRAGMA foreign_keys = ON"))
        migrate(connection, to="0001")
        for row in OLD_ROWS:
            connection.execute(text(row))
    engine.dispose()
    catalog = open_catalog(f"sqlite:///{place}")
    at = datetime(2026, 11, 20, 8, tzinfo=UTC)
    first = Deed(kind="ingestion", item="abc", agent="k", detail="Käme an", at=at.replace(microsecond=5))
    second = Deed(kind="deaccession", agent="m", outcome="fail", at=at.replace(hour=9))
    sealed = seal(first, number=1, previous=GENESIS)
    assert tuple(chain.events(catalog)) == (sealed, seal(second, number=2, previous=sealed.digest))
    file = StoredFile(logical="masters/1", key="k1", size=9, sha512="512", sha256="256")
    assert items.files(catalog, "abc") == (file,)
    assert list(items.all_copies(catalog)) == [
        CopyView(item_id="abc", store="s3", file=file, last_read=at, outcome=FixityOutcome.INTACT)
    ]
    assert (items.count(catalog), items.waiting(catalog)) == (1, ())
    with catalog.reading() as connection:
        [read] = connection.execute(text("SELECT run, size, event FROM reads")).all()
        assert tuple(read) == ("", None, None)
        counts = connection.execute(text("SELECT * FROM copy_counts")).all()
        assert [tuple(row) for row in counts] == [("s3", 0, "", 0, 1, 9)]
        assert connection.execute(text("SELECT count(*) FROM sqlite_master WHERE name = 'events'")).scalar() == 0
    catalog.close()


WORDS_OF_OLD = {
    "size": [1000, 1400],
    "languages": ["de"],
    "engine": ["tesseract", "5.5", [["deu", "ab"]]],
    "blocks": [[[0, 0, 9, 9], [[[0, 0, 8, 8], [["Käme", [1, 2, 3, 4], 0.5], ["an", [5, 6, 7, 8], 1]]]]]],
}
ROW_OF_OLD = (
    "INSERT INTO pages VALUES ('page', 'abc', 3, '3', 'masters/1', '1.tif', 1, 'page.1', 1000, 1400, '{}', '', 1)",
    "INSERT INTO page_texts VALUES (1, 'page', 'abc', 'Käme an', :words)",
)


def test_texts_of_an_older_catalogue_are_kept_and_found(place: Path) -> None:
    engine = create_engine(f"sqlite:///{place}")
    packed = zlib.compress(json.dumps(WORDS_OF_OLD).encode())
    with engine.begin() as connection:
        migrate(connection, to="0001")
        for row in OLD_ROWS:
            connection.execute(text(row))
        migrate(connection, to="0002")
        for row in ROW_OF_OLD:
            connection.execute(text(row), {"words": packed} if ":words" in row else {})
    engine.dispose()
    catalog = open_catalog(f"sqlite:///{place}")
    words = (Word("Käme", Box(1, 2, 3, 4), 0.5), Word("an", Box(5, 6, 7, 8), 1))
    read = Engine("tesseract", "5.5", (("deu", "ab"),))
    block = Block(Box(0, 0, 9, 9), (Line(Box(0, 0, 8, 8), words),))
    assert items.text(catalog, "page") == PageText(1000, 1400, (block,), ("de",), read)
    with catalog.reading() as connection:
        assert connection.execute(text("SELECT row FROM page_texts")).scalars().all() == [page_row(1, 2)]
        found = connection.execute(text("SELECT rowid FROM page_index WHERE page_index MATCH 'kame'"))
        assert found.scalars().all() == [page_row(1, 2)]
    assert [hit.page_id for hit in search_item(catalog, "abc", "kame an")] == ["page"]
    catalog.close()


def third_form(page: PageText) -> bytes:
    """The words as the third form of the catalogue kept them: words, boxes by columns, and the rest."""
    words = [word for line in page.lines() for word in line.words]
    [block] = page.blocks
    front = {"words": [word.text for word in words]}
    columns = [[word.box.x for word in words], [word.box.y for word in words]]
    columns += [[word.box.w for word in words], [word.box.h for word in words]]
    rest = {
        "size": [page.width, page.height],
        "languages": page.languages,
        "engine": None,
        "blocks": [[flat(block.box), len(block.lines)]],
        "lines": [[*flat(line.box), len(line.words)] for line in block.lines],
        "sure": [word.confidence for word in words],
    }
    first, third = (zlib.compress(json.dumps(part).encode()) for part in (front, rest))
    second = zlib.compress(array("i", [number for column in columns for number in column]).tobytes())
    return struct.pack("<II", len(first), len(second)) + first + second + third


def flat(box: Box) -> list[int]:
    return [box.x, box.y, box.w, box.h]


def test_words_in_the_third_form_are_packed_anew_and_those_in_todays_left(place: Path, make_text: MakeText) -> None:
    old, new = make_text("Käme an", "zu Berlin"), make_text("nicht mehr")
    engine = create_engine(f"sqlite:///{place}")
    with engine.begin() as connection:
        migrate(connection, to="0003")
        for number, words in enumerate((third_form(old), pack(new), third_form(PageText(9, 9, (EMPTY,))))):
            values = {"row": number, "page": f"page-{number}", "words": words}
            connection.execute(text("INSERT INTO page_texts VALUES (:row, :page, 'abc', 'Käme an', :words)"), values)
    engine.dispose()
    catalog = open_catalog(f"sqlite:///{place}")
    found = [items.text(catalog, f"page-{number}") for number in range(3)]
    assert found == [replace(old, engine=None), new, PageText(9, 9, (EMPTY,))]
    catalog.close()


COUNTED = text("SELECT collection, state, waiting, embargo_until, held FROM shelf_counts ORDER BY 1, 2, 3, 4")
TRUE = text(
    "SELECT collection, state, waiting, coalesce(embargo_until, '9999-12-31'), count(*) FROM items"
    " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
)


def test_shelves_are_counted_right_whatever_happens_to_items(cat: Catalog, make_entry: MakeEntry) -> None:
    def counted() -> int:
        with cat.reading() as connection:
            told = connection.execute(COUNTED).all()
            assert told == connection.execute(TRUE).all()
        return len(told)

    until = Access(state=AccessState.EMBARGOED, embargo_until=date(2999, 1, 1))
    entries = [make_entry(source_key=f"k{number}", collection=f"A/{number % 2}") for number in range(4)]
    for entry in entries:
        items.save(cat, entry)
    assert counted() == 2
    items.set_access(cat, entries[0].item.id, until, 2, ())
    assert counted() == 3
    items.save(cat, make_entry(item_id=entries[1].item.id, source_key="k1", collection="B"))
    assert counted() == 4
    items.hide(cat, entries[2].item.id, Access(state=AccessState.EMBARGOED))
    assert counted() == 4
    for entry in entries:
        items.remove(cat, entry.item.id)
    assert counted() == 0
