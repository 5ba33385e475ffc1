"""The dead-man's switch: what should have happened and has not. Whoever asks is somebody other than the auditor."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from fixity.words import count, moment, span

NIGHT = timedelta(days=1)
GRACE = 0.1  # of the period: how much later than promised the oldest read may be


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that is late or silent: a stable code, and a sentence that ends in what to do."""

    code: str
    sentence: str


def alarms(
    *,
    now: datetime,
    since: datetime | None,
    last_run_finished: datetime | None,
    run_state: str,
    oldest_unread: datetime | None,
    period: timedelta,
    canary_ok: bool | None,
    undelivered: int,
    interval: timedelta = NIGHT,
    gave_up: int = 0,
) -> tuple[Alarm, ...]:
    """What is late or silent, the worst first; nothing when all is well, or nothing is held yet.

    Args:
        now: the present time.
        since: when the oldest copy came into its store, None when nothing is held.
        last_run_finished: when the last audit that came to its end did so; a time in the future counts as never.
        run_state: how the latest audit ended: done, void, broken, or running.
        oldest_unread: the oldest last read of a copy by an audit; of a copy that was never read, its coming.
        period: within which every copy is to be read.
        canary_ok: whether the latest canaries were told right, None when none were read.
        undelivered: messages that no channel has taken yet after a first try.
        interval: between two audits.
        gave_up: messages that will not be tried again.
    """
    found = [*_silence(now, since, last_run_finished, interval), *_distrust(run_state, canary_ok)]
    if oldest_unread and since and now - oldest_unread > period * (1 + GRACE):
        found.append(_overdue(now - oldest_unread, period))
    return (*found, *_unheard(undelivered, gave_up))


def _silence(now: datetime, since: datetime | None, finished: datetime | None, interval: timedelta) -> Iterator[Alarm]:
    look = "see whether `muniment run` is up and its schedule is well (`muniment doctor`), then run `muniment audit`."
    if not since:
        return
    if finished and finished > now:
        words = (
            f"The last audit seems to have ended in the future, at {moment(finished)}: set the clock right, and {look}"
        )
        yield Alarm("clock", words)
    elif finished is None:
        if now - since > 2 * interval:
            words = f"No audit has ever come to its end, and files are held since {moment(since)}: {look}"
            yield Alarm("audit-never", words)
    elif now - finished > 2 * interval:
        words = f"No audit has come to its end for {span(now - finished)}, since {moment(finished)}: {look}"
        yield Alarm("audit-late", words)


def _distrust(run_state: str, canary_ok: bool | None) -> Iterator[Alarm]:
    if run_state == "void" or canary_ok is False:
        words = (
            "The last audit is void, as it did not tell the planted files right: nothing that it read counts; "
            "run `muniment doctor`, then `muniment audit`."
        )
        yield Alarm("audit-void", words)
    elif run_state == "broken":
        words = "The last audit broke off before its end; what it read is kept: run `muniment audit` to go on."
        yield Alarm("audit-broken", words)


def _overdue(age: timedelta, period: timedelta) -> Alarm:
    words = (
        f"The oldest read of a copy is {span(age)} back, and every copy is promised a read within {span(period)}: "
        "raise the byte budget of its store, or run `muniment audit --all`."
    )
    return Alarm("overdue", words)


def _unheard(undelivered: int, gave_up: int) -> Iterator[Alarm]:
    look = "look into the addresses in `MUNIMENT_ALERTS` and run `muniment doctor`."
    if gave_up:
        yield Alarm(
            "mail-lost", f"{count(gave_up, 'message')} could not be delivered and will not be tried again: {look}"
        )
    elif undelivered:
        yield Alarm("mail-late", f"{count(undelivered, 'message')} could not be delivered yet: {look}")
