"""Which copies an audit reads tonight, and what the whole of its reading promises. Nothing here reads or writes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, Protocol, TypeVar

from core.fixity import FixityOutcome

NIGHT = timedelta(days=1)
FLOOR = 1 << 30  # bytes a night that cost nothing: small holdings are read whole every night


class DueLike(Protocol):
    """A copy as the plan sees it: bytes, the last audit that read it, what that found, and when the copy came."""

    @property
    def key(self) -> str:
        """Where it lies."""

    @property
    def size(self) -> int:
        """Bytes."""

    @property
    def audited(self) -> datetime | None:
        """The last full read by an audit."""

    @property
    def outcome(self) -> str | None:
        """What the last full read found."""

    @property
    def since(self) -> datetime | None:
        """When the copy came into the store."""


C = TypeVar("C", bound=DueLike)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What may be read tonight: `bytes` beside what is read in any case, None for everything.

    `files` and `total` (bytes) are all there is, `overdue` counts the copies whose day has passed.
    """

    bytes: int | None
    files: int
    total: int
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(Generic[C]):
    """The copies to read in their order, their bytes, how many are left for later, and how many of those are late."""

    copies: tuple[C, ...]
    bytes: int
    left: int
    overdue: int


def plan(
    copies: Iterable[C], *, now: datetime, period: timedelta, budget: int | None, everything: bool = False
) -> Plan[C]:
    """What tonight's audit reads: never audited copies first, then by the age of their last audit.

    See `allowance` for how much and `choose` for what is read in any case. For holdings beyond memory, take these two
    over a stream instead.
    """
    known = sorted(copies, key=lambda copy: (_read(copy, now) or _LONG_AGO, copy.key))
    granted = allowance(known, now=now, period=period, budget=budget, everything=everything)
    chosen = tuple(choose(known, granted, now=now))
    late = sum(_day(copy, now, period) < now for copy in chosen)
    return Plan(
        copies=chosen,
        bytes=sum(copy.size for copy in chosen),
        left=len(known) - len(chosen),
        overdue=granted.overdue - late,
    )


def allowance(
    copies: Iterable[DueLike], *, now: datetime, period: timedelta, budget: int | None, everything: bool = False
) -> Allowance:
    """What tonight's audit may read, in one pass over the copies in any order.

    `budget` is bytes a night. None stands for an equal share of all bytes on each night of the period, at least
    `FLOOR`, and at least all whose day comes before the next night. Once a day has passed for any copy, as after nights
    without an audit, the night's bytes are doubled until none is overdue.
    """
    files = total = overdue = coming = 0
    for copy in copies:
        day = _day(copy, now, period)
        files, total = files + 1, total + copy.size
        overdue += day < now
        coming += copy.size if now <= day < now + NIGHT else 0
    share = max(_share(total, NIGHT, period), FLOOR) if budget is None else budget
    night = 2 * share if overdue else max(share, coming) if budget is None else share
    return Allowance(bytes=None if everything else night, files=files, total=total, overdue=overdue)


def choose(copies: Iterable[C], granted: Allowance, *, now: datetime) -> Iterator[C]:
    """The copies to read, out of copies that come never audited first, then by the age of their last audit.

    A copy that the last read found damaged is taken in any case, as is one whose last audit lies in the future: that
    was never. The last copy taken may go over the bytes, or the largest files would never be read.
    """
    spent = 0
    for copy in copies:
        if copy.outcome not in (None, "", FixityOutcome.INTACT) or (copy.audited and copy.audited > now):
            yield copy
        elif granted.bytes is None or spent < granted.bytes:
            spent += copy.size
            yield copy


@dataclass(frozen=True, slots=True)
class Promise:
    """How much of the holdings was read within the period: as "99.98 %", and in a sentence."""

    percent: str
    sentence: str


def promise(*, fresh: int, total: int, overdue: int, never: int, days: int) -> Promise:
    """The promise as a number: `fresh` of `total` files were read in full within `days` days.

    The percentage is never rounded up: it is 100 only when every file was read and none is overdue.
    """
    if not total:
        return Promise("100 %", "No file is held yet, so none is due.")
    hundredths = 10_000 * fresh // total
    if fresh < total or overdue or never:
        hundredths = min(hundredths, 9_999)
    percent = f"{hundredths / 100:.2f}".rstrip("0").rstrip(".") + " %"
    told = f"{percent} of {total:,} {'file was' if total == 1 else 'files were'} read in full within the last "
    told += f"{days:,} days" if days != 1 else "day"
    return Promise(percent, f"{told}; {_rest(overdue, never)}.")


def forecast(total: int, period: timedelta) -> int:
    """The bytes that the promise reads in a month of 30 days, out of `total` bytes."""
    return _share(total, 30 * NIGHT, period)


_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def _rest(overdue: int, never: int) -> str:
    late = f"{overdue:,} {'is' if overdue == 1 else 'are'} overdue" if overdue else "none is overdue"
    return f"{late}, {never:,} {'was' if never == 1 else 'were'} never read by an audit" if never else late


def _read(copy: DueLike, now: datetime) -> datetime | None:
    return copy.audited if copy.audited and copy.audited <= now else None


def _day(copy: DueLike, now: datetime, period: timedelta) -> datetime:
    """By when the copy is to be read; one that was never read counts from its coming, or is late."""
    start = _read(copy, now) or copy.since
    return start + period if start and start <= now else _LONG_AGO


def _share(total: int, part: timedelta, period: timedelta) -> int:
    """The bytes that fall to a part of the period, rounded up; in whole numbers, as a timedelta ends at 10^9 days."""
    moment = timedelta(microseconds=1)
    return -(-total * (part // moment) // (period // moment))
