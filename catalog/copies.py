"""The files of items, and their copies in the stores; what audits read of those is in `audits`."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, delete, exists, func, select, tuple_
from sqlalchemy.dialects.sqlite import insert

from catalog import chain
from catalog.copy_rows import events_by_copy
from catalog.database import Catalog
from catalog.rows import put
from catalog.tables import copies, items
from catalog.tables import files as table
from catalog.values import CopyView
from core.events import Deed, Event
from core.fixity import FixityOutcome, StoredFile

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


def of_key(cat: Catalog, key: str) -> tuple[CopyView, ...]:
    """The copies of a key in all stores, by the stores' names."""
    query = select(copies).where(copies.c.key == key).order_by(copies.c.store)
    with cat.reading() as connection:
        return tuple(_copy(row) for row in connection.execute(query))


def lacking(cat: Catalog, stores: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(item id, store) wherever one of these stores has no copy of what another store holds; store by store, by id.

    The files of the storage roots are no item's, and each store has its own. Holds no lock between them.
    """
    there = copies.alias()
    for store in stores:
        mine = exists().where(there.c.store == store, there.c.key == copies.c.key)
        after = ""
        while True:
            query = select(copies.c.item_id).distinct().where(copies.c.item_id > after, ~mine)
            with cat.reading() as connection:
                found = connection.execute(query.order_by(copies.c.item_id).limit(MANY)).scalars().all()
            yield from ((item_id, store) for item_id in found)
            if len(found) < MANY:
                break
            after = found[-1]


def holders(cat: Catalog, item_id: str) -> tuple[str, ...]:
    """The names of the stores that hold every file of the item's current version; none when there is no such item."""
    there = copies.alias()
    same = exists().where(there.c.store == copies.c.store, there.c.key == table.c.key).correlate(copies, table)
    absent = exists().where(table.c.item_id == item_id, ~same).correlate(copies)
    known = exists().where(items.c.id == item_id)
    query = select(copies.c.store).distinct().where(and_(copies.c.item_id == item_id, known, ~absent))
    with cat.reading() as connection:
        return tuple(connection.execute(query.order_by(copies.c.store)).scalars())


def add(
    cat: Catalog,
    store: str,
    files: Sequence[StoredFile],
    *,
    item: str,
    at: datetime,
    deeds: Sequence[Deed] = (),
) -> tuple[Event, ...]:
    """The deeds as events, appended as a store's copies are noted that were written to it and read back just now.

    What was known of these copies before is replaced: each is intact, in the store since this moment, and was never
    audited; its event is that whose facts list it. `item` is "" for the files of the storage root.
    """
    with cat.writing() as connection:
        events = chain.add(connection, deeds)
        told = events_by_copy(events, [store])
        row = {"store": store, "item_id": item, "outcome": FixityOutcome.INTACT, "audited": None, "since": at}
        put(
            connection,
            copies,
            [{**row, **asdict(file), "last_read": at, "event": told.get((store, file.key))} for file in files],
        )
    return events


def without_event(cat: Catalog, store: str) -> tuple[str, ...]:
    """The ids of the items of which the store has copies that no event tells of: they are older than the chain."""
    query = select(copies.c.item_id).where(copies.c.store == store, copies.c.event.is_(None), copies.c.item_id != "")
    with cat.reading() as connection:
        return tuple(connection.execute(query.distinct().order_by(copies.c.item_id)).scalars())


def enrol(cat: Catalog, store: str, files: Sequence[StoredFile], *, item: str, deed: Deed) -> bool:
    """True when the deed is an event now that tells of copies older than the chain, which `files` lists with others.

    False when there are none any more. What is known of copies stays; one that was not known was read just now.
    """
    old = select(copies.c.key).where(copies.c.store == store, copies.c.item_id == item, copies.c.event.is_(None))
    with cat.writing() as connection:
        if connection.execute(old.limit(1)).first() is None:
            return False
        [event] = chain.add(connection, [deed])
        row = {"store": store, "item_id": item, "outcome": FixityOutcome.INTACT, "event": event.number}
        read = {"last_read": deed.at, "since": deed.at, "audited": None}
        connection.execute(_ENROL, [{**row, **read, **asdict(file)} for file in files])
    return True


_NEW = insert(copies)
_ENROL = _NEW.on_conflict_do_update(
    index_elements=["store", "key"],
    set_={name: func.coalesce(copies.c[name], _NEW.excluded[name]) for name in ("event", "since")},
)


def drop(cat: Catalog, store: str, keys: Sequence[str] | None = None) -> int:
    """How many copies a store is no longer said to hold: all of them, or those at these keys."""
    gone = delete(copies).where(copies.c.store == store)
    with cat.writing() as connection:
        if keys is None:
            return connection.execute(gone).rowcount
        parts = (keys[start : start + MANY] for start in range(0, len(keys), MANY))
        return sum(connection.execute(gone.where(copies.c.key.in_(part))).rowcount for part in parts)


def _copy(row: Row[Any]) -> CopyView:
    return CopyView(
        item_id=row.item_id,
        store=row.store,
        file=_stored(row),
        last_read=row.last_read,
        outcome=FixityOutcome(row.outcome) if row.outcome else None,
        event=row.event,
        audited=row.audited,
        since=row.since,
    )


def _stored(row: Row[Any]) -> StoredFile:
    return StoredFile(logical=row.logical, key=row.key, size=row.size, sha512=row.sha512, sha256=row.sha256)
