"""The last ninety nights: one small cell each, and the same as rows of a table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from flask import url_for

from catalog.fixity_values import Run, RunState
from viewer import words
from viewer.fixity_words import is_damage

NIGHTS = 90
SAYS = {
    "read": "read, all intact",
    "idle": "nothing was due",
    "late": "no audit ended",
    "damage": "damage found",
    "void": "void, it proved nothing",
    "open": "running or still to come",
    "before": "before the first audit",
}
WORST_FIRST = ("damage", "void", "read", "idle", "open", "late")


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """One night: its day, what kind of night it was (a key of `SAYS`), what was read, and its last run's page."""

    day: str
    iso: str
    kind: str
    says: str
    read: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The nights, the oldest first, with their count by kind as a legend (kind, sign's words, nights)."""

    nights: tuple[Night, ...]
    legend: tuple[tuple[str, str, int], ...]
    sentence: str


def calendar(runs: Iterable[Run], now: datetime) -> Calendar:
    """The last ninety nights up to the one of `now`; drills do not count, what they find was planted."""
    by_day: dict[date, list[Run]] = {}
    for run in sorted(runs, key=lambda run: run.started):
        if run.kind != "drill":
            by_day.setdefault(run.started.astimezone(UTC).date(), []).append(run)
    today = now.astimezone(UTC).date()
    first = min(by_day, default=today)
    days = [today - timedelta(days=back) for back in reversed(range(NIGHTS))]
    nights = tuple(night(day, by_day.get(day, []), first=first, today=today) for day in days)
    counts = {kind: sum(one.kind == kind for one in nights) for kind in SAYS}
    legend = tuple((kind, says, counts[kind]) for kind, says in SAYS.items() if counts[kind])
    said = words.listing([f"{count} {says}" for _, says, count in legend])
    return Calendar(nights=nights, legend=legend, sentence=f"The last {NIGHTS} nights: {said}.")


def night(day: date, runs: Sequence[Run], *, first: date, today: date) -> Night:
    """One night with all its runs."""
    kinds = {kind_of(run) for run in runs} or {"before" if day < first else "open" if day == today else "late"}
    kind = next((kind for kind in WORST_FIRST if kind in kinds), "before")
    files, size = sum(run.read for run in runs), sum(run.bytes for run in runs)
    return Night(
        day=f"{day.day} {day:%B %Y}",
        iso=day.isoformat(),
        kind=kind,
        says=SAYS[kind],
        read=f"{words.count(files, 'copy', 'copies')}, {words.size(size)}" if files else "",
        href=url_for("fixity.run", run_id=runs[-1].id) if runs else "",
    )


def kind_of(run: Run) -> str:
    """What one run makes of its night."""
    if run.state is RunState.RUNNING:
        return "open"
    if run.state is RunState.BROKEN:
        return "damage" if is_damage(run) else "late"
    if run.state is RunState.VOID:
        return "void"
    return "damage" if is_damage(run) else "read" if run.read else "idle"
