"""Station 8 and 9: one version committed in a store that answers, and the same to the byte in the others.

An intent lies in the home from before the first byte until the catalogue knows the version: whoever is killed in
between leaves word of where to look.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from catalog import audits
from core.errors import ObjectNotFoundError, StoreUnavailableError
from core.events import Deed
from core.fixity import StoredFile
from core.item import Item
from core.text import Engine
from fixity.premis import PremisAgent, PremisEvent
from fixity.premis_reading import read_history
from storage.inventory import Inventory
from storage.layout import item_id as item_of
from storage.layout import object_id, object_root
from storage.objects import bookkeeping, sizes_of
from storage.ocfl import Committed, NewVersion, commit, read_inventory, stored_files
from storage.replicate import AtHand, replicate
from storage.stores import Store
from workflow import crashing, deeds, history, intents, storekeeping
from workflow.packaging import AipPart, reports
from workflow.workshop import Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """A version as it stands in the stores: the names of those that hold it, its files, and the deeds to record."""

    version: int
    files: tuple[StoredFile, ...]
    bookkeeping: tuple[StoredFile, ...]
    stores: tuple[str, ...]
    deeds: tuple[Deed, ...]


def commit_everywhere(
    shop: Workshop,
    item: Item,
    parts: Sequence[AipPart],
    told: Sequence[PremisEvent],
    *,
    number: int,
    agent: str,
    message: str,
    folder: Path,
    engine: Engine | None = None,
    stores: Sequence[Store] | None = None,
) -> Shelved:
    """The version, committed in one required store that answers and then in the others that do.

    `stores` are those that were found well a moment ago (None: they are looked at now).

    Raises:
        StoreUnavailableError: no store that answers can take it; nothing was written.
        StorageError: a store could not.
    """
    stores = storekeeping.standing(shop) if stores is None else stores
    first = storekeeping.first_for(shop, item.id, stores)
    earlier, people = _earlier(first, item.id) if number > 1 else ((), ())
    created = datetime.now(UTC)
    known = {one.id: one for one in (*people, *history.agents(agent, engine))}
    written = reports(item, parts, folder=folder, created=created, events=(*earlier, *told), agents=known.values())
    version = NewVersion(
        object_id=object_id(item.id),
        files=tuple(part.version_file() for part in (*parts, *written)),
        message=message,
        agent=agent,
        created=created,
        expected_head=number - 1,
    )
    crashing.step("commit.packed")
    intents.note(shop.home, item.id, first.name)
    crashing.step("commit.intended")
    done = commit(first, version)
    crashing.step("commit.committed")
    at_hand = {part.digests.sha512: (part.source, part.digests) for part in (*parts, *written) if part.source}
    return spread(shop, first, item.id, stores, folder, since=number, at_hand=at_hand, done=done)


def spread(
    shop: Workshop,
    first: Store,
    item_id: str,
    stores: Sequence[Store],
    folder: Path,
    *,
    since: int,
    at_hand: AtHand | None = None,
    done: Committed | None = None,
) -> Shelved:
    """What stands of the item in the first store, in the other required ones of these too; what each got is told.

    `since` is the first version that the chain does not know yet; `done` is what a commit in the first store answered.
    A store that goes away meanwhile is left out.
    """
    inventory = done.inventory if done else read_inventory(first, object_id(item_id))
    assert inventory is not None  # it was found there a moment ago
    sizes = done.sizes if done else sizes_of(first, inventory.object_id)
    holders, copied = [first.name], list[Deed]()
    for store in storekeeping.required(stores):
        if store.name == first.name:
            continue
        try:
            if new := copy_to(shop, first, store, inventory, folder, at_hand, sizes):
                copied.append(deeds.of_copy(first, store, inventory, new))
        except StoreUnavailableError:
            continue  # it was there a moment ago: the caretaker catches it up
        holders.append(store.name)
        crashing.step("commit.copied")
    return Shelved(
        version=inventory.head,
        files=stored_files(first, inventory, sizes=sizes),
        bookkeeping=bookkeeping(first, inventory),
        stores=tuple(holders),
        deeds=(*_versions(first, inventory, since, sizes, at_hand or {}), *copied),
    )


def copy_to(
    shop: Workshop,
    source: Store,
    target: Store,
    inventory: Inventory,
    folder: Path,
    at_hand: AtHand | None = None,
    sizes: Mapping[str, int] | None = None,
) -> tuple[StoredFile, ...]:
    """What the target holds of the object now and the catalogue does not know of; verified on the way out and back.

    `inventory` and `sizes` are those of the source, read a moment ago, the sizes as `stored_files` has them.

    Raises:
        StorageError: as `storage.replicate`.
    """
    replicate(source, target, inventory.object_id, scratch=folder, at_hand=at_hand, inventory=inventory)
    known = {
        copy.key: copy.sha512 for copy in audits.of_item(shop.catalog, item_of(inventory.object_id) or "", target.name)
    }
    came = deeds.come_with(source, inventory, since=1, sizes=sizes)
    return tuple(file for file in came if known.get(file.key) != file.sha512)


def _versions(
    store: Store, inventory: Inventory, since: int, sizes: Mapping[str, int], at_hand: AtHand
) -> tuple[Deed, ...]:
    """The events of the versions that the chain does not know yet, as their `premis.xml` tells them."""
    item = item_of(inventory.object_id) or ""
    local, _ = at_hand.get(inventory.state()["premis.xml"], (None, None))
    premis = local.read_bytes() if local else _premis(store, inventory)
    told, _ = read_history(premis, inventory.object_id)
    found: list[Deed] = []
    for number in range(since, inventory.head + 1):
        of_it = [event for event in told if event.id.startswith(f"{item}-v{number}-")]
        files = deeds.come_with(store, inventory, since=number, until=number, sizes=sizes)
        own = next(file for file in files if file.logical == f"=v{number}/inventory.json")
        found += deeds.of_version(of_it, item, number=number, inventory=own.sha512, stores=(store.name,), files=files)
    return tuple(found)


def standing_premis(store: Store, item_id: str) -> bytes:
    """The `premis.xml` of the item's newest version in the store.

    Raises:
        ObjectNotFoundError: the store does not hold the item.
    """
    inventory = read_inventory(store, object_id(item_id))
    if inventory is None:
        raise ObjectNotFoundError(store.name, object_id(item_id))
    return _premis(store, inventory)


def _premis(store: Store, inventory: Inventory) -> bytes:
    return store.get(f"{object_root(inventory.object_id)}/{inventory.manifest[inventory.state()['premis.xml']]}")


@contextmanager
def work_folder(shop: Workshop, item_id: str) -> Iterator[Path]:
    """A folder of its own for one package; gone afterwards."""
    shop.home.work.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{item_id}-", dir=shop.home.work))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _earlier(store: Store, item_id: str) -> tuple[tuple[PremisEvent, ...], tuple[PremisAgent, ...]]:
    """The events of the versions before, out of the standing `premis.xml`."""
    return read_history(standing_premis(store, item_id), object_id(item_id))
