"""Batches and items that were cut short: found, and brought to their end without another word."""

import logging
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass

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
TRIES = 3  # how often a batch whose process died at the same place is taken up again without a pause
FIRST_PAUSE, LONGEST_PAUSE = 10.0, 600.0  # seconds; each further death at the same place doubles the pause
AGAIN = "The work on this batch breaks off again and again. It is tried again by itself; look into the worker's log."
_deaths: dict[str, "Deaths"] = {}
log = logging.getLogger(__name__)


def requeue_all(catalog: Catalog, prefect_api: str) -> None:
    """Queues every batch that is not finished; called at the start, when nobody can be working on one."""
    for view in reversed(batches.unfinished(catalog)):
        with suppress(NotRunningError):  # found again by the first look for what was abandoned
            queueing.queue(catalog, prefect_api, view.id)


@dataclass(frozen=True, slots=True)
class Deaths:
    """How often a batch died at one place, and before when (monotonic seconds) it is not taken up again."""

    place: object
    times: int
    until: float


def requeue_abandoned(shop: Workshop, prefect_api: str, *, now: float | None = None) -> None:
    """Queues batches again whose process died; one that dies again and again at one place waits longer each time.

    None is ever given up: whatever kills it may be mended meanwhile, and nobody should have to remember the batch.
    """
    moment = time.monotonic() if now is None else now
    for view in batches.unfinished(shop.catalog):
        if _waits(view, moment) or not _lost(view, prefect_api):
            continue
        with batchwork.leased(shop, view.id) as free:
            if not free or batches.get(shop.catalog, view.id) != view:
                continue  # somebody works on it, or did so since we looked
        with suppress(NotRunningError):  # Prefect is away for a moment: the next look finds the batch again
            queueing.queue(shop.catalog, prefect_api, view.id)
            _count(shop.catalog, view, moment)


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


def _waits(view: BatchView, now: float) -> bool:
    """True while a batch that died too often at the very same place has its pause."""
    known = _deaths.get(view.id)
    return known is not None and known.place == _progress(view) and now < known.until


def _count(catalog: Catalog, view: BatchView, now: float) -> None:
    """Notes the death, and tells people of the batch once it seems to lead nowhere."""
    known, place = _deaths.get(view.id), _progress(view)
    times = known.times + 1 if known and known.place == place else 1
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (times - TRIES)) if times >= TRIES else 0.0
    _deaths[view.id] = Deaths(place, times, now + pause)
    if pause:
        log.warning("Batch %s: %s", view.id, AGAIN)
        batches.note(catalog, view.id, AGAIN)


def _progress(view: BatchView) -> object:
    """How far the batch has come: the states of its items, and its pages."""
    return (view.pages_done, [(job.folder, job.state, job.pages) for job in view.jobs])


def _lost(view: BatchView, prefect_api: str) -> bool:
    """A running batch may have lost its process, which its lease tells; a queued one, its run."""
    try:
        return view.state == "running" or queueing.run_lost(prefect_api, view.id, view.attempt)
    except NotRunningError:
        return False
