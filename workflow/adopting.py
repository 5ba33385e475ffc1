"""What stands in the first store and the catalogue does not know yet: brought to its end, and then known.

A commit may be killed, or a store may go away, between the first store's commit point and the catalogue's transaction.
The store is the truth: whoever touches the item next finishes what stands before doing anything of their own.
"""

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from catalog import items
from catalog.values import ItemEntry
from core.fixity import StoredFile
from core.item import Item
from core.record import item_from_json
from core.text import PageText
from ocr.alto import read_alto
from storage.layout import object_id
from storage.ocfl import read_inventory, stored_files
from storage.replicate import replicate
from storage.stores import Store
from workflow.itemwork import fingerprints
from workflow.manifest_files import write_manifest
from workflow.workshop import Workshop


def adopt(shop: Workshop, item_id: str, *, derived: Mapping[str, str] | None = None) -> bool:
    """True when the first store was ahead of the catalogue and both agree now; every required store holds it then.

    `derived` names the folders of access copies by page, as far as they are known to be there.

    Raises:
        StorageError: a required store could not be brought up to it; the catalogue was not touched.
    """
    first, *others = shop.required
    inventory = read_inventory(first, object_id(item_id))
    view = items.get(shop.catalog, item_id)
    if inventory is None or inventory.head <= (view.version if view else 0):
        return False
    shop.home.work.mkdir(parents=True, exist_ok=True)
    for store in others:
        replicate(first, store, object_id(item_id), scratch=shop.home.work)
    files = {file.logical: file for file in stored_files(first, inventory)}
    item = item_from_json(*(_text(first, files, name) for name in ("record", "structure", "access")))
    texts = _texts(first, files, item)
    write_manifest(shop.home, item, texts)
    entry = _entry(shop, first, item, inventory.head, files, texts)
    items.save(shop.catalog, replace(entry, derived={**entry.derived, **(derived or {})}))
    return True


def _entry(
    shop: Workshop, store: Store, item: Item, version: int, files: dict[str, StoredFile], texts: dict[str, PageText]
) -> ItemEntry:
    masters = {page.source_name: files[page.file].sha512 for page in item.pages}
    whole, images = fingerprints(list(masters.items()), _row(store, files), item.collection)
    return ItemEntry(
        item=item,
        version=version,
        fingerprint=whole,
        image_fingerprint=images,
        files=tuple(files.values()),
        stores=tuple(one.name for one in shop.required),
        derived={page.id: _derived_key(files[page.file], page.facts.index) for page in item.pages},
        texts=texts,
        at=datetime.now(UTC),
    )


def _text(store: Store, files: dict[str, StoredFile], name: str) -> str:
    return store.get(files[f"metadata/{name}.json"].key).decode()


def _texts(store: Store, files: dict[str, StoredFile], item: Item) -> dict[str, PageText]:
    logical = {page.id: f"text/{page.id}.alto.xml" for page in item.pages}
    return {page: read_alto(store.get(files[path].key)) for page, path in logical.items() if path in files}


def _row(store: Store, files: dict[str, StoredFile]) -> dict[str, str]:
    """The row of metadata.csv as it was received."""
    received = files.get("metadata/received.csv")
    rows = list(csv.reader(io.StringIO(store.get(received.key).decode()))) if received else []
    return dict(zip(*rows, strict=True)) if len(rows) == 2 else {}


def _derived_key(master: StoredFile, index: int) -> str:
    """A place for access copies, which are made when somebody first asks for them."""
    return hashlib.sha256(json.dumps(["adopted", master.sha256, index]).encode()).hexdigest()[:32]
