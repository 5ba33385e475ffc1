"""The catalogue opens, is brought to its newest form, and holds what the tables say."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from catalog import events
from catalog.database import Catalog, is_ours, migrate, open_catalog
from catalog.tables import metadata
from core.errors import CatalogError, ConfigurationError

PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000}


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
from catalog import events
from catalog.database import open_catalog

url, name = sys.argv[1:]
catalog = open_catalog(url)
for number in range(40):
    events.append(
        catalog, kind="ingestion", item_id="item", agent=name, outcome="success", detail=f"{name} {number}",
        at=datetime(2026, 11, 21, tzinfo=UTC),
    )
catalog.close()
"""


def test_processes_that_open_and_write_at_once_lose_nothing(place: Path) -> None:
    url = f"sqlite:///{place}"
    root = Path(__file__).resolve().parents[2]
    names = ("one", "two")
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, url, name], cwd=root) for name in names]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    catalog = open_catalog(url)
    found = events.of_item(catalog, "item")
    catalog.close()
    assert {event.detail for event in found} == {f"{name} {number}" for name in names for number in range(40)}
    assert [event.number for event in found] == list(range(1, 81))
