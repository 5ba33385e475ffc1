"""After days off: an audit that is overdue is run soon, and not only in the coming night."""

import time
from datetime import UTC, datetime, timedelta

from catalog import audits, runs
from workflow import audit_lease, queueing, runfile, watchman
from workflow.workshop import Workshop

LATE = timedelta(hours=26)  # a night and what an audit may take
AGAIN = timedelta(hours=6)  # between two tries, of which the first came to no good end
EVERY_SECONDS = 60.0


class Patrol:
    """Looks once a minute, however often it is asked to."""

    def __init__(self, shop: Workshop) -> None:
        self._shop, self._next = shop, time.monotonic()

    def look(self) -> None:
        """Queues an audit when one is late.

        Raises:
            NotRunningError: Prefect does not answer; the next look tries again.
        """
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + EVERY_SECONDS
            audit_if_late(self._shop, datetime.now(UTC))


def audit_if_late(shop: Workshop, now: datetime) -> bool:
    """True when an audit was queued, because the last one that came to its end lies more than a night back.

    Raises:
        NotRunningError: Prefect does not answer; the next look tries again.
    """
    if not _is_late(shop, now) or audit_lease.is_running(shop.home):
        return False
    api = runfile.running(shop.home).prefect_api
    if queueing.audit_is_coming(api):
        return False
    queueing.queue_audit(api, kind="nightly", once=f"late:{now:%Y-%m-%dT%H}")
    return True


def _is_late(shop: Workshop, now: datetime) -> bool:
    """True when files are held since long enough; a try that has just failed is not repeated at once."""
    last = runs.last_finished(shop.catalog)
    if last and last.finished and now - LATE < last.finished <= now:
        return False
    if any(now - AGAIN < run.started <= now for run in runs.latest(shop.catalog)):
        return False
    since = watchman.since(audits.coverage(shop.catalog, now))
    return since is not None and now - since > LATE
