"""The rows of `copies`, kept inside the transaction that changes an item."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, case, delete, func, or_, select, tuple_
from sqlalchemy.dialects.sqlite import insert

from catalog.tables import case_deeds, cases, copies, reads
from core.events import Event
from core.fixity import FixityOutcome, StoredFile

REPLACED = ("=inventory.json", "=inventory.json.sha512")  # a new version writes other bytes to the same key
LISTED = 5  # a fact on a stored file: logical, key, size, sha512, sha256


def keep(
    connection: Connection,
    item_id: str,
    held: Sequence[StoredFile],
    stores: Sequence[str],
    *,
    at: datetime,
    events: Sequence[Event] = (),
) -> None:
    """Notes the files, and those of earlier versions too: a store that gets an item gets all its versions."""
    columns = [copies.c[field.name] for field in fields(StoredFile)]
    # The newest first: where two stores differ, a root inventory of an earlier version is not the one they get.
    query = select(*columns, copies.c.event).where(copies.c.item_id == item_id).order_by(copies.c.event.desc())
    known = [dict(row) for row in connection.execute(query.distinct()).mappings()]
    before = {(row["key"], row["sha512"]): row.pop("event") for row in reversed(known)}
    put(
        connection,
        item_id,
        [*held, *(StoredFile(**row) for row in known)],
        stores,
        at=at,
        events=events,
        before=before,
    )


def put(
    connection: Connection,
    item_id: str,
    held: Sequence[StoredFile],
    stores: Sequence[str],
    *,
    at: datetime,
    events: Sequence[Event] = (),
    before: dict[tuple[str, str], int | None] | None = None,
) -> None:
    """Notes the files in each of the stores as read at this moment; `before` are events known by key and SHA-512."""
    # Equal files of one item share a key: the store holds one copy of them, and the first one gives it its name.
    by_key = {file.key: file for file in reversed(held)}
    row = {"item_id": item_id, "last_read": at, "outcome": FixityOutcome.INTACT, "audited": None, "since": at}
    told, known = events_by_copy(events, stores), before or {}
    for store in stores:
        mine = [{**row, "store": store, **asdict(file)} for file in by_key.values()]
        now = [{**one, "event": told[store, one["key"]]} for one in mine if (store, one["key"]) in told]
        earlier = [one for one in mine if (store, one["key"]) not in told]
        rows = [{**one, "event": known.get((one["key"], one["sha512"]))} for one in earlier]
        for statement, listed in ((_TOLD, now), (_KNOWN, rows)):
            if listed:
                connection.execute(statement, listed)


def events_by_copy(events: Iterable[Event], stores: Sequence[str]) -> dict[tuple[str, str], int]:
    """The number of the event that tells of each (store, key); one that names no store tells of all `stores`."""
    found = {}
    for event in events:
        facts = event.deed.facts
        named = [event.deed.store] if event.deed.store else facts.get("stores", stores)
        keys = [listed[1] for listed in facts.get("files", ()) if len(listed) == LISTED]
        found.update({(store, key): event.number for store in named for key in keys})
    return found


def stores_of(connection: Connection, item_id: str) -> tuple[str, ...]:
    """The names of the stores that hold a copy of the item."""
    return tuple(connection.execute(select(copies.c.store).where(copies.c.item_id == item_id).distinct()).scalars())


def drop_item(connection: Connection, item_id: str) -> None:
    """Drops the copies of an item, what was read of them, and its cases."""
    held = select(copies.c.store, copies.c.key).where(copies.c.item_id == item_id)
    connection.execute(delete(reads).where(tuple_(reads.c.store, reads.c.key).in_(held)))
    connection.execute(delete(copies).where(copies.c.item_id == item_id))
    of_item = select(cases.c.id).where(cases.c.item == item_id)
    connection.execute(delete(case_deeds).where(case_deeds.c.case_id.in_(of_item)))
    connection.execute(delete(cases).where(cases.c.item == item_id))


def _keeping(*, told: bool) -> Any:
    """What is known of a copy stays, unless its bytes are another version's; its event is the one `told` now."""
    statement = insert(copies)
    new = statement.excluded
    anew = and_(copies.c.sha512 != new.sha512, or_(*(copies.c.logical == name for name in REPLACED)))
    kept = [column.name for column in copies.columns if not column.primary_key]
    changed: dict[str, Any] = {name: case((anew, new[name]), else_=copies.c[name]) for name in kept}
    own = new.event if told else func.coalesce(copies.c.event, new.event)
    changed["event"] = case((anew, new.event), else_=own)
    return statement.on_conflict_do_update(index_elements=["store", "key"], set_=changed)


_TOLD, _KNOWN = _keeping(told=True), _keeping(told=False)
