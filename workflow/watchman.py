"""The dead-man's switch: what should have happened and has not, told by others than the auditor."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from catalog import audits, outbox, runs
from catalog.fixity_values import Coverage, Run, RunState
from core.errors import MunimentError
from fixity.watch import alarms
from storage.census import objects
from viewer.fixity_actions import Warning
from workflow import audit_lease, heartbeat
from workflow.reports import count
from workflow.workshop import Workshop

UNTRIED = timedelta(hours=1)  # a message that nobody has tried to send for so long is late, too
REMEMBERED = timedelta(days=14)  # how long a message that was given up is told of
NEWEST = 20


def warnings(shop: Workshop, now: datetime) -> tuple[Warning, ...]:
    """What is late or silent, the worst first; asks the catalogue, and the stores only when the catalogue is empty."""
    covered = audits.coverage(shop.catalog, now)
    return (*_emptied(shop, covered), *_alarms(shop, covered, now), *_nobody_told(shop), *_unheard(shop))


def since(covered: Sequence[Coverage]) -> datetime | None:
    """When the oldest copy came; where that is not known, its oldest read is taken for it."""
    return min((time for one in covered if (time := one.first or one.longest)), default=None)


def _alarms(shop: Workshop, covered: Sequence[Coverage], now: datetime) -> Iterator[Warning]:
    run, last = _last_run(shop, now), runs.last_finished(shop.catalog)
    oldest, period = _oldest(shop, covered, now)
    waiting, given_up = _late_messages(shop, now)
    for alarm in alarms(
        now=now,
        since=since(covered),
        last_run_finished=last.finished if last else None,
        run_state=str(run.state) if run else "",
        oldest_unread=oldest,
        period=period,
        canary_ok=_canaries(run),
        undelivered=waiting,
        gave_up=given_up,
    ):
        yield Warning(code=alarm.code, sentence=alarm.sentence)


def _oldest(shop: Workshop, covered: Sequence[Coverage], now: datetime) -> tuple[datetime | None, timedelta]:
    """The oldest read of the store that is latest by its own period, and that period."""
    usual = timedelta(days=shop.settings.audit_days)
    terms = {store.name: store.terms.days for store in shop.stores} if covered else {}
    periods = {name: timedelta(days=days) if days else usual for name, days in terms.items()}
    known = [(one.longest, periods[one.store]) for one in covered if one.longest and one.store in periods]
    return max(known, key=lambda pair: (now - pair[0]) / pair[1], default=(None, usual))


def _last_run(shop: Workshop, now: datetime) -> Run | None:
    """The newest audit that has ended; one whose process died on the way has broken off."""
    # One of a time to come was begun under a wrong clock: it may hide none that came after it.
    newest = [run for run in runs.latest(shop.catalog, NEWEST) if run.kind != runs.DRILL and run.started <= now]
    if newest and newest[0].state is RunState.RUNNING:
        newest = newest[1:] if audit_lease.is_running(shop.home) else [replace(newest[0], state=RunState.BROKEN)]
    return newest[0] if newest else None


def _canaries(run: Run | None) -> bool | None:
    """Whether all canaries that were read were told right, None when none were."""
    told = [store.get("canaries") for store in run.stores.values()] if run else []
    read = [said for said in told if said and said != "not read"]
    return all(said == "ok" for said in read) if read else None


def _late_messages(shop: Workshop, now: datetime) -> tuple[int, int]:
    """How many messages are late, and how many were given up; none where there is nobody to be told."""
    if not shop.settings.channels:
        return 0, 0
    kept = outbox.undelivered(shop.catalog)
    late = [one for one in kept if not one.gave_up and (one.tries or now - one.created > UNTRIED)]
    return len(late), sum(one.gave_up and now - one.created < REMEMBERED for one in kept)


def _nobody_told(shop: Workshop) -> Iterator[Warning]:
    kept = [] if shop.settings.channels else outbox.undelivered(shop.catalog)
    if kept:
        sentence = f"{count(len(kept), 'message')} went to nobody: set MUNIMENT_ALERTS, so that somebody is told."
        yield Warning(code="nobody-told", sentence=sentence)


def _unheard(shop: Workshop) -> Iterator[Warning]:
    if trouble := heartbeat.trouble(shop):
        yield Warning(code="heartbeat", sentence=trouble)


def _emptied(shop: Workshop, covered: Sequence[Coverage]) -> Iterator[Warning]:
    """A catalogue that knows of nothing, beside stores that hold items, is a lost one."""
    if any(one.files for one in covered):
        return
    try:
        holding = [store.name for store in shop.stores if next(objects(store), None)]
    except MunimentError:
        return  # a store that does not answer is told of elsewhere
    if holding:
        names = ", ".join(f'"{name}"' for name in holding)
        sentence = f"The catalogue is empty, and the stores hold items ({names}): run `muniment rebuild`."
        yield Warning(code="catalogue-empty", sentence=sentence)
