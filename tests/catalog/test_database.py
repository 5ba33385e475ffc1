"""The catalogue opens, is brought to its newest form, and holds what the tables say."""

import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, text

from catalog import chain, items
from catalog.database import Catalog, is_ours, migrate, open_catalog
from catalog.tables import metadata
from catalog.values import CopyView
from core.errors import CatalogError, ConfigurationError
from core.events import GENESIS, Deed, seal
from core.fixity import FixityOutcome, StoredFile

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
        assert connection.execute(text("SELECT count(*) FROM sqlite_master WHERE name = 'events'")).scalar() == 0
    catalog.close()
