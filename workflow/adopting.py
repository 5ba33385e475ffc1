"""What stands in a store and the catalogue does not know yet: brought to its end, and then known.

A commit may be killed, or a store may go away, between a store's commit point and the catalogue's transaction. The
stores are the truth: whoever touches the item next finishes what stands before doing anything of their own.
"""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from catalog import items
from catalog.values import ItemEntry
from core.errors import ChecksumMismatchError
from core.fixity import StoredFile
from core.item import Access, Item
from core.record import access_json, item_from_json
from core.text import PageText
from ocr.alto import read_alto
from storage.inventory import Inventory
from storage.layout import object_id
from storage.objects import bookkeeping
from storage.ocfl import finish, read_inventory, stored_files
from storage.stores import Store
from workflow import crashing, intents, storekeeping
from workflow.committing import spread, work_folder
from workflow.itemwork import fingerprints
from workflow.manifest_files import write_manifest
from workflow.workshop import Workshop


def adopt(
    shop: Workshop,
    item_id: str,
    *,
    derived: Mapping[str, str] | None = None,
    stores: Sequence[Store] | None = None,
) -> bool:
    """True when a store was ahead of the catalogue and both agree now; the required stores that answer hold it then.

    `derived` names the folders of access copies by page, as far as they are known to be there; `stores` are those that
    were found well a moment ago (None: they are looked at now).

    Raises:
        StorageError: a store that answers could not be brought up to it; the catalogue was not touched.
    """
    stores = storekeeping.standing(shop) if stores is None else stores
    view = items.get(shop.catalog, item_id)
    known = view.version if view else 0
    ahead = _ahead(stores, item_id, known)
    if ahead is None:
        return False
    source, inventory = ahead
    finish(source, object_id(item_id))
    crashing.step("adopt.finished")
    with work_folder(shop, item_id) as folder:
        shelved = spread(shop, source, item_id, stores, folder, since=known + 1)
    crashing.step("adopt.spread")
    entry = entry_of(shop, source, inventory)
    write_manifest(shop.home, entry.item, entry.texts)
    crashing.step("adopt.manifest")
    entry = replace(
        entry,
        stores=shelved.stores,
        derived={**entry.derived, **(derived or {})},
        waiting=storekeeping.must_wait(shop, item_id, shelved.stores),
    )
    items.save(shop.catalog, entry, deeds=shelved.deeds)
    crashing.step("adopt.saved")
    intents.done(shop.home, item_id)
    return True


def entry_of(shop: Workshop, store: Store, inventory: Inventory, *, access: Access | None = None) -> ItemEntry:
    """What the catalogue keeps of the item as this store holds it; `access` stands in for what the AIP says.

    It names this store alone as a holder.

    Raises:
        ChecksumMismatchError: a file that tells of the item is not what the inventory says.
        StorageError: the store could not.
    """
    files = {file.logical: file for file in stored_files(store, inventory)}
    told = access_json(Item(id="", source_key="", title="", access=access)) if access else _text(store, files, "access")
    item = item_from_json(_text(store, files, "record"), _text(store, files, "structure"), told)
    masters = [(page.source_name, files[page.file].sha512) for page in item.pages]
    whole, images = fingerprints(list(dict(masters).items()), _row(store, files), item.collection)
    return ItemEntry(
        item=item,
        version=inventory.head,
        fingerprint=whole,
        image_fingerprint=images,
        files=tuple(files.values()),
        stores=(store.name,),
        derived=_derived(shop, item, files),
        texts=_texts(store, files, item),
        at=datetime.now(UTC),
        bookkeeping=bookkeeping(store, inventory),
    )


def _ahead(stores: Sequence[Store], item_id: str, known: int) -> tuple[Store, Inventory] | None:
    """The first of the stores with the newest version of the item, when that is newer than what is known."""
    found = [(store, read_inventory(store, object_id(item_id))) for store in stores]
    held = [(store, inventory) for store, inventory in found if inventory and inventory.head > known]
    return max(held, key=lambda pair: pair[1].head, default=None)


def _derived(shop: Workshop, item: Item, files: Mapping[str, StoredFile]) -> dict[str, str]:
    """Where the access copies lie that the catalogue knows of; else a place for those that somebody will ask for."""
    view = items.get(shop.catalog, item.id)
    known = {} if view is None else {page.image_id: view.derived[page.id] for page in view.item.pages}
    return {
        page.id: known.get(page.image_id) or _derived_key(files[page.file], page.facts.index) for page in item.pages
    }


def _text(store: Store, files: Mapping[str, StoredFile], name: str) -> str:
    return _read(store, files[f"metadata/{name}.json"]).decode()


def _texts(store: Store, files: Mapping[str, StoredFile], item: Item) -> dict[str, PageText]:
    logical = {page.id: f"text/{page.id}.alto.xml" for page in item.pages}
    return {page: read_alto(_read(store, files[path])) for page, path in logical.items() if path in files}


def _row(store: Store, files: Mapping[str, StoredFile]) -> dict[str, str]:
    """The row of metadata.csv as it was received."""
    received = files.get("metadata/received.csv")
    rows = list(csv.reader(io.StringIO(_read(store, received).decode()))) if received else []
    return dict(zip(*rows, strict=True)) if len(rows) == 2 else {}


def _read(store: Store, file: StoredFile) -> bytes:
    """All bytes of a small file, which are those that the inventory tells of."""
    data = store.get(file.key)
    found = hashlib.sha512(data).hexdigest()
    if found != file.sha512:
        raise ChecksumMismatchError(f"{store.name}: {file.key}", expected=file.sha512, found=found)
    return data


def _derived_key(master: StoredFile, index: int) -> str:
    """A place for access copies, which are made when somebody first asks for them."""
    return hashlib.sha256(json.dumps(["adopted", master.sha256, index]).encode()).hexdigest()[:32]
