"""Purge in a store: nothing of the item is left, nothing of others is touched, and a killed try is finished."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.errors import StoreUnavailableError
from storage.canaries import plant
from storage.erase import erase
from storage.folder import FolderStore
from storage.layout import case_id, object_id, object_root
from storage.ocfl import NewVersion, commit, initialise, read_inventory
from storage.quarantine import put_aside
from storage.stores import Store

ITEM = "0b1c2d3f4g5h"
ROOT = object_root(object_id(ITEM))
AT = datetime(2026, 3, 1, tzinfo=UTC)
Make = Callable[..., NewVersion]


def keys(store: Store) -> set[str]:
    return {listed.key for listed in store.listing("")}


@pytest.fixture
def others(store: Store, make: Make) -> set[str]:
    """The keys of everything that must stay: another item with all it has beside it, canaries, events."""
    initialise(store)
    plant(store, "id")
    other = object_id("2b1c2d3f4g5h")
    done = commit(store, replace(make({"masters/1.tif": b"other"}), object_id=other))
    put_aside(store, done.files[0].key, case_id(store.name, done.files[0].key), AT)
    for key in ("stage/2b1c2d3f4g5h/f", f"drafts/{ITEM}x/1.json", "events/000000000001-000000000001.jsonl"):
        store.put_bytes(key, b"x")
    return keys(store)


def test_an_erased_item_leaves_nothing_and_takes_nothing_along(store: Store, make: Make, others: set[str]) -> None:
    done = commit(store, make({"masters/1.tif": b"one"}))
    commit(store, make({"masters/1.tif": b"two"}, head=1))
    put_aside(store, done.files[0].key, case_id(store.name, done.files[0].key), AT)
    for key in (f"stage/{ITEM}/f", f"drafts/{ITEM}/1.json", f"{ROOT}/v1/content/stranger"):
        store.put_bytes(key, b"x")
    of_item = keys(store) - others
    gone = erase(store, ITEM)
    assert (gone[0], set(gone)) == (f"{ROOT}/inventory.json", of_item)
    assert keys(store) == others
    assert erase(store, ITEM) == ()


def test_what_was_put_aside_of_a_file_that_is_gone_goes_by_its_known_key(
    store: Store, make: Make, others: set[str]
) -> None:
    key = commit(store, make({"masters/1.tif": b"one"})).files[0].key
    put_aside(store, key, case_id(store.name, key), AT)
    store.delete(key)
    erase(store, ITEM, keys=[key, "ocfl/of/another"])
    assert keys(store) == others


class Killed(FolderStore):
    """A store that fails at the first content file."""

    def delete(self, key: str) -> None:
        if "/content/" in key and key.startswith("ocfl/"):
            raise StoreUnavailableError("The disk is full of holes: try again.")
        super().delete(key)


def test_a_broken_off_purge_shows_no_half_object_and_is_finished_by_the_next(
    folder_store: FolderStore, make: Make
) -> None:
    key = commit(folder_store, make({"masters/1.tif": b"one"})).files[0].key
    put_aside(folder_store, key, case_id("copy", key), AT)
    with pytest.raises(StoreUnavailableError):
        erase(Killed(folder_store.root, name="copy"), ITEM)
    assert read_inventory(folder_store, object_id(ITEM)) is None
    assert not any(left.startswith("quarantine/") for left in keys(folder_store))
    erase(folder_store, ITEM)
    assert keys(folder_store) == set()
