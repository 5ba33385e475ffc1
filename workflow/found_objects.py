"""An object as the stores hold it, for a catalogue that does not know it: the best copy, and who may see it.

The best copy has the highest head among those that do not contradict the event chain, and gives back what its inventory
says. Who may see the item must be said by every copy alike.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, cast

from catalog import chain, copies, items, rebuilding
from catalog.values import ItemEntry
from core.errors import StorageError
from core.events import Event
from core.item import Access, AccessState
from storage.checksums import digest_bytes
from storage.inventory import Inventory
from storage.layout import object_id, object_root
from storage.ocfl import read_inventory
from storage.stores import Store
from workflow import adopting
from workflow.committing import spread, work_folder
from workflow.manifest_files import write_manifest
from workflow.workshop import Workshop

ACCESS = "metadata/access.json"
FILE = ("logical", "key", "size", "sha512", "sha256")  # how the chain's facts list a file


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The best copy of an object: where, its inventory, what the catalogue will hold of it, and what is doubtful.

    `recorded` is the newest version that the chain tells of; `doubt` says why the item is hidden, "" for no reason.
    """

    item_id: str
    store: Store
    inventory: Inventory
    entry: ItemEntry
    recorded: int
    doubt: str
    troubles: tuple[str, ...]


class Mourner:
    """A store as it would be with all its files: one that it lost still has the size that was recorded of it."""

    def __init__(self, store: Store, sizes: Mapping[str, int]) -> None:
        self._store, self._sizes = store, sizes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def size(self, key: str) -> int | None:
        """The size in bytes, by the store or else by the chain."""
        found = self._store.size(key)
        return self._sizes.get(key) if found is None else found


def find(shop: Workshop, stores: Sequence[Store], item_id: str) -> Found:
    """The best copy of the object in these stores.

    Raises:
        StorageError: no store has a copy that can be read and does not contradict the chain.
    """
    told = chain.of_item(shop.catalog, item_id)
    recorded = _recorded(told)
    troubles: list[str] = []
    held = _held(stores, item_id, troubles)
    doubt = _doubt(held, recorded)
    access = _wished(shop, item_id) or (Access() if doubt else None)
    good = [(store, one) for store, one in held if one and not _contradicts(one, recorded)]
    newest = sorted(good, key=lambda pair: -pair[1].head)
    # A master that every store lost is for the audit to tell: the item comes back all the same.
    lossy = [(cast(Store, Mourner(store, _sizes(told))), one) for store, one in newest]
    for store, inventory in (*newest, *lossy):
        try:
            entry = adopting.entry_of(shop, store, inventory, access=access)
        except (StorageError, ValueError, KeyError, TypeError) as error:
            troubles.append(f'"{item_id}" in the store "{store.name}" was passed over: {error}')
            continue
        return Found(
            item_id=item_id,
            store=store,
            inventory=inventory,
            entry=_timed(entry, inventory, told),
            recorded=recorded[0],
            doubt=doubt,
            troubles=tuple(troubles),
        )
    raise StorageError(" ".join([*troubles, "No store has a good copy: run `muniment audit --all`."]))


def save(shop: Workshop, found: Found) -> ItemEntry:
    """What the catalogue holds of the item now; a version that the chain does not know is told to it.

    The item waits, hidden, when a required store never got it.
    """
    entry = replace(found.entry, waiting=True)
    if found.recorded >= found.inventory.head:
        items.save(shop.catalog, replace(entry, stores=(), bookkeeping=()))
    else:
        with work_folder(shop, found.item_id) as folder:
            new = spread(shop, found.store, found.item_id, (found.store,), folder, since=found.recorded + 1)
        items.save(shop.catalog, entry, deeds=new.deeds)
    _set_times(shop, found)
    write_manifest(shop.home, entry.item, entry.texts)
    if {store.name for store in shop.required} <= set(copies.holders(shop.catalog, found.item_id)):
        items.release(shop.catalog, found.item_id)
    return entry


def _held(stores: Sequence[Store], item_id: str, troubles: list[str]) -> list[tuple[Store, Inventory | None]]:
    """The stores that hold anything of the object, each with its inventory, None where it cannot be read or trusted."""
    found: list[tuple[Store, Inventory | None]] = []
    for store in stores:
        if next(iter(store.listing(f"{object_root(object_id(item_id))}/")), None) is None:
            continue
        try:
            inventory = read_inventory(store, object_id(item_id))
        except StorageError as error:
            troubles.append(str(error))
            inventory = None
        found.append((store, inventory))
    return found


def _recorded(told: Sequence[Event]) -> tuple[int, str]:
    """The newest version that the chain tells of, and the SHA-512 of its inventory."""
    facts = [event.deed.facts for event in told if event.deed.facts.get("inventory")]
    return max(((int(one["version"]), str(one["inventory"])) for one in facts), default=(0, ""))


def _sizes(told: Sequence[Event]) -> dict[str, int]:
    """The size of every file that the chain tells of, by key."""
    files = [row for event in told for row in event.deed.facts.get("files", ()) if len(row) == len(FILE)]
    return {row[1]: int(row[2]) for row in files}


def _contradicts(inventory: Inventory, recorded: tuple[int, str]) -> bool:
    version, sha512 = recorded
    return inventory.head == version and inventory.sha512 != sha512


def _doubt(held: Sequence[tuple[Store, Inventory | None]], recorded: tuple[int, str]) -> str:
    """Why nobody can say for sure who may see the item, or ""."""
    said = [_access(store, inventory) if inventory else None for store, inventory in held]
    if None in said:
        return "who may see it cannot be read in every store"
    if len(set(said)) > 1:
        return "its stores differ about who may see it"
    if any(inventory and _contradicts(inventory, recorded) for _, inventory in held):
        return "a store holds another version than was recorded"
    if max((inventory.head for _, inventory in held if inventory), default=0) < recorded[0]:
        return f"version {recorded[0]}, the newest that was recorded, is in no store that answers"
    return ""


def _access(store: Store, inventory: Inventory) -> bytes | None:
    """What this copy says about who may see the item, None when it cannot be read as it was written."""
    sha512 = inventory.state().get(ACCESS)
    if sha512 is None:
        return None
    try:
        data = store.get(f"{object_root(inventory.object_id)}/{inventory.manifest[sha512]}")
    except StorageError:
        return None
    return data if digest_bytes(data).sha512 == sha512 and _is_record(data) else None


def _is_record(data: bytes) -> bool:
    try:
        return "state" in json.loads(data)
    except (ValueError, TypeError):
        return False


def _wished(shop: Workshop, item_id: str) -> Access | None:
    """The withdrawal that the stores may not know of yet, when one was asked for here."""
    wish = shop.home.withdrawn / item_id
    try:
        asked, at = json.loads(wish.read_text()), datetime.fromtimestamp(wish.stat().st_mtime, UTC)
    except (FileNotFoundError, ValueError):
        return None
    return Access(state=AccessState.WITHDRAWN, reason=asked["reason"], by=asked["agent"], at=at.isoformat())


def _timed(entry: ItemEntry, inventory: Inventory, told: Sequence[Event]) -> ItemEntry:
    """The entry as of its newest version."""
    at = [event.deed.at for event in told if event.deed.facts.get("inventory") and not event.deed.store]
    return replace(entry, at=at[-1] if at else datetime.fromisoformat(inventory.created()))


def _set_times(shop: Workshop, found: Found) -> None:
    told = chain.of_item(shop.catalog, found.item_id)
    at = [event.deed.at for event in told if event.deed.facts.get("inventory") and not event.deed.store]
    first = at[0] if at else datetime.fromisoformat(found.inventory.created(1))
    rebuilding.set_times(shop.catalog, found.item_id, added=first, changed=found.entry.at)
