"""Batches that failed for want of a store: taken up again without hands as soon as one answers.

However often that takes; only how soon the next try follows is bounded. What failed for other reasons stays for people.
"""

import time

from catalog import batches
from catalog.database import Catalog
from workflow import queueing, storekeeping
from workflow.homes import Home
from workflow.workshop import Workshop

PATIENCE = 60.0  # seconds between two tries of one batch


def park(home: Home, batch_id: str) -> None:
    """Notes that something of the batch could not be taken in because no store took it."""
    home.parked.mkdir(parents=True, exist_ok=True)
    (home.parked / batch_id).touch()


def is_parked(home: Home, batch_id: str) -> bool:
    """True while the batch waits for a store."""
    return (home.parked / batch_id).exists()


def take_up(shop: Workshop, prefect_api: str, *, patience: float = PATIENCE) -> int:
    """How many parked batches were queued again: none while no required store answers, or before their time.

    Raises:
        NotRunningError: Prefect does not answer; the next look finds the batch again.
    """
    ripe = [path for path in sorted(shop.home.parked.glob("*")) if time.time() - path.stat().st_mtime >= patience]
    if not ripe or not storekeeping.required(storekeeping.standing(shop)):
        return 0
    return sum(_queue(shop.catalog, shop.home, prefect_api, path.name) for path in ripe)


def _queue(catalog: Catalog, home: Home, prefect_api: str, batch_id: str) -> bool:
    view = batches.get(catalog, batch_id)
    if view is not None and view.state in ("queued", "running"):
        return False  # somebody was faster; should it fail again, it is parked still
    failed = view is not None and view.state == "failed"
    if failed:
        queueing.queue(catalog, prefect_api, batch_id)
    (home.parked / batch_id).unlink(missing_ok=True)
    return failed
