"""Batches that were cut short: found by their lease, and queued again without another word."""

import shutil
from contextlib import suppress

from catalog import batches
from catalog.database import Catalog
from catalog.values import BatchView
from core.errors import NotRunningError
from workflow import batchwork, queueing
from workflow.homes import Home
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
        if not _lost(view, prefect_api):
            continue
        with batchwork.leased(shop, view.id) as free:
            if not free or batches.get(shop.catalog, view.id) != view:
                continue  # somebody works on it, or did so since we looked
        if _tried.get(view.id, 0) >= TRIES:
            sentence = "The work on this batch broke off again and again: look into the worker's log and retry it."
            batches.finish(shop.catalog, view.id, state="failed", sentence=sentence)
        else:
            with suppress(NotRunningError):  # Prefect is away for a moment: the next look finds the batch again
                queueing.queue(shop.catalog, prefect_api, view.id)
                _tried[view.id] = _tried.get(view.id, 0) + 1


def sweep(home: Home) -> None:
    """Removes what killed processes left half-made; called when nobody works yet, so nothing of it is in use."""
    shutil.rmtree(home.work, ignore_errors=True)
    home.work.mkdir(parents=True, exist_ok=True)
    for half in (*home.derived.glob("??/*.new"), *home.cache.glob("files/.incoming-*")):
        if half.is_dir():
            shutil.rmtree(half, ignore_errors=True)
        else:
            half.unlink(missing_ok=True)


def _lost(view: BatchView, prefect_api: str) -> bool:
    """A running batch may have lost its process, which its lease tells; a queued one, its run."""
    try:
        return view.state == "running" or queueing.run_lost(prefect_api, view.id, view.attempt)
    except NotRunningError:
        return False
