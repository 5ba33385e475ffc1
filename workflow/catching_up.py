"""Stores that were away get what they missed, and items that waited for them are let go.

The caretaker does it, item by item: each is copied from a store that holds it, and verified on the way out and back.
"""

import logging
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from catalog import batches, copies, items, tombstones
from core.errors import MunimentError
from core.item import AccessState
from storage.layout import object_id
from storage.ocfl import read_inventory
from storage.stores import Store
from workflow import crashing, deeds, storekeeping
from workflow.committing import copy_to, work_folder
from workflow.workshop import Workshop

COMPARE_SECONDS, WAIT_SECONDS = 600.0, 10.0
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Seen:
    """What the last look found: the stores that answered, and when they were last compared in full."""

    stores: tuple[str, ...] = ()
    compared: float = -math.inf


def look(shop: Workshop, seen: Seen, *, now: float) -> None:
    """Catches up when a store came back, when an item need not wait any more, and every ten minutes.

    `now` is in seconds, from any beginning.
    """
    stores = tuple(store.name for store in storekeeping.standing(shop))
    passed = now - seen.compared
    due = passed >= COMPARE_SECONDS or bool(set(stores) - set(seen.stores))
    wanted = passed >= WAIT_SECONDS and {one.name for one in shop.required} <= set(stores)
    if due or (wanted and items.waiting(shop.catalog)):
        seen.compared = now
        catch_up(shop)
    seen.stores = stores


def catch_up(shop: Workshop) -> int:
    """How many copies of objects were made; every store that answers holds then what the others do.

    An item that cannot be copied is told in the log and tried at the next look; the others go on.
    """
    stores = {store.name: store for store in storekeeping.standing(shop)}
    made = sum(_try(shop, stores, item, name) for item, name in _owed(shop, stores))
    release(shop)
    return made


def release(shop: Workshop) -> None:
    """Lets every item be seen that waited, and that all required stores hold by now."""
    for item_id in items.waiting(shop.catalog):
        if {store.name for store in shop.required} <= set(copies.holders(shop.catalog, item_id)):
            crashing.step("release.held")
            items.release(shop.catalog, item_id)
            crashing.step("release.done")
            _tell_jobs(shop, item_id)


def _owed(shop: Workshop, stores: Mapping[str, Store]) -> Iterator[tuple[str, str]]:
    """(item, store) of all that is lacking; what is being written now, and what was purged, is left alone."""
    views = batches.unfinished(shop.catalog)
    busy = {job.item_id for view in views for job in view.jobs if job.state == "storing"}
    for item_id, name in list(copies.lacking(shop.catalog, tuple(stores))):
        if item_id and item_id not in busy and not tombstones.is_purged(shop.catalog, item_id):
            yield item_id, name


def _try(shop: Workshop, stores: Mapping[str, Store], item_id: str, name: str) -> int:
    try:
        return _copy(shop, stores, item_id, stores[name])
    except MunimentError as error:
        log.warning('"%s" could not be copied to the store "%s": %s', item_id, name, error)
        return 0


def _copy(shop: Workshop, stores: Mapping[str, Store], item_id: str, target: Store) -> int:
    source = next((stores[name] for name in copies.holders(shop.catalog, item_id) if name in stores), None)
    view = items.get(shop.catalog, item_id)
    if source is None or view is None or source.name == target.name:
        return 0
    inventory = read_inventory(source, object_id(item_id))
    if inventory is None or inventory.head != view.version:
        return 0  # a newer version is on its way: it brings its copies itself
    with work_folder(shop, item_id) as folder:
        new = copy_to(shop, source, target, inventory, folder)
    crashing.step("catch-up.copied")
    told = deeds.of_copy(source, target, inventory, new)
    copies.add(shop.catalog, target.name, new, item=item_id, at=told.at, deeds=(told,))
    crashing.step("catch-up.recorded")
    return 1


def _tell_jobs(shop: Workshop, item_id: str) -> None:
    """The batches that brought the item tell that it does not wait any more."""
    view = items.get(shop.catalog, item_id)
    if view and view.item.access.state is not AccessState.WITHDRAWN:
        state = "published" if view.item.access.state is AccessState.PUBLISHED else "awaiting"
        batches.tell_item(shop.catalog, item_id, state=state)
