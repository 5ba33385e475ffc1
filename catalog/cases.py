"""Alerts as cases: opened by what an audit found, moved on by people, each deed in the chain."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, true, update

from catalog import chain
from catalog.columns import now
from catalog.database import Catalog
from catalog.fixity_values import Case, CaseDeed, CaseKind, CaseState
from catalog.rows import put
from catalog.tables import case_deeds, notes
from catalog.tables import cases as table
from core.errors import ConfigurationError, NotFoundError
from core.events import Deed

KIND = "metadata modification"  # what a decision is, in the words of PREMIS


def open_or_reopen(cat: Catalog, case: Case, agent: str, run: str = "") -> Case:
    """The case as it is kept now that this was found; its `changed` is the finding's when it was opened by it.

    One that is known and not over takes what was found and stays as it is; one that was repaired or closed is open
    again, with one recurrence more.
    """
    with cat.writing() as connection:
        known = _one(connection, case.id)
        if known is not None and known.state in (CaseState.OPEN, CaseState.ACKNOWLEDGED):
            return _keep(connection, _found(known, case))
        anew = known is not None
        opened = case if known is None else _reopened(known, case)
        told = {"kind": opened.kind.value, "store": case.store, "key": case.key, "file": case.file, "run": run}
        _tell(connection, opened, "reopened" if anew else "opened", agent, case.changed, "", told)
        return _keep(connection, opened)


def get(cat: Catalog, case_id: str) -> Case | None:
    """The case, or None when there is none with this id."""
    with cat.reading() as connection:
        return _one(connection, case_id)


def listing(
    cat: Catalog, states: Collection[CaseState] | None = None, limit: int = 50, offset: int = 0
) -> tuple[Case, ...]:
    """Cases after the first `offset`, those opened last first; in these states only, when any are named."""
    return _cases(cat, _in(states).order_by(table.c.opened.desc(), table.c.id).limit(limit).offset(offset))


def count(cat: Catalog, states: Collection[CaseState] | None = None) -> int:
    """How many cases `listing` can list."""
    with cat.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(_in(states).subquery())).scalar_one())


def not_closed(cat: Catalog) -> tuple[Case, ...]:
    """The cases that are not over, oldest first."""
    query = select(table).where(table.c.state != CaseState.CLOSED)
    return _cases(cat, query.order_by(table.c.opened, table.c.id))


def decide(
    cat: Catalog,
    case_id: str,
    deed: str,
    agent: str,
    note: str = "",
    assigned: str = "",
    state: CaseState | None = None,
) -> Case:
    """The case after this deed, which its timeline and the chain tell; `state` and `assigned` stay when not given.

    Raises:
        NotFoundError: there is no such case.
        ConfigurationError: it should be closed, but its last full read is bad.
    """
    at = now()
    with cat.writing() as connection:
        case = _known(connection, case_id)
        if state is CaseState.CLOSED and not case.last_good:
            raise ConfigurationError(
                f'The case "{case_id}" cannot be closed while its last full read is bad: repair it or check it again.'
            )
        decided = replace(case, state=state or case.state, assigned=assigned or case.assigned, changed=at)
        _tell(connection, decided, deed, agent, at, note, {"assigned": assigned} if assigned else {})
        return _keep(connection, decided)


def seen(
    cat: Catalog, case_id: str, last_read: datetime, good: bool, found: str | None, found_size: int | None
) -> Case:
    """The case with what the last full read gave; raises NotFoundError when there is no such case."""
    with cat.writing() as connection:
        case = _known(connection, case_id)
        read = replace(case, last_read=last_read, last_good=good, found=found, found_size=found_size)
        return _keep(connection, read)


def regroup(cat: Catalog, case_ids: Sequence[str], group: str) -> None:
    """Puts cases into one group, after the run that opened them turned out to open many."""
    with cat.writing() as connection:
        for case_id in case_ids:
            connection.execute(update(table).where(table.c.id == case_id).values(group=group))


def timeline(cat: Catalog, case_id: str) -> tuple[CaseDeed, ...]:
    """What was done about the case, oldest first."""
    query = (
        select(case_deeds, notes.c.text)
        .join(notes, notes.c.digest == case_deeds.c.note, isouter=True)
        .where(case_deeds.c.case_id == case_id)
        .order_by(case_deeds.c.number)
    )
    with cat.reading() as connection:
        return tuple(_deed(row) for row in connection.execute(query))


def close_of_item(connection: Connection, item_id: str, agent: str, at: datetime) -> None:
    """Closes the cases of an item whose copies are all gone on purpose, within the writing transaction."""
    query = select(table).where(table.c.item == item_id, table.c.state != CaseState.CLOSED)
    for row in connection.execute(query.order_by(table.c.opened, table.c.id)).all():
        closed = replace(_case(row), state=CaseState.CLOSED, changed=at)
        _tell(connection, closed, "closed", agent, at, "", {"reason": "purged"})
        _keep(connection, closed)


def _tell(
    connection: Connection, case: Case, deed: str, agent: str, at: datetime, note: str, more: dict[str, Any]
) -> None:
    digest = chain.add_note(connection, note)
    facts = {"case": case.id, "deed": deed, "note": digest, **more}
    told = Deed(kind=KIND, agent=agent, at=at, item=case.item, store=case.store, facts=facts)
    [event] = chain.add(connection, [told])
    row = {"case_id": case.id, "deed": deed, "agent": agent, "at": at, "note": digest, "event": event.number}
    connection.execute(insert(case_deeds), row)


def _found(known: Case, case: Case) -> Case:
    """What is known of a case, with what was found just now."""
    return replace(
        known,
        kind=case.kind,
        expected=case.expected,
        expected_size=case.expected_size,
        found=case.found,
        found_size=case.found_size,
        hint=case.hint,
        last_read=case.last_read,
        last_good=case.last_good,
        group=known.group or case.group,
    )


def _reopened(known: Case, case: Case) -> Case:
    again = _found(known, case)
    return replace(
        again,
        state=CaseState.OPEN,
        group=case.group,
        opened=case.opened,
        changed=case.changed,
        recurrences=known.recurrences + 1,
    )


def _keep(connection: Connection, case: Case) -> Case:
    put(connection, table, [asdict(case)])
    return case


def _known(connection: Connection, case_id: str) -> Case:
    case = _one(connection, case_id)
    if case is None:
        raise NotFoundError(f'There is no case "{case_id}": look at the fixity desk for those that there are.')
    return case


def _one(connection: Connection, case_id: str) -> Case | None:
    row = connection.execute(select(table).where(table.c.id == case_id)).first()
    return _case(row) if row else None


def _in(states: Collection[CaseState] | None) -> Select[Any]:
    return select(table).where(true() if states is None else table.c.state.in_(list(states)))


def _cases(cat: Catalog, query: Select[Any]) -> tuple[Case, ...]:
    with cat.reading() as connection:
        return tuple(_case(row) for row in connection.execute(query))


def _case(row: Row[Any]) -> Case:
    return Case(**{**row._mapping, "kind": CaseKind(row.kind), "state": CaseState(row.state)})


def _deed(row: Row[Any]) -> CaseDeed:
    return CaseDeed(case=row.case_id, deed=row.deed, agent=row.agent, at=row.at, note=row.text or "", event=row.event)
