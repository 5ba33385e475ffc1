"""What the event chain tells, told to an empty catalogue: copies, reads, cases and tombstones, in the order of events.

The chain does not hold all that the catalogue did: who a case is assigned to is there, hints and groups are not.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, text, update

from catalog import cases as case_room
from catalog import chain, copy_rows
from catalog.database import Catalog
from catalog.fixity_values import CaseKind, CaseState, Tombstone
from catalog.rows import put, put_new
from catalog.tables import case_deeds, cases, copies, identities, items, reads, tombstones
from catalog.tables import chain as chain_table
from core.events import Event
from core.fixity import FixityOutcome

PORTION = 200
GUARDS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'chain'"
SAMPLE = "sample"  # a reason without a tombstone
STATES = {
    "acknowledged": CaseState.ACKNOWLEDGED,
    "repaired": CaseState.REPAIRED,
    "closed": CaseState.CLOSED,
    "reopened": CaseState.OPEN,
}


def clear(cat: Catalog) -> int:
    """The number of the newest event, as nothing is left of what `replay` brings of it and those before.

    Items, people, batches and the chain itself stay.
    """
    with cat.writing() as connection:
        last = connection.execute(select(func.max(chain_table.c.number))).scalar()
        for table in (reads, copies, case_deeds, cases):
            connection.execute(delete(table))
        connection.execute(delete(tombstones).where(~tombstones.c.asked))
    return int(last or 0)


def replay(cat: Catalog, events: Iterable[Event]) -> int:
    """How many events were told; a portion of them is one transaction."""
    told, rest = 0, iter(events)
    while part := list(islice(rest, PORTION)):
        with cat.writing() as connection:
            for event in part:
                _tell(connection, event)
        told += len(part)
    return told


def settle_cases(cat: Catalog) -> None:
    """Every case knows what the last full read of its copy gave; call it when all is told."""
    with cat.writing() as connection:
        for case in connection.execute(select(cases.c.id, cases.c.store, cases.c.key).where(cases.c.key != "")).all():
            of_it = (reads.c.store == case.store) & (reads.c.key == case.key)
            last = connection.execute(select(reads).where(of_it).order_by(reads.c.number.desc()).limit(1)).first()
            if last:
                size = select(copies.c.size).where(copies.c.store == case.store, copies.c.key == case.key)
                values = {
                    "expected": last.expected or None,
                    "expected_size": connection.execute(size).scalar(),
                    "found": last.found,
                    "found_size": last.size,
                    "last_read": last.at,
                    "last_good": last.outcome == FixityOutcome.INTACT,
                }
                connection.execute(update(cases).where(cases.c.id == case.id).values(**values))


def set_times(cat: Catalog, item_id: str, *, added: datetime, changed: datetime) -> None:
    """When the item first came in, and when its newest version was made."""
    with cat.writing() as connection:
        connection.execute(update(items).where(items.c.id == item_id).values(added=added, changed=changed))


def copies_known(cat: Catalog) -> int:
    """How many copies the catalogue knows."""
    with cat.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(copies)).scalar_one())


def rebase(cat: Catalog, log: Iterable[Event]) -> int:
    """How many events the chain took from this log; behind it follow, told anew, those of a catalogue too young for it.

    Only for a catalogue that was started before its stores could be asked, and has told nothing of any item. The log
    must have been verified.

    Raises:
        ValueError: the log is not whole; nothing was changed.
    """
    with cat.writing() as connection:
        own = [event.deed for event in chain.all_of(connection)]
        # The guards are there for everybody else; they stand again when this transaction ends.
        guards = connection.execute(text(GUARDS)).all()
        for guard in guards:
            connection.execute(text(f'DROP TRIGGER "{guard.name}"'))
        connection.execute(delete(chain_table))
        for guard in guards:
            connection.execute(text(guard.sql))
        taken = chain.add_events(connection, log)
        chain.add(connection, own)
    return taken


def _tell(connection: Connection, event: Event) -> None:
    facts = event.deed.facts
    if any(len(row) == copy_rows.LISTED for row in facts.get("files", ())):
        _copies(connection, event)
    if "reads" in facts:
        _reads(connection, event)
    if facts.get("void"):
        _disown(connection, str(facts.get("run", "")))
    if event.deed.kind == "recovery" and "key" in facts:
        _note(connection, event.deed.store, facts["key"], FixityOutcome.INTACT, event.deed.at, audited=None)
    if event.deed.kind == "deletion":
        _bury(connection, event)
    if facts.get("case") and facts.get("deed"):
        _case_deed(connection, event)


def _copies(connection: Connection, event: Event) -> None:
    """The files came into the stores with this event, and were read back then."""
    deed, seen = event.deed, {"last_read": event.deed.at, "since": event.deed.at, "audited": None}
    row = {"item_id": deed.item, "outcome": FixityOutcome.INTACT, "event": event.number, **seen}
    names = ("logical", "key", "size", "sha512", "sha256")
    for store in [deed.store] if deed.store else deed.facts.get("stores", ()):
        files = (dict(zip(names, listed, strict=True)) for listed in deed.facts["files"])
        put(connection, copies, [{"store": store, **row, **file} for file in files])


def _reads(connection: Connection, event: Event) -> None:
    deed, rows = event.deed, []
    for key, outcome, *more in deed.facts["reads"]:
        known = connection.execute(
            select(copies.c.sha512, copies.c.size).where(copies.c.store == deed.store, copies.c.key == key)
        ).first()
        expected, found, size = more or ((known.sha512, known.sha512, known.size) if known else ("", None, None))
        rows.append(
            {
                "store": deed.store,
                "key": key,
                "outcome": outcome,
                "expected": expected or "",
                "found": found,
                "size": size,
                "at": deed.at,
                "agent": deed.agent,
                "run": str(deed.facts.get("run", "")),
                "event": event.number,
            }
        )
        _note(connection, deed.store, key, outcome, deed.at, audited=deed.at if deed.facts.get("run") else None)
    if rows:
        connection.execute(insert(reads), rows)


def _disown(connection: Connection, run: str) -> None:
    """The run proved void: each copy that it read knows again what it knew before."""
    of_run = reads.c.run == run
    touched = connection.execute(select(reads.c.store, reads.c.key).where(of_run).distinct()).all()
    connection.execute(delete(reads).where(of_run))
    for store, key in touched:
        here = (copies.c.store == store) & (copies.c.key == key)
        before = select(reads.c.at, reads.c.outcome).where(reads.c.store == store, reads.c.key == key)
        newest = before.order_by(reads.c.number.desc()).limit(1)
        last = connection.execute(newest).first()
        audit = connection.execute(newest.where(reads.c.run != "")).first()
        values = {
            "last_read": last.at if last else copies.c.since,
            "outcome": last.outcome if last else FixityOutcome.INTACT,
            "audited": audit.at if audit else None,
        }
        connection.execute(update(copies).where(here).values(**values))


def _note(
    connection: Connection, store: str, key: str, outcome: str, at: datetime, *, audited: datetime | None
) -> None:
    values: dict[str, Any] = {"last_read": at, "outcome": outcome, **({"audited": audited} if audited else {})}
    connection.execute(update(copies).where(copies.c.store == store, copies.c.key == key).values(**values))


def _bury(connection: Connection, event: Event) -> None:
    facts, deed = event.deed.facts, event.deed
    item_id = str(facts.get("item") or deed.item)
    copy_rows.drop_item(connection, item_id)
    if facts.get("reason") == SAMPLE:
        return
    stone = Tombstone(
        item=item_id,
        title=str(facts.get("title", "")),
        at=deed.at,
        reason=str(facts.get("reason", "")),
        authority=str(facts.get("authority", "")),
        agents=tuple(facts.get("agents", (deed.agent,))),
        owed=tuple(facts.get("stores", ())),  # who erased is not told: erasing again costs little
    )
    row = {**asdict(stone), "agents": list(stone.agents), "owed": list(stone.owed)}
    put(connection, tombstones, [row])
    if key := facts.get("source_key"):
        put_new(connection, identities, [{"source_key": key, "item_id": item_id}])


def _case_deed(connection: Connection, event: Event) -> None:
    facts, deed = event.deed.facts, event.deed
    if deed.kind != case_room.KIND:
        return
    line = {"case_id": facts["case"], "deed": facts["deed"], "agent": deed.agent, "at": deed.at}
    connection.execute(insert(case_deeds), {**line, "note": facts.get("note", ""), "event": event.number})
    if facts["deed"] in ("opened", "reopened"):
        _open(connection, event)
    state = STATES.get(facts["deed"])
    values = {"changed": deed.at, **({"state": state} if state else {})}
    values |= {"assigned": facts["assigned"]} if facts.get("assigned") else {}
    connection.execute(update(cases).where(cases.c.id == facts["case"]).values(**values))


def _open(connection: Connection, event: Event) -> None:
    facts, deed = event.deed.facts, event.deed
    known = connection.execute(select(cases.c.recurrences).where(cases.c.id == facts["case"])).scalar()
    row = {
        "id": facts["case"],
        "kind": CaseKind(facts["kind"]),
        "state": CaseState.OPEN,
        "store": facts.get("store", ""),
        "key": facts.get("key", ""),
        "item": deed.item,
        "file": facts.get("file", ""),
        "hint": "",
        "assigned": "",
        "opened": deed.at,
        "changed": deed.at,
        "recurrences": 0 if known is None else known + 1,
        "last_good": False,
        "group": "",
    }
    put(connection, cases, [row])
