"""Purge: the bytes of an item leave a store, whoever had to decide it."""

from collections.abc import Iterable

from storage.layout import DRAFTS, QUARANTINE, case_id, object_id, object_root, stage_prefix
from storage.stores import Store


def erase(store: Store, item_id: str, *, keys: Iterable[str] = ()) -> tuple[str, ...]:
    """The keys that were there and are not any more: the object, and what staging, drafts and quarantine had of it.

    The root inventory goes first, so that no moment shows half an object; then what was put aside, while the object's
    keys still tell its cases; then the rest. `keys` are further ones known of the item, as a listing may lack some.
    Safe to repeat: a second try finishes what a killed one began.

    Raises:
        StorageError: the store could not; call again.
    """
    root = object_root(object_id(item_id))
    inventory = f"{root}/inventory.json"
    known = {inventory, f"{inventory}.sha512", *(key for key in keys if key.startswith(f"{root}/"))}
    listed = [one.key for one in store.listing(f"{root}/")]
    beside = _beside(store, item_id, known | set(listed))
    gone = [inventory] * (inventory in listed) + beside + [key for key in listed if key != inventory]
    for key in (inventory, *beside, *sorted(known | set(listed))):
        store.delete(key)
    store.barrier()
    return tuple(gone)


def _beside(store: Store, item_id: str, keys: Iterable[str]) -> list[str]:
    """The keys of an item outside its object."""
    cases = {case_id(store.name, key) for key in keys}
    prefixes = (stage_prefix(item_id), f"{DRAFTS}/{item_id}/")
    found = [listed.key for prefix in prefixes for listed in store.listing(prefix)]
    return found + [listed.key for listed in store.listing(f"{QUARANTINE}/") if listed.key.split("/")[1] in cases]
