"""What a store lists, and which files an object and a storage root have beside the content."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import ChecksumMismatchError, ObjectNotFoundError
from core.fixity import FixityOutcome
from storage.census import census, item_of, objects, root_files
from storage.checksums import audit_copy
from storage.layout import object_id, object_root
from storage.ocfl import NewVersion, bookkeeping, commit, initialise, read_inventory, remove_object, stored_files
from storage.stores import Store

OBJECT = "info:muniment/0b1c2d3f4g5h"
ROOT = object_root(OBJECT)
Make = Callable[..., NewVersion]
Verdict = Callable[[str | Path], tuple[int, int, list[object]]]


def test_the_root_of_a_store_has_five_files(store: Store) -> None:
    identity = initialise(store)
    files = root_files(store)
    assert [file.logical for file in files] == [
        "=root/0=ocfl_1.1",
        "=root/ocfl_layout.json",
        "=root/extensions/0003-hash-and-id-n-tuple-storage-layout/config.json",
        "=root/README.md",
        "=root/store.json",
    ]
    assert [audit_copy(store, file)[0] for file in files] == [FixityOutcome.INTACT] * 5
    assert json.loads(store.get(files[-1].key))["id"] == identity
    assert {file.key for file in files[:4]} == {listed.key for listed in census(store)}


def test_a_root_file_that_was_changed_does_not_vouch_for_itself(store: Store) -> None:
    initialise(store)
    store.replace("ocfl/0=ocfl_1.1", b"ocfl_9.9\n", expected=b"ocfl_1.1\n")
    assert [audit_copy(store, file)[0] for file in root_files(store)][:2] == [
        FixityOutcome.ALTERED,
        FixityOutcome.INTACT,
    ]
    store.delete("store.json")
    with pytest.raises(ObjectNotFoundError):
        root_files(store)


def test_content_and_bookkeeping_are_all_files_of_an_object(store: Store, make: Make) -> None:
    commit(store, make({"masters/1.tif": b"one", "premis.xml": b"<1/>"}))
    commit(store, make({"masters/1.tif": b"one", "premis.xml": b"<2/>"}, head=1))
    inventory = read_inventory(store, OBJECT)
    assert inventory is not None
    kept = bookkeeping(store, inventory)
    assert [file.logical for file in kept] == [
        "=0=ocfl_object_1.1",
        "=inventory.json",
        "=inventory.json.sha512",
        "=v1/inventory.json",
        "=v1/inventory.json.sha512",
        "=v2/inventory.json",
        "=v2/inventory.json.sha512",
    ]
    assert [audit_copy(store, file)[0] for file in kept] == [FixityOutcome.INTACT] * 7
    content = {file for number in (1, 2) for file in stored_files(store, inventory, number)}
    assert {(file.key, file.size) for file in content | set(kept)} == {(one.key, one.size) for one in census(store)}
    assert [file.logical for file in bookkeeping(store, inventory, since=2)] == [
        file.logical for file in kept if "v1" not in file.logical
    ]


def test_an_earlier_inventory_that_was_changed_is_not_recorded_as_right(store: Store, make: Make) -> None:
    commit(store, make({"a": b"one"}))
    commit(store, make({"a": b"two"}, head=1))
    inventory = read_inventory(store, OBJECT)
    assert inventory is not None
    key = f"{ROOT}/v1/inventory.json"
    store.replace(key, store.get(key) + b" ", expected=store.get(key))
    with pytest.raises(ChecksumMismatchError, match="v1/inventory"):
        bookkeeping(store, inventory)


def test_items_are_found_by_listing_alone(store: Store, make: Make) -> None:
    initialise(store)
    version = make({"a": b"one"})
    for item in ("0b1c2d3f4g5h", "2b1c2d3f4g5h"):
        commit(store, replace(version, object_id=object_id(item)))
    commit(store, replace(version, object_id="info:another/x"))
    store.put_bytes("ocfl/000/000/000/info%3amuniment%2fastray/inventory.json", b"{}")
    assert sorted(objects(store)) == ["0b1c2d3f4g5h", "2b1c2d3f4g5h"]
    store.delete(f"{ROOT}/inventory.json")
    assert sorted(objects(store)) == ["0b1c2d3f4g5h", "2b1c2d3f4g5h"]
    remove_object(store, OBJECT)
    assert list(objects(store)) == ["2b1c2d3f4g5h"]


def test_a_key_tells_its_item() -> None:
    assert item_of(f"{ROOT}/v1/content/a") == "0b1c2d3f4g5h"
    assert item_of(f"{ROOT}") is None
    assert item_of("ocfl/0=ocfl_1.1") is None
    assert item_of("stage/a/b/c/info%3amuniment%2f0b1c2d3f4g5h/x") is None
