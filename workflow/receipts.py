"""Whether a folder may be erased: Muniment never deletes from a drop folder, it only says when it needs it no more."""

from catalog import receipts
from workflow.workshop import Workshop


def safe_to_erase(shop: Workshop, item_id: str | None) -> bool:
    """True when all required copies of what was delivered are verified, and one later audit has read them all."""
    return bool(item_id) and receipts.is_safe(shop.catalog, item_id or "", [store.name for store in shop.required])
