"""Which items are being written or erased at this moment: a store may be ahead of the catalogue, or behind it."""

from datetime import UTC, datetime, timedelta

from catalog import batches, chain, tombstones
from storage.layout import object_id, object_root
from workflow import intents
from workflow.workshop import Workshop

DELETION = "deletion"
ERASING = timedelta(hours=1)  # what is left of a deleted item after so long was forgotten there


def items_in_work(shop: Workshop) -> frozenset[str]:
    """The ids of items of which a version is under way: noted as an intent, or being stored by a batch."""
    storing = (
        job.item_id
        for view in batches.unfinished(shop.catalog)
        for job in view.jobs
        if job.item_id and job.state == "storing"
    )
    return frozenset((*intents.unfinished(shop.home), *storing))


def items_owed(shop: Workshop, store: str) -> frozenset[str]:
    """The ids of purged items that this store still holds: their files go when the purge is brought to its end."""
    stones = tombstones.listing(shop.catalog)
    return frozenset(stone.item for stone in stones if store in stone.owed and not stone.asked)


def was_just_deleted(shop: Workshop, item_id: str) -> bool:
    """True while the files of an item that the catalogue has let go may still be on their way out."""
    gone = chain.last_of(shop.catalog, item_id, DELETION) if item_id else None
    return gone is not None and abs(datetime.now(UTC) - gone) < ERASING


def roots(items: frozenset[str]) -> tuple[str, ...]:
    """What the keys of these items begin with."""
    return tuple(f"{object_root(object_id(item))}/" for item in sorted(items))
