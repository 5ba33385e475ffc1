"""The fixity desk's first screen: the sentence, the promise, and the stores side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog import audits
from catalog.database import Catalog
from catalog.fixity_values import Case, CaseState, Coverage
from fixity import due
from viewer import words
from viewer.fixity_actions import StoreFace

WELL = "well"
OK = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A store beside its coverage; `since` is the moment before which a last read is overdue."""

    face: StoreFace
    coverage: Coverage
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreColumn:
    """One store as a column: its name, its sentences in their order (what, words, kind of sign), and if it is well."""

    name: str
    state: str
    well: bool
    rows: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """All copies together: how many there are, were read in time, are overdue, were never read; the oldest read."""

    total: int
    fresh: int
    overdue: int
    never: int
    oldest: datetime | None
    days: int

    @property
    def promise(self) -> due.Promise:
        """The promise as a number."""
        return due.promise(fresh=self.fresh, total=self.total, overdue=self.overdue, never=self.never, days=self.days)


def standings(cat: Catalog, faces: Sequence[StoreFace], now: datetime) -> tuple[Standing, ...]:
    """Every store with what was read of it within its own period."""
    found = []
    for face in faces:
        since = now - timedelta(days=face.days)
        row = next(iter(audits.coverage(cat, since, face.name)), None) or empty(face.name)
        found.append(Standing(face=face, coverage=row, since=since))
    return tuple(found)


def empty(store: str) -> Coverage:
    """The coverage of a store that holds nothing yet."""
    return Coverage(store=store, files=0, bytes=0, fresh=0, never=0, overdue=0, not_intact=0, oldest=None)


def reach(stores: Sequence[Standing]) -> Reach:
    """The coverage of all stores together; the period is the longest of theirs."""
    rows = [store.coverage for store in stores]
    return Reach(
        total=sum(row.files for row in rows),
        fresh=sum(row.fresh for row in rows),
        overdue=sum(row.overdue for row in rows),
        never=sum(row.never for row in rows),
        oldest=min((row.oldest for row in rows if row.oldest), default=None),
        days=max((store.face.days for store in stores), default=0),
    )


def headline(
    cases: Sequence[Case], stores: Sequence[Standing], *, silent: bool, wishes: int, now: datetime
) -> tuple[str, str, bool]:
    """The answer to the only question, what lies behind it, and whether anybody must act.

    `silent` says that something late or missing is told on every page; `wishes` counts purges that wait for a second
    steward.
    """
    waiting = [case for case in cases if case.state in (CaseState.OPEN, CaseState.ACKNOWLEDGED)]
    needs = [*needed(waiting)]
    if wishes:
        needs.append(f"{words.count(wishes, 'purge')} {'waits' if wishes == 1 else 'wait'} for a second steward")
    if silent:
        needs.append("the watch itself needs you: see the red lines above")
    sofar = state_of(stores, now)
    if not needs:
        return "Nothing needs you.", sofar, False
    said = words.listing(needs)
    return f"{said[0].upper()}{said[1:]}.", sofar, True


def needed(waiting: Sequence[Case]) -> list[str]:
    """How many files, and how many other things, wait for a person."""
    files = len({(case.item, case.key) for case in waiting if case.key})
    others = sum(not case.key for case in waiting)
    told = [f"{words.count(files, 'file')} {'needs' if files == 1 else 'need'} you"] if files else []
    if others:
        what = "store or log" if files else "store, log or alarm"
        told.append(f"{words.count(others, what, 'stores, logs or alarms')} {'needs' if others == 1 else 'need'} you")
    return told


def state_of(stores: Sequence[Standing], now: datetime) -> str:
    """What was read within the promise, in one sentence."""
    whole = reach(stores)
    if not whole.total:
        return "No file is held yet, so there is nothing to read."
    if whole.fresh < whole.total or whole.overdue:
        held = words.count(whole.total, "copy", "copies")
        missing = [f"{whole.overdue:,} {'is' if whole.overdue == 1 else 'are'} overdue"] * bool(whole.overdue)
        missing += [f"{whole.never:,} {'was' if whole.never == 1 else 'were'} never read"] * bool(whole.never)
        said = f"{whole.promise.percent} of {held} of files in {places(stores)} were read in full"
        return f"{said} within the last {words.count(whole.days, 'day')}; {words.listing(missing)}."
    counts = {store.coverage.files for store in stores}
    held = words.count(counts.pop(), "file") if len(counts) == 1 else f"{whole.total:,} copies"
    oldest = f"; the oldest check is {ago(whole.oldest, now)}" if whole.oldest else ""
    return f"All {held} were read in full in {places(stores)} within the last {words.count(whole.days, 'day')}{oldest}."


def places(stores: Sequence[Standing]) -> str:
    """The stores as a sentence names them."""
    return {1: "the one store there is", 2: "both stores"}.get(len(stores), f"all {len(stores)} stores")


def ago(at: datetime, now: datetime) -> str:
    """How old a check is: "22 days old", "from today"."""
    days = (now - at).days
    return f"{words.count(days, 'day')} old" if days > 0 else "less than a day old"


def column(store: Standing, now: datetime) -> StoreColumn:
    """One store as the desk shows it."""
    face, row = store.face, store.coverage
    promise = due.promise(fresh=row.fresh, total=row.files, overdue=row.overdue, never=row.never, days=face.days)
    rows = [
        ("Place", face.place, ""),
        ("Threats", face.threats, ""),
        ("Holds", f"{words.count(row.files, 'file')}, {words.size(row.bytes)}", ""),
        ("Read in time", f"{promise.percent} within {words.count(face.days, 'day')}", "" if not row.overdue else "bad"),
        ("Oldest check", ago(row.oldest, now) if row.oldest else "none yet", ""),
        ("Overdue", f"{row.overdue:,}", "bad" if row.overdue else ""),
        ("Never read", f"{row.never:,}", ""),
        ("Not intact", f"{row.not_intact:,}", "bad" if row.not_intact else ""),
        ("Canaries", *canaries(face.canaries)),
        ("Reads a month", f"{words.size(face.monthly)}{budget(face)}", ""),
        ("Free", words.size(face.free) if face.free is not None else "", ""),
        ("If it is lost", face.loss, ""),
    ]
    well = face.state == WELL
    return StoreColumn(
        name=face.name,
        state="Well" if well else face.sentence or face.state.capitalize(),
        well=well,
        rows=tuple(row for row in rows if row[1]),
    )


def canaries(told: str) -> tuple[str, str]:
    """What the canaries of the last run said, with the kind of sign it deserves."""
    if told == OK:
        return "Three good ones read well, the bad one was flagged", "good"
    return (told, "bad") if told else ("not read yet", "")


def budget(face: StoreFace) -> str:
    """The limit a day, where the store has one."""
    return f", at most {words.size(face.daily)} a day" if face.daily is not None else ""
