"""Batches that were cut short: found by their lease, and queued again without another word."""

from contextlib import suppress

from catalog import batches
from catalog.database import Catalog
from core.errors import NotRunningError
from workflow import batchwork, queueing
from workflow.workshop import Workshop

EVERY_SECONDS = 5.0
TRIES = 3  # how often one start takes up a batch whose process died
_tried: dict[str, int] = {}


def requeue_all(catalog: Catalog, prefect_api: str) -> None:
    """Queues every batch that is not finished; called at the start, when nobody can be working on one."""
    for view in reversed(batches.unfinished(catalog)):
        with suppress(NotRunningError):  # found again by the first look for what was abandoned
            queueing.queue(catalog, prefect_api, view.id)


def requeue_abandoned(shop: Workshop, prefect_api: str) -> None:
    """Queues batches again whose process died, and gives one up that dies again and again."""
    for view in batches.unfinished(shop.catalog):
        with batchwork.leased(shop, view.id) as free:
            if not free or not _dead(shop.catalog, view.id, prefect_api):
                continue
        if _tried.get(view.id, 0) >= TRIES:
            sentence = "The work on this batch broke off again and again: look into the worker's log and retry it."
            batches.finish(shop.catalog, view.id, state="failed", sentence=sentence)
        else:
            with suppress(NotRunningError):  # Prefect is away for a moment: the next look finds the batch again
                queueing.queue(shop.catalog, prefect_api, view.id)
                _tried[view.id] = _tried.get(view.id, 0) + 1


def _dead(catalog: Catalog, batch_id: str, prefect_api: str) -> bool:
    """A running batch whose lease is free has lost its process; a queued one, if no run is there to take it up.

    Asked while the lease is ours: only then the state cannot change under our eyes.
    """
    view = batches.get(catalog, batch_id)
    try:
        if view is None or view.state not in ("queued", "running"):
            return False
        return view.state == "running" or queueing.run_ended(prefect_api, batch_id, view.attempt)
    except NotRunningError:
        return False
