"""Batches and items that were cut short: found, and brought to their end without another word."""

import logging
import shutil
from contextlib import suppress

from catalog import batches, items, tombstones
from catalog.database import Catalog
from catalog.values import BatchView
from core.errors import MunimentError, NotRunningError
from storage.staging import clear_stage
from workflow import batchwork, intents, queueing, storekeeping
from workflow.adopting import adopt
from workflow.homes import Home
from workflow.workshop import Workshop

EVERY_SECONDS = 5.0
TRIES = 3  # how often one start takes up a batch whose process died and had got nowhere
_tried: dict[str, tuple[object, int]] = {}
log = logging.getLogger(__name__)


def requeue_all(catalog: Catalog, prefect_api: str) -> None:
    """Queues every batch that is not finished; called at the start, when nobody can be working on one."""
    for view in reversed(batches.unfinished(catalog)):
        with suppress(NotRunningError):  # found again by the first look for what was abandoned
            queueing.queue(catalog, prefect_api, view.id)


def requeue_abandoned(shop: Workshop, prefect_api: str) -> None:
    """Queues batches again whose process died, and gives one up that dies again and again without getting on."""
    for view in batches.unfinished(shop.catalog):
        if not _lost(view, prefect_api):
            continue
        with batchwork.leased(shop, view.id) as free:
            if not free or batches.get(shop.catalog, view.id) != view:
                continue  # somebody works on it, or did so since we looked
        if _stuck(view):
            sentence = "The work on this batch broke off again and again: look into the worker's log and retry it."
            batches.finish(shop.catalog, view.id, state="failed", sentence=sentence)
        else:
            with suppress(NotRunningError):  # Prefect is away for a moment: the next look finds the batch again
                queueing.queue(shop.catalog, prefect_api, view.id)
                _count(view)


def finish_items(shop: Workshop, *, older: float = 0.0) -> tuple[str, ...]:
    """The ids of the items of which an unfinished version was brought to its end.

    Those that somebody began to write less than `older` seconds ago are left to him. One that cannot be finished now
    (its store is away) keeps its intent and is tried again.
    """
    busy = batchwork.storing(shop)
    found = [item for item in intents.unfinished(shop.home, older=older) if not older or item not in busy]
    return tuple(item for item in found if _finish(shop, item))


def _finish(shop: Workshop, item_id: str) -> bool:
    try:
        if tombstones.is_purged(shop.catalog, item_id):
            return False
        intended = intents.of(shop.home, item_id)
        found = adopt(shop, item_id)
        if intended in {store.name for store in storekeeping.standing(shop)}:
            intents.done(shop.home, item_id)  # nothing stands there that is not known
    except MunimentError as error:
        log.warning('"%s" could not be finished yet: %s', item_id, error)
        return False
    return found


def clear_stages(shop: Workshop) -> int:
    """How many masters were removed that waited in a store for a version which the catalogue knows by now."""
    busy = batchwork.storing(shop) | set(intents.unfinished(shop.home))
    removed = 0
    for store in storekeeping.standing(shop):
        hints = {listed.key.split("/")[1] for listed in store.listing("stage/")}
        for item_id in sorted(hints - busy):
            if items.get(shop.catalog, item_id):
                removed += clear_stage(store, item_id)
            else:
                log.warning('Masters of "%s" wait in the store "%s", and no batch has it.', item_id, store.name)
    return removed


def sweep(home: Home) -> None:
    """Removes what killed processes left half-made; called when nobody works yet, so nothing of it is in use."""
    shutil.rmtree(home.work, ignore_errors=True)
    home.work.mkdir(parents=True, exist_ok=True)
    for half in (*home.derived.glob("??/*.new"), *home.cache.glob("files/.incoming-*"), *home.intents.glob(".*")):
        if half.is_dir():
            shutil.rmtree(half, ignore_errors=True)
        else:
            half.unlink(missing_ok=True)


def _stuck(view: BatchView) -> bool:
    """True when the batch died so often at the very same place."""
    place, times = _tried.get(view.id, (None, 0))
    return place == _progress(view) and times >= TRIES


def _count(view: BatchView) -> None:
    place, times = _tried.get(view.id, (None, 0))
    _tried[view.id] = (_progress(view), times + 1 if place == _progress(view) else 1)


def _progress(view: BatchView) -> object:
    """How far the batch has come: the states of its items, and its pages."""
    return (view.pages_done, [(job.folder, job.state, job.pages) for job in view.jobs])


def _lost(view: BatchView, prefect_api: str) -> bool:
    """A running batch may have lost its process, which its lease tells; a queued one, its run."""
    try:
        return view.state == "running" or queueing.run_lost(prefect_api, view.id, view.attempt)
    except NotRunningError:
        return False
