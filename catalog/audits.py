"""Audits: what is due to be read, what was read, how much of the holdings that covers, and the runs."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from catalog import chain
from catalog.columns import now
from catalog.coverage import coverage
from catalog.database import Catalog
from catalog.fixity_values import DueCopy, Read, RunState
from catalog.runs import begin, break_open, finish, get, last_finished, latest
from catalog.tables import copies, reads, runs
from core.events import Deed, Event
from core.fixity import FixityOutcome

__all__ = [
    "begin",
    "break_open",
    "copies_at",
    "coverage",
    "disown",
    "due",
    "finish",
    "get",
    "last_finished",
    "latest",
    "of_item",
    "record",
]

MANY = 1000
FEW = 200
_READ = tuple(field.name for field in fields(Read))  # a copy of each field, as asdict makes, costs a fifth of an audit


def due(cat: Catalog, store: str, moment: datetime | None = None) -> Iterator[DueCopy]:
    """Every copy in the store in the order to be read: never audited ones first, then the one read longest ago.

    A time after `moment` (now by default) counts as never: a clock was wrong then. Holds no lock between copies, and
    gives none twice, though it be read meanwhile; one that is added meanwhile may be left out.
    """
    start = moment or now()
    # All at once: when these are read meanwhile, their new times lie behind the start too.
    yield from [_due(row, never=True) for row in _portion(cat, store, copies.c.audited > start)]
    yield from _walk(cat, store, copies.c.audited.is_(None))
    yield from _walk(cat, store, copies.c.audited <= start)


def of_item(cat: Catalog, item: str, store: str) -> tuple[DueCopy, ...]:
    """The copies of an item in a store, by key; item "" are the files of the storage root."""
    query = select(copies).where(copies.c.item_id == item, copies.c.store == store).order_by(copies.c.key)
    with cat.reading() as connection:
        return tuple(_due(row) for row in connection.execute(query))


def copies_at(cat: Catalog, key: str) -> tuple[DueCopy, ...]:
    """The copies of a key in all stores, by the stores' names."""
    query = select(copies).where(copies.c.key == key).order_by(copies.c.store)
    with cat.reading() as connection:
        return tuple(_due(row) for row in connection.execute(query))


def record(cat: Catalog, found: Sequence[Read], deed: Deed) -> Event:
    """The event that tells of these full reads, kept in one transaction with them and with the copies they concern.

    An older read never hides a newer one; reads of keys that belong to no copy are kept alike.
    """
    with cat.writing() as connection:
        [event] = chain.add(connection, [deed])
        if found:
            connection.execute(insert(reads), [_row(read, event.number) for read in found])
            connection.execute(_NOTE, _noted(found))
    return event


def _row(read: Read, event: int) -> dict[str, Any]:
    return {name: getattr(read, name) for name in _READ} | {"event": event}


def disown(cat: Catalog, run_id: str) -> int:
    """How many copies lost what this run said of them, because it proved void; safe to repeat.

    Each has what the newest other full read said, of a run that is not void; else what it came in with.
    """
    mine = select(reads.c.store, reads.c.key, reads.c.at).where(reads.c.run == run_id)
    same = tuple_(copies.c.store, copies.c.key, copies.c.audited).in_(mine)
    query = select(copies.c.store, copies.c.key, copies.c.since, copies.c.audited).where(same)
    with cat.reading() as connection:
        found = connection.execute(query).all()
    # In portions: no other writer waits for long. One that is cut short is done again.
    for start in range(0, len(found), FEW):
        with cat.writing() as connection:
            for row in found[start : start + FEW]:
                here = and_(copies.c.store == row.store, copies.c.key == row.key, copies.c.audited == row.audited)
                connection.execute(update(copies).where(here).values(**_read_before(connection, row, run_id)))
    return len(found)


def _read_before(connection: Connection, row: Row[Any], run_id: str) -> dict[str, Any]:
    void = select(runs.c.id).where(runs.c.state == RunState.VOID)
    others = and_(reads.c.run != run_id, reads.c.run.not_in(void))
    query = select(reads.c.at, reads.c.outcome).where(reads.c.store == row.store, reads.c.key == row.key, others)
    read = connection.execute(query.order_by(reads.c.at.desc(), reads.c.number.desc()).limit(1)).first()
    if read:
        return {"last_read": read.at, "audited": read.at, "outcome": read.outcome}
    return {"last_read": row.since, "audited": None, "outcome": FixityOutcome.INTACT if row.since else None}


_NEWER = or_(
    copies.c.last_read.is_(None), copies.c.last_read <= bindparam("read_at"), copies.c.last_read > bindparam("moment")
)
_NOTE = (
    update(copies)
    .where(copies.c.store == bindparam("in_store"), copies.c.key == bindparam("at_key"), _NEWER)
    .values(last_read=bindparam("read_at"), audited=bindparam("read_at"), outcome=bindparam("read_as"))
)


def _noted(found: Sequence[Read]) -> list[dict[str, Any]]:
    """By names that are no columns of `copies`: an update of many rows sets every column that it is given."""
    moment = now()
    return [
        {"in_store": read.store, "at_key": read.key, "read_at": read.at, "read_as": read.outcome, "moment": moment}
        for read in found
    ]


def _walk(cat: Catalog, store: str, which: ColumnElement[bool]) -> Iterator[DueCopy]:
    """The copies by time and key, in portions that each begin after the last one's end."""
    after: ColumnElement[bool] | None = None
    while True:
        rows = _portion(cat, store, which if after is None else and_(which, after), limit=MANY)
        yield from (_due(row) for row in rows)
        if len(rows) < MANY:
            return
        last = rows[-1]
        later = tuple_(copies.c.audited, copies.c.key) > (last.audited, last.key)
        after = copies.c.key > last.key if last.audited is None else later


def _portion(cat: Catalog, store: str, which: ColumnElement[bool], limit: int | None = None) -> Sequence[Row[Any]]:
    query = select(copies).where(copies.c.store == store, which).order_by(copies.c.audited, copies.c.key)
    with cat.reading() as connection:
        return connection.execute(query.limit(limit)).all()


def _due(row: Row[Any], *, never: bool = False) -> DueCopy:
    return DueCopy(
        store=row.store,
        key=row.key,
        item=row.item_id,
        logical=row.logical,
        size=row.size,
        sha512=row.sha512,
        sha256=row.sha256,
        audited=None if never else row.audited,
        outcome=row.outcome,
        event=row.event,
        since=row.since,
    )
