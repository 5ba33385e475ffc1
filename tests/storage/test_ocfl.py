"""The commit on both siblings, killed at every step, raced, repeated, and judged by an independent validator."""

import dataclasses
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.errors import ChecksumMismatchError, ConflictError, StorageError
from core.fixity import StoredFile
from storage.checksums import digest_bytes
from storage.layout import object_root
from storage.ocfl import (
    NewVersion,
    commit,
    initialise,
    read_inventory,
    remove_object,
    settle,
    store_id,
    stored_files,
)
from storage.s3 import S3Access, S3Store
from storage.staging import clear_stage, stage
from storage.stores import Store

OBJECT = "info:muniment/0b1c2d3f4g5h"
ROOT = object_root(OBJECT)
Verdict = Callable[[str | Path], tuple[int, int, list[object]]]
Download = Callable[[Store, str, Path], Path]


class Killed(BaseException):
    """Stands for the end of the process."""


class Dying:
    """A store whose user is killed at the n-th act that changes something, before or after it is done."""

    def __init__(self, store: Store, acts: int, *, after: bool) -> None:
        self.store, self.acts, self.after = store, acts, after

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.store, name)
        return self._guarded(method) if name in ("put_file", "put_bytes", "replace", "copy", "delete") else method

    def _guarded(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def act(*arguments: Any, **named: Any) -> Any:
            self.acts -= 1
            if self.acts <= 0 and not (self.acts == 0 and self.after):
                raise Killed
            answer = method(*arguments, **named)
            if self.acts <= 0:
                raise Killed
            return answer

        return act


FIRST = {"masters/0001.tif": b"scan one", "masters/0002.tif": b"scan two", "premis.xml": b"<premis>12:00</premis>"}
SECOND = {**FIRST, "premis.xml": b"<premis>13:00</premis>", "metadata/record.json": b"{}"}


def contents(store: Store) -> dict[str, bytes]:
    return {one.key.removeprefix(f"{ROOT}/"): store.get(one.key) for one in store.listing(f"{ROOT}/")}


def test_a_first_version_is_there_in_full(store: Store, make: Callable[..., NewVersion]) -> None:
    done = commit(store, make(FIRST))
    scan = digest_bytes(b"scan one", ("md5",))
    assert done.head == 1
    assert done.files[0] == StoredFile(
        logical="masters/0001.tif",
        key=f"{ROOT}/v1/content/masters/0001-{scan.sha512[:16]}.tif",
        size=8,
        sha512=scan.sha512,
        sha256=scan.sha256,
    )
    assert {file.logical: store.get(file.key) for file in done.files} == FIRST
    inventory = read_inventory(store, OBJECT)
    assert inventory is not None
    assert (inventory.head, inventory.sha512, inventory.created()) == (1, done.inventory.sha512, "2026-03-01T12:00:00Z")
    assert inventory.fixity("md5")[done.files[0].key.removeprefix(f"{ROOT}/")] == scan.values["md5"]
    assert stored_files(store, inventory) == done.files


def test_a_second_version_writes_only_what_is_new(store: Store, make: Callable[..., NewVersion]) -> None:
    commit(store, make(FIRST))
    done = commit(store, make(SECOND, head=1))
    assert done.head == 2
    assert {file.logical: store.get(file.key) for file in done.files} == SECOND
    assert sorted(name.split("-")[0] for name in contents(store) if name.startswith("v2/content")) == [
        "v2/content/metadata/record",
        "v2/content/premis",
    ]


def test_content_held_already_needs_no_source(store: Store, make: Callable[..., NewVersion]) -> None:
    commit(store, make(FIRST))
    version = make(FIRST, head=1)
    renamed = tuple(
        dataclasses.replace(file, source=None, logical=file.logical.replace("0001", "0003")) for file in version.files
    )
    done = commit(store, dataclasses.replace(version, files=renamed))
    assert {file.logical: store.get(file.key) for file in done.files} == {
        "masters/0002.tif": b"scan two",
        "masters/0003.tif": b"scan one",
        "premis.xml": FIRST["premis.xml"],
    }


def test_bytes_that_are_nowhere_are_refused(store: Store, make: Callable[..., NewVersion]) -> None:
    version = make(FIRST)
    bare = tuple(dataclasses.replace(file, source=None) for file in version.files)
    with pytest.raises(StorageError, match="neither in the item nor at hand"):
        commit(store, dataclasses.replace(version, files=bare))
    assert read_inventory(store, OBJECT) is None


def test_two_pages_with_the_same_bytes_are_kept_once(store: Store, make: Callable[..., NewVersion]) -> None:
    done = commit(store, make({"masters/0001.tif": b"blank", "masters/0002.tif": b"blank"}))
    assert [file.logical for file in done.files] == ["masters/0001.tif", "masters/0002.tif"]
    assert len({file.key for file in done.files}) == 1


def test_staged_masters_are_copied_inside_the_store(
    store: Store, make: Callable[..., NewVersion], tmp_path: Path
) -> None:
    version = make(FIRST)
    staged = []
    for file in version.files:
        assert file.source is not None
        staged.append(dataclasses.replace(file, staged=stage(store, file.source, file.digests, "batch 1"), source=None))
    done = commit(store, dataclasses.replace(version, files=tuple(staged)))
    assert {file.logical: store.get(file.key) for file in done.files} == FIRST
    assert clear_stage(store, "batch 1") == 3
    assert list(store.listing("stage/")) == []


def test_a_staged_master_that_is_gone_is_taken_from_its_source(store: Store, make: Callable[..., NewVersion]) -> None:
    version = make(FIRST)
    files = tuple(dataclasses.replace(file, staged="stage/gone") for file in version.files)
    done = commit(store, dataclasses.replace(version, files=files))
    assert {file.logical: store.get(file.key) for file in done.files} == FIRST


def test_doing_it_again_changes_nothing(store: Store, make: Callable[..., NewVersion]) -> None:
    first = commit(store, make(FIRST))
    before = contents(store)
    later = {**FIRST, "premis.xml": b"<premis>a later try</premis>"}
    assert commit(store, make(FIRST)) == first
    assert commit(store, make(later)) == dataclasses.replace(first, earlier=True)
    assert contents(store) == before


def test_who_comes_late_is_told_so(store: Store, make: Callable[..., NewVersion]) -> None:
    commit(store, make(FIRST))
    commit(store, make(SECOND, head=1))
    before = contents(store)
    with pytest.raises(ConflictError, match="is at version 2, not 1"):
        commit(store, make({"masters/0001.tif": b"else"}, head=1))
    assert contents(store) == before


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("version", [1, 2])
def test_killed_at_any_step_the_next_try_finishes(
    folder_store: Store,
    make: Callable[..., NewVersion],
    ocfl_py: Verdict,
    tmp_path: Path,
    version: int,
    after: bool,
) -> None:
    """Each try has another premis.xml, as each has another time in it."""
    initialise(folder_store)
    wanted, head = (SECOND, 1) if version == 2 else (FIRST, 0)
    steps, alive = 0, False
    while not alive:
        steps += 1
        remove_object(folder_store, OBJECT)
        if version == 2:
            commit(folder_store, make(FIRST))
        standing = read_inventory(folder_store, OBJECT)
        try:
            commit(Dying(folder_store, steps, after=after), make({**wanted, "premis.xml": b"killed"}, head=head))
            alive = True
        except Killed:
            now = read_inventory(folder_store, OBJECT)
            assert now == standing or (now is not None and now.head == version)
        done = commit(folder_store, make({**wanted, "premis.xml": b"second try"}, head=head))
        assert (done.head, len(done.files)) == (version, len(wanted))
        assert {one.logical: folder_store.get(one.key) for one in done.files} == {
            **wanted,
            "premis.xml": b"killed" if done.earlier else b"second try",
        }
        assert ocfl_py(tmp_path / "store/ocfl") == (1, 1, [])
    assert steps > 7


def test_a_complete_version_of_a_killed_writer_is_not_lost_but_a_conflict_for_another(
    folder_store: Store, make: Callable[..., NewVersion], ocfl_py: Verdict, tmp_path: Path
) -> None:
    initialise(folder_store)
    # declaration, three contents, inventory, sidecar: the seventh act is the commit point
    with pytest.raises(Killed):
        commit(Dying(folder_store, 7, after=False), make(FIRST))
    assert read_inventory(folder_store, OBJECT) is None
    with pytest.raises(ConflictError):
        commit(folder_store, make({"masters/0001.tif": b"another scan"}))
    assert {one.logical: folder_store.get(one.key) for one in commit(folder_store, make(FIRST)).files} == FIRST
    assert ocfl_py(tmp_path / "store/ocfl") == (1, 1, [])


def test_a_claim_whose_content_was_lost_with_the_power_is_exchanged(
    folder_store: Store, make: Callable[..., NewVersion], ocfl_py: Verdict, tmp_path: Path
) -> None:
    initialise(folder_store)
    with pytest.raises(Killed):
        commit(Dying(folder_store, 7, after=False), make(FIRST))
    premis = next(one.key for one in folder_store.listing(f"{ROOT}/v1/content/premis"))
    folder_store.delete(premis)
    done = commit(folder_store, make({**FIRST, "premis.xml": b"second try"}))
    assert (done.head, done.earlier) == (1, False)
    assert ocfl_py(tmp_path / "store/ocfl") == (1, 1, [])


def test_folders_that_are_volatile_may_differ_between_tries(store: Store, make: Callable[..., NewVersion]) -> None:
    volatile = ("premis.xml", "text/")
    commit(store, dataclasses.replace(make({**FIRST, "text/aa.alto.xml": b"1"}), volatile=volatile))
    done = commit(store, dataclasses.replace(make({**FIRST, "text/bb.alto.xml": b"2"}), volatile=volatile))
    assert done.earlier
    assert {one.logical: store.get(one.key) for one in done.files} == {**FIRST, "text/aa.alto.xml": b"1"}
    with pytest.raises(ConflictError):
        commit(store, make({**FIRST, "text/bb.alto.xml": b"2"}))


def test_of_racing_writers_one_wins_and_the_object_is_valid(
    store: Store, make: Callable[..., NewVersion], ocfl_py: Verdict, download: Download, tmp_path: Path
) -> None:
    initialise(store)
    ends: list[int | None] = []
    versions = [make({"masters/0001.tif": b"scan %d" % number, "premis.xml": b"%d" % number}) for number in range(4)]

    def run(version: NewVersion) -> None:
        try:
            ends.append(commit(store, version).head)
        except ConflictError:
            ends.append(None)

    threads = [threading.Thread(target=run, args=(version,)) for version in versions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends, key=str) == [1, None, None, None]
    settle(store, OBJECT)
    assert ocfl_py(download(store, "ocfl/", tmp_path / "copy") / "ocfl") == (1, 1, [])


class Passed:
    """A store in which somebody commits a whole version between two looks of ours: at the root and at its sidecar."""

    def __init__(self, store: Store, version: NewVersion) -> None:
        self.store, self.version = store, version

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def get(self, key: str) -> bytes:
        if key == f"{ROOT}/inventory.json.sha512" and read_inventory(self.store, OBJECT).head == 1:  # type: ignore[union-attr]
            commit(self.store, self.version)
        return self.store.get(key)


def test_a_sidecar_is_never_set_back_by_who_looked_too_early(store: Store, make: Callable[..., NewVersion]) -> None:
    commit(store, make(FIRST))
    found = settle(Passed(store, make(SECOND, head=1)), OBJECT)
    assert found is not None
    assert (found.head, found) == (2, read_inventory(store, OBJECT))
    assert store.get(f"{ROOT}/inventory.json.sha512") == found.sidecar


class PassedBehind(Passed):
    """A store in which somebody commits a whole version between our writing of the root and of its sidecar."""

    def get(self, key: str) -> bytes:
        return self.store.get(key)

    def replace(self, key: str, data: bytes, *, expected: bytes | None) -> bool:
        if key == f"{ROOT}/inventory.json.sha512" and read_inventory(self.store, OBJECT).head == 1:  # type: ignore[union-attr]
            commit(self.store, self.version)
        return self.store.replace(key, data, expected=expected)


def test_a_sidecar_is_never_set_back_by_who_wrote_the_root_before(
    store: Store, make: Callable[..., NewVersion]
) -> None:
    done = commit(PassedBehind(store, make(SECOND, head=1)), make(FIRST))
    standing = read_inventory(store, OBJECT)
    assert standing is not None
    assert (done.head, done.inventory, standing.head) == (1, standing, 2)
    assert store.get(f"{ROOT}/inventory.json.sha512") == standing.sidecar


class Exchanged(Passed):
    """A store in which another version's inventory takes the place of ours once that was written."""

    def put_bytes(self, key: str, data: bytes) -> bool:
        written = self.store.put_bytes(key, data)
        if key.endswith("/v1/inventory.json"):
            self.store.replace(key, b"of another store", expected=data)
        return written


def test_a_claim_that_was_exchanged_is_not_written_over(store: Store, make: Callable[..., NewVersion]) -> None:
    with pytest.raises(ChecksumMismatchError, match=r"v1/inventory\.json"):
        commit(Exchanged(store, make(FIRST)), make(FIRST))
    assert store.get(f"{ROOT}/v1/inventory.json") == b"of another store"
    assert read_inventory(store, OBJECT) is None


class Asked:
    """A store that notes what it is asked to do with which file beside the content."""

    def __init__(self, store: Store) -> None:
        self.store, self.acts = store, list[str]()

    def __getattr__(self, name: str) -> Any:
        def act(key: str = "", *given: Any, **more: Any) -> Any:
            if "/content/" not in key:
                self.acts.append(f"{name} {key.removeprefix(ROOT).lstrip('/')}".strip())
            return getattr(self.store, name)(key, *given, **more) if key else getattr(self.store, name)()

        return act


def test_a_commit_asks_for_no_more_than_it_must(folder_store: Store, make: Callable[..., NewVersion]) -> None:
    asked = Asked(folder_store)
    commit(asked, make(FIRST))
    assert asked.acts == [
        "get inventory.json",
        "get v1/inventory.json",
        "put_bytes 0=ocfl_object_1.1",
        "put_bytes v1/inventory.json",
        "get v1/inventory.json.sha512",
        "replace v1/inventory.json.sha512",
        "get v1/inventory.json.sha512",
        "get v1/inventory.json",
        "replace inventory.json",
        "replace inventory.json.sha512",
        "listing",
        "barrier",
        "get inventory.json",
        "get inventory.json.sha512",
    ]


def test_an_inventory_that_was_tampered_with_is_not_believed(store: Store, make: Callable[..., NewVersion]) -> None:
    commit(store, make(FIRST))
    raw = store.get(f"{ROOT}/inventory.json")
    store.replace(f"{ROOT}/inventory.json", raw.replace(b"0001.tif", b"0009.tif"), expected=raw)
    with pytest.raises(ChecksumMismatchError, match=r"inventory\.json"):
        read_inventory(store, OBJECT)
    with pytest.raises(ChecksumMismatchError):
        commit(store, make(SECOND, head=1))


@pytest.mark.parametrize("name", ["masters//1", "../x", "a/./b", "", "/a", "masters"])
def test_paths_that_cannot_stand_are_refused(folder_store: Store, make: Callable[..., NewVersion], name: str) -> None:
    with pytest.raises(StorageError, match="cannot be a path"):
        commit(folder_store, make({name: b"x", "masters/0001.tif": b"y"}))
    assert contents(folder_store) == {}


def test_initialising_is_safe_to_repeat_and_keeps_the_id(store: Store) -> None:
    assert store_id(store) is None
    name = initialise(store)
    assert initialise(store) == name == store_id(store)


def test_an_independent_validator_finds_no_fault(
    store: Store, make: Callable[..., NewVersion], ocfl_py: Verdict, download: Download, tmp_path: Path
) -> None:
    initialise(store)
    names = {"submission/Lieferschein Größe.pdf": b"%PDF", "submission/a\\b": b"x", "submission/A/ü.txt": b"y"}
    commit(store, make({**FIRST, **names}))
    commit(store, make(SECOND, head=1))
    commit(store, make(FIRST, head=2))
    assert ocfl_py(download(store, "ocfl/", tmp_path / "copy") / "ocfl") == (1, 1, [])


@pytest.mark.services
def test_an_independent_validator_reads_the_object_store_itself(
    embedded: S3Access,
    s3_store: S3Store,
    make: Callable[..., NewVersion],
    ocfl_py: Verdict,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    initialise(s3_store)
    commit(s3_store, make(FIRST))
    commit(s3_store, make(SECOND, head=1))
    monkeypatch.setenv("AWS_ENDPOINT_URL", embedded.endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", embedded.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", embedded.secret_key)
    assert ocfl_py(f"s3://{embedded.bucket}/{s3_store.prefix}ocfl") == (1, 1, [])


def test_removing_leaves_nothing(store: Store, make: Callable[..., NewVersion]) -> None:
    commit(store, make(FIRST))
    assert remove_object(store, OBJECT) == 8
    assert (remove_object(store, OBJECT), contents(store), read_inventory(store, OBJECT)) == (0, {}, None)
