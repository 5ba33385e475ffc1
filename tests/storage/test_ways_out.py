"""Replication, export, the verified cache: nothing leaves a store that is not what the inventory says."""

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import bagit
import pytest

from core.errors import ChecksumMismatchError, ConflictError, ObjectNotFoundError, StorageError
from core.fixity import StoredFile
from storage.cache import VerifiedCache
from storage.export import export_bag, export_ocfl
from storage.folder import FolderStore
from storage.layout import object_root
from storage.ocfl import NewVersion, commit, initialise, read_inventory
from storage.replicate import replicate
from storage.stores import Store
from storage.validator import validate_object, verify_object

OBJECT = "info:muniment/0b1c2d3f4g5h"
ROOT = object_root(OBJECT)
FIRST = {"masters/0001.tif": b"scan one", "masters/0002.tif": b"scan two", "premis.xml": b"<premis/>"}
SECOND = {**FIRST, "submission/Lieferschein\nGröße é.txt": b"paper"}
Verdict = Callable[[str | Path], tuple[int, int, list[object]]]
Make = Callable[..., NewVersion]


@pytest.fixture
def second(tmp_path: Path) -> FolderStore:
    (tmp_path / "second").mkdir()
    return FolderStore(tmp_path / "second", name="second")


def everything(store: Store) -> dict[str, bytes]:
    return {listed.key: store.get(listed.key) for listed in store.listing(f"{ROOT}/")}


def damage(store: Store, key: str) -> None:
    standing = store.get(key)
    store.replace(key, bytes([standing[0] ^ 1]) + standing[1:], expected=standing)


def test_a_replica_is_the_same_byte_for_byte(store: Store, second: FolderStore, make: Make, ocfl_py: Verdict) -> None:
    initialise(second)
    commit(store, make(FIRST))
    replicate(store, second, OBJECT)
    commit(store, make(SECOND, head=1))
    inventory = replicate(store, second, OBJECT)
    assert (inventory.head, replicate(store, second, OBJECT)) == (2, inventory)
    assert everything(second) == everything(store)
    assert ocfl_py(second.root / "ocfl") == (1, 1, [])
    assert validate_object(store, ROOT) == validate_object(second, ROOT) == ()


def test_a_new_version_brings_only_what_is_new(folder_store: FolderStore, second: FolderStore, make: Make) -> None:
    done = commit(folder_store, make(FIRST))
    replicate(folder_store, second, OBJECT)
    commit(folder_store, make(SECOND, head=1))
    folder_store.delete(done.files[0].key)
    damage(folder_store, done.files[1].key)
    before = everything(second)
    assert replicate(folder_store, second, OBJECT).head == 2
    after = everything(second)
    assert {key: after[key] for key in before if "/v1/" in key} == {
        key: data for key, data in before.items() if "/v1/" in key
    }
    assert [data for key, data in after.items() if "/v2/content/" in key] == [b"paper"]
    assert verify_object(second, OBJECT) == ()


def test_copies_under_way_lie_where_the_caller_says(
    folder_store: FolderStore, second: FolderStore, make: Make, tmp_path: Path
) -> None:
    commit(folder_store, make(FIRST))
    scratch = tmp_path / "scratch"
    with pytest.raises(StorageError, match=f'kept in the folder "{scratch}"'):
        replicate(folder_store, second, OBJECT, scratch=scratch)
    assert read_inventory(second, OBJECT) is None
    scratch.mkdir()
    assert replicate(folder_store, second, OBJECT, scratch=scratch).head == 1
    assert everything(second) == everything(folder_store)
    assert list(scratch.iterdir()) == []


def test_a_damaged_source_is_never_replicated(folder_store: Store, second: FolderStore, make: Make) -> None:
    done = commit(folder_store, make(FIRST))
    damage(folder_store, done.files[0].key)
    with pytest.raises(ChecksumMismatchError):
        replicate(folder_store, second, OBJECT)
    assert read_inventory(second, OBJECT) is None
    assert second.size(done.files[0].key) is None


def test_another_history_is_never_written_over(folder_store: Store, second: FolderStore, make: Make) -> None:
    commit(folder_store, make(FIRST))
    commit(second, make(SECOND))
    before = everything(second)
    with pytest.raises(ConflictError, match="another history"):
        replicate(folder_store, second, OBJECT)
    assert everything(second) == before


def test_a_copy_that_is_overtaken_by_a_newer_version_says_so(
    folder_store: Store, second: FolderStore, make: Make
) -> None:
    seen = commit(folder_store, make(FIRST)).inventory
    commit(folder_store, make(SECOND, head=1))
    replicate(folder_store, second, OBJECT)
    before = everything(second)
    with pytest.raises(ConflictError, match="new version while it was copied"):
        replicate(folder_store, second, OBJECT, inventory=seen)
    assert everything(second) == before


def test_an_object_that_is_not_there_cannot_be_replicated(folder_store: Store, second: FolderStore) -> None:
    with pytest.raises(ObjectNotFoundError):
        replicate(folder_store, second, OBJECT)


@pytest.mark.parametrize("name", ["content", "inventory.json", "v1/inventory.json", "0=ocfl_object_1.1"])
def test_a_full_read_finds_any_single_damage(folder_store: Store, make: Make, name: str) -> None:
    commit(folder_store, make(FIRST))
    commit(folder_store, make(SECOND, head=1))
    assert verify_object(folder_store, OBJECT) == ()
    key = next(key for key in everything(folder_store) if name in key)
    damage(folder_store, key)
    assert verify_object(folder_store, OBJECT) != ()
    folder_store.delete(key)
    assert verify_object(folder_store, OBJECT) != ()


def test_a_file_that_nobody_wrote_is_found(folder_store: Store, make: Make) -> None:
    commit(folder_store, make(FIRST))
    folder_store.put_bytes(f"{ROOT}/v1/content/stranger", b"x")
    assert [finding.code for finding in verify_object(folder_store, OBJECT)] == ["E023", "E023"]


def test_a_bag_is_version_1_0_and_complete(store: Store, make: Make, tmp_path: Path) -> None:
    commit(store, make(FIRST))
    commit(store, make(SECOND, head=1))
    dest = export_bag(store, OBJECT, tmp_path / "out" / "bag")
    assert (dest / "bagit.txt").read_text() == "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    assert {
        path.relative_to(dest / "data").as_posix(): path.read_bytes()
        for path in (dest / "data").rglob("*")
        if path.is_file()
    } == SECOND
    bag = bagit.Bag(str(dest))
    bag.validate()
    assert (bag.info["Payload-Oxum"], bag.info["External-Identifier"]) == ("30.4", OBJECT)
    lines = (dest / "tagmanifest-sha512.txt").read_text().splitlines()
    tags = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert tags == {
        name: hashlib.sha512((dest / name).read_bytes()).hexdigest()
        for name in ("bagit.txt", "bag-info.txt", "manifest-sha512.txt", "verify.py")
    }
    assert sorted(path.name for path in dest.parent.iterdir()) == ["bag"]


def test_a_percent_sign_is_written_as_the_standard_says(folder_store: Store, make: Make, tmp_path: Path) -> None:
    commit(folder_store, make({"submission/50%.txt": b"x"}))
    dest = export_bag(folder_store, OBJECT, tmp_path / "bag")
    assert (dest / "manifest-sha512.txt").read_text().split()[1] == "data/submission/50%25.txt"
    assert (dest / "data/submission/50%.txt").read_bytes() == b"x"


def test_an_exported_object_is_the_object(store: Store, make: Make, tmp_path: Path) -> None:
    commit(store, make(FIRST))
    commit(store, make(SECOND, head=1))
    dest = export_ocfl(store, OBJECT, tmp_path / "object")
    assert {
        f"{ROOT}/{path.relative_to(dest).as_posix()}": path.read_bytes() for path in dest.rglob("*") if path.is_file()
    } == everything(store)
    assert validate_object(FolderStore(tmp_path, name="out"), "object") == ()


@pytest.mark.parametrize("export", [export_bag, export_ocfl])
def test_damaged_bytes_are_not_exported(
    folder_store: Store, make: Make, tmp_path: Path, export: Callable[..., Path]
) -> None:
    damage(folder_store, commit(folder_store, make(FIRST)).files[0].key)
    with pytest.raises(ChecksumMismatchError):
        export(folder_store, OBJECT, tmp_path / "out" / "it")
    assert list((tmp_path / "out").iterdir()) == []


def test_an_export_writes_over_nothing(folder_store: Store, make: Make, tmp_path: Path) -> None:
    commit(folder_store, make(FIRST))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")
    with pytest.raises(StorageError, match="there already"):
        export_bag(folder_store, OBJECT, tmp_path / "out")
    with pytest.raises(ObjectNotFoundError):
        export_bag(folder_store, "info:muniment/other", tmp_path / "new")


class Counting(FolderStore):
    """A folder store that counts its reads."""

    reads = 0

    def read(self, key: str) -> Iterator[bytes]:
        self.reads += 1
        return super().read(key)


def stored(store: FolderStore, name: str, data: bytes) -> StoredFile:
    store.put_bytes(name, data)
    sha512, sha256 = hashlib.sha512(data).hexdigest(), hashlib.sha256(data).hexdigest()
    return StoredFile(logical=name, key=name, size=len(data), sha512=sha512, sha256=sha256)


@pytest.fixture
def counting(tmp_path: Path) -> Counting:
    (tmp_path / "counting").mkdir()
    return Counting(tmp_path / "counting", name="counting")


def test_the_cache_reads_a_file_once_for_all_who_ask_at_once(counting: Counting, tmp_path: Path) -> None:
    cache, file = VerifiedCache(tmp_path / "cache", 1 << 20), stored(counting, "a", b"scan" * 9999)
    found: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: found.append(cache.fetch(counting, file).read_bytes())) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found, counting.reads) == ([b"scan" * 9999] * 6, 1)


def test_damaged_bytes_never_enter_the_cache(counting: Counting, tmp_path: Path) -> None:
    cache, file = VerifiedCache(tmp_path / "cache", 1 << 20), stored(counting, "a", b"scan")
    damage(counting, "a")
    with pytest.raises(ChecksumMismatchError):
        cache.fetch(counting, file)
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file() and path.parent.name != ".locks"] == []


def test_what_was_not_used_longest_leaves_the_cache_first(counting: Counting, tmp_path: Path) -> None:
    cache = VerifiedCache(tmp_path / "cache", 20, grace=60)
    old, used, new = (stored(counting, name, name.encode() * 8) for name in "abc")
    for age, file in ((9000, old), (5000, used)):
        place = cache.fetch(counting, file)
        os.utime(place, (place.stat().st_mtime - age,) * 2)
    third = cache.fetch(counting, new)
    assert (third.exists(), counting.reads) == (True, 3)
    cache.fetch(counting, used)
    assert counting.reads == 3
    cache.fetch(counting, old)
    assert counting.reads == 4
    cache.drop(new.sha512)
    assert not third.exists()
