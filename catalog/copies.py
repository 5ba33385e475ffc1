"""The files of items, their copies in the stores, and when those were last read in full."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, bindparam, insert, or_, select, tuple_, update

from catalog.database import Catalog
from catalog.tables import copies, reads
from catalog.tables import files as table
from catalog.values import CopyView
from core.fixity import FixityEvent, FixityOutcome, StoredFile

MANY = 1000


def file(cat: Catalog, item_id: str, logical: str) -> StoredFile | None:
    """One file of an item's current version by its logical path, or None when there is none."""
    query = select(table).where(table.c.item_id == item_id, table.c.logical == logical)
    with cat.reading() as connection:
        row = connection.execute(query).first()
    return _stored(row) if row else None


def files(cat: Catalog, item_id: str) -> tuple[StoredFile, ...]:
    """The files of an item's current version by logical path."""
    query = select(table).where(table.c.item_id == item_id).order_by(table.c.logical)
    with cat.reading() as connection:
        return tuple(_stored(row) for row in connection.execute(query))


def all_copies(cat: Catalog) -> Iterator[CopyView]:
    """Every copy of every file, those of earlier versions too, by store and key; holds no lock between them.

    Read in portions: a copy that is added meanwhile may or may not be among them.
    """
    after = ("", "")
    while True:
        query = select(copies).where(tuple_(copies.c.store, copies.c.key) > after)
        with cat.reading() as connection:
            rows = connection.execute(query.order_by(copies.c.store, copies.c.key).limit(MANY)).all()
        yield from (_copy(row) for row in rows)
        if len(rows) < MANY:
            return
        after = (rows[-1].store, rows[-1].key)


def not_intact(cat: Catalog) -> tuple[CopyView, ...]:
    """The copies whose last full read found anything but what was recorded, by store and key."""
    bad = copies.c.outcome.not_in([FixityOutcome.INTACT])
    with cat.reading() as connection:
        return tuple(
            _copy(row) for row in connection.execute(select(copies).where(bad).order_by(copies.c.store, copies.c.key))
        )


def record_reads(cat: Catalog, events: Sequence[FixityEvent]) -> None:
    """Adds full reads, and notes the newest one with its copy; an older one never hides a newer one.

    Reads of keys that belong to no copy (canaries, files that nobody wrote) are added alike.
    """
    if not events:
        return
    newer = or_(copies.c.last_read.is_(None), copies.c.last_read <= bindparam("at"))
    note = update(copies).where(copies.c.store == bindparam("in_store"), copies.c.key == bindparam("at_key"), newer)
    rows = [{**asdict(event), "in_store": event.store, "at_key": event.key} for event in events]
    with cat.writing() as connection:
        connection.execute(insert(reads), [asdict(event) for event in events])
        connection.execute(note.values(last_read=bindparam("at"), outcome=bindparam("outcome")), rows)


def _copy(row: Row[Any]) -> CopyView:
    return CopyView(
        item_id=row.item_id,
        store=row.store,
        file=_stored(row),
        last_read=row.last_read,
        outcome=FixityOutcome(row.outcome) if row.outcome else None,
    )


def _stored(row: Row[Any]) -> StoredFile:
    return StoredFile(logical=row.logical, key=row.key, size=row.size, sha512=row.sha512, sha256=row.sha256)
