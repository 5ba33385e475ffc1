"""The event chain as the catalogue keeps it: only ever added to, in the transaction of what it tells.

The line in `body` is the event; the other columns are there to find it by.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select

from catalog.database import Catalog
from catalog.rows import put_new
from catalog.tables import chain as table
from catalog.tables import notes as note_table
from core.events import GENESIS, Deed, Event, from_line, is_sound, line, seal

MANY = 500  # SQLite takes a limited number of values in one question


def append(cat: Catalog, deeds: Iterable[Deed]) -> tuple[Event, ...]:
    """The deeds as events of the chain, in their order.

    Raises:
        ValueError: a deed's time has no zone, or its facts are no JSON; then none was added.
    """
    with cat.writing() as connection:
        return add(connection, deeds)


def add(connection: Connection, deeds: Iterable[Deed]) -> tuple[Event, ...]:
    """The deeds as events of the chain, kept or dropped with the writing transaction; raises as `append` does."""
    number, previous = _end(connection)
    events: list[Event] = []
    for deed in deeds:
        number += 1
        events.append(seal(deed, number=number, previous=previous))
        previous = events[-1].digest
    _insert(connection, events)
    return tuple(events)


def events(cat: Catalog, after: int = 0, most: int | None = None) -> Iterator[Event]:
    """The events that follow the number `after`, at most `most` of them; holds no lock between them.

    Raises:
        ValueError: a line can't be read: somebody damaged it.
    """
    left = most
    while left is None or left > 0:
        portion = MANY if left is None else min(MANY, left)
        query = select(table.c.number, table.c.body).where(table.c.number > after).order_by(table.c.number)
        with cat.reading() as connection:
            rows = connection.execute(query.limit(portion)).all()
        yield from (from_line(row.body) for row in rows)
        if len(rows) < portion:
            return
        after, left = rows[-1].number, None if left is None else left - len(rows)


def of_item(cat: Catalog, item_id: str) -> tuple[Event, ...]:
    """Everything that was done with an item, oldest first."""
    return _found(cat, select(table.c.body).where(table.c.item_id == item_id).order_by(table.c.number))


def get(cat: Catalog, number: int) -> Event | None:
    """The event with this number, or None when the chain is shorter."""
    return next(iter(_found(cat, select(table.c.body).where(table.c.number == number))), None)


def head(cat: Catalog) -> Event | None:
    """The newest event, or None when nothing was ever done."""
    return next(iter(_found(cat, select(table.c.body).order_by(table.c.number.desc()).limit(1))), None)


def end(cat: Catalog) -> tuple[int, str]:
    """Number and digest of the newest event, though its line be damaged; those of the beginning for an empty log."""
    with cat.reading() as connection:
        return _end(connection)


def last_of(cat: Catalog, item_id: str, kind: str) -> datetime | None:
    """When something of this kind was last done with an item, None when it never was."""
    newest = select(func.max(table.c.at)).where(table.c.item_id == item_id, table.c.kind == kind)
    with cat.reading() as connection:
        return connection.execute(newest).scalar()


def facts_of(cat: Catalog, numbers: Iterable[int]) -> dict[int, Event]:
    """The events with these numbers, by number; those that are not there are left out."""
    wanted = sorted(set(numbers))
    parts = (wanted[start : start + MANY] for start in range(0, len(wanted), MANY))
    query = select(table.c.number, table.c.body)
    with cat.reading() as connection:
        rows = [row for part in parts for row in connection.execute(query.where(table.c.number.in_(part)))]
    return {row.number: from_line(row.body) for row in rows}


def import_events(cat: Catalog, events: Iterable[Event]) -> int:
    """How many events were new; those that are here already must be the same.

    Raises:
        ValueError: an event is not sound, differs from ours, or does not link to the one before; none was added then.
    """
    with cat.writing() as connection:
        return add_events(connection, events)


def add_events(connection: Connection, events: Iterable[Event]) -> int:
    """What `import_events` does and raises, kept or dropped with the writing transaction."""
    number, previous = _end(connection)
    new = 0
    for event in events:
        if event.number <= number:
            _require_same(connection, event)
            continue
        if (event.number, event.previous) != (number + 1, previous) or not is_sound(event):
            raise ValueError(f"Event {event.number} of the log does not follow event {number}: compare the stores.")
        _insert(connection, [event])
        number, previous, new = event.number, event.digest, new + 1
    return new


def all_of(connection: Connection) -> tuple[Event, ...]:
    """All events as the transaction sees them: for a chain that is short."""
    return tuple(map(from_line, connection.execute(select(table.c.body).order_by(table.c.number)).scalars()))


def note(cat: Catalog, text: str) -> str:
    """The SHA-256 of a person's words, by which the chain knows them; the words are kept beside it."""
    with cat.writing() as connection:
        return add_note(connection, text)


def add_note(connection: Connection, text: str) -> str:
    """The digest of the words, kept in the writing transaction; "" for no words."""
    if not text:
        return ""
    digest = hashlib.sha256(text.encode()).hexdigest()
    put_new(connection, note_table, [{"digest": digest, "text": text}])
    return digest


def notes(cat: Catalog) -> tuple[tuple[str, str], ...]:
    """Every note as (digest, words), by digest."""
    query = select(note_table.c.digest, note_table.c.text).order_by(note_table.c.digest)
    with cat.reading() as connection:
        return tuple((row.digest, row.text) for row in connection.execute(query))


def _end(connection: Connection) -> tuple[int, str]:
    """Number and digest of the last event, by its columns: a line that somebody damaged stops nobody's work."""
    row = connection.execute(select(table.c.number, table.c.digest).order_by(table.c.number.desc()).limit(1)).first()
    return (row.number, row.digest) if row else (0, GENESIS)


def _insert(connection: Connection, events: Sequence[Event]) -> None:
    if events:
        connection.execute(insert(table), [_row(event) for event in events])


def _row(event: Event) -> dict[str, Any]:
    deed = event.deed
    return {
        "number": event.number,
        "digest": event.digest,
        "previous": event.previous,
        "kind": deed.kind,
        "item_id": deed.item,
        "store": deed.store,
        "agent": deed.agent,
        "outcome": deed.outcome,
        "at": deed.at.astimezone(UTC),
        "body": line(event),
    }


def _require_same(connection: Connection, event: Event) -> None:
    ours = connection.execute(select(table.c.body).where(table.c.number == event.number)).scalar()
    if ours != line(event):
        raise ValueError(f"Event {event.number} of the log differs from ours: compare the stores.")


def _found(cat: Catalog, query: Select[tuple[str]]) -> tuple[Event, ...]:
    with cat.reading() as connection:
        return tuple(from_line(body) for body in connection.execute(query).scalars())
