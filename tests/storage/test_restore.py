"""Repair on real stores, over every kind of damage: only good bytes are written, and bad ones are kept."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import ChecksumMismatchError, ConflictError, StorageError, StoreUnavailableError
from core.fixity import Digests, FixityOutcome, StoredFile
from storage.checksums import audit_copy, digest_bytes
from storage.folder import FolderStore
from storage.objects import stored_bytes
from storage.quarantine import put_aside, take_away
from storage.restore import Restored, restore
from storage.s3 import S3Store
from storage.stores import Store

AT = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)
ASIDE = "quarantine/c1/20260301T120005Z-a.tif"
Spoil = Callable[[Store, str], None]


@pytest.fixture
def good(tmp_path: Path) -> FolderStore:
    (tmp_path / "good").mkdir()
    return FolderStore(tmp_path / "good", name="good")


@pytest.fixture
def scan() -> bytes:
    """Bytes that no other file has."""
    return random.randbytes(100_000)


@pytest.fixture
def file(good: FolderStore, store: Store, scan: bytes) -> StoredFile:
    """A file in both stores."""
    for each in (good, store):
        each.put_bytes("ocfl/x/a.tif", scan)
    return stored_bytes("masters/a.tif", "ocfl/x/a.tif", scan)


def keys(store: Store) -> list[str]:
    return sorted(listed.key for listed in store.listing(""))


def truncate(store: Store, key: str, scan: bytes) -> bytes:
    """The bytes that lie there now, shorter: by the side door of a folder, as another object in S3."""
    store.replace(key, scan[:-7], expected=scan)
    return scan[:-7]


def test_a_truncated_copy_is_restored_and_the_bad_one_kept(
    good: FolderStore, store: Store, file: StoredFile, scan: bytes
) -> None:
    bad = truncate(store, file.key, scan)
    assert restore(good, store, file, case="c1", at=AT) == Restored(quarantined=ASIDE, source="good")
    assert (store.get(file.key), store.get(ASIDE)) == (scan, bad)
    assert keys(store) == [file.key, ASIDE]


def test_a_missing_copy_is_restored(good: FolderStore, store: Store, file: StoredFile, scan: bytes) -> None:
    store.delete(file.key)
    assert restore(good, store, file, case="c1", at=AT) == Restored(quarantined=None, source="good")
    assert (store.get(file.key), keys(store)) == (scan, [file.key])


def test_a_copy_that_is_good_after_all_is_left_alone(good: FolderStore, store: Store, file: StoredFile) -> None:
    assert restore(good, store, file, case="c1", at=AT) == Restored(quarantined=None, source="good", needed=False)
    assert keys(store) == [file.key]


def test_a_flipped_bit_in_a_folder_is_made_good(
    good: FolderStore, folder_store: FolderStore, scan: bytes, spoil: Spoil
) -> None:
    file = stored_bytes("a", "ocfl/a.tif", scan)
    for each in (good, folder_store):
        each.put_bytes(file.key, scan)
    spoil(folder_store, file.key)
    bad = folder_store.get(file.key)
    assert restore(good, folder_store, file, case="c1", at=AT) == Restored(quarantined=ASIDE, source="good")
    assert (folder_store.get(file.key), folder_store.get(ASIDE)) == (scan, bad)


@pytest.mark.services
@pytest.mark.slow
def test_a_flipped_bit_in_the_volume_file_of_the_real_store_is_made_good(
    good: FolderStore, s3_store: S3Store, scan: bytes, spoil: Spoil
) -> None:
    """The store answers 500 over such an object, after many seconds; there is nothing to put aside."""
    file = stored_bytes("a", "ocfl/a.tif", scan)
    for each in (good, s3_store):
        each.put_bytes(file.key, scan)
    spoil(s3_store, file.key)
    assert restore(good, s3_store, file, case="c1", at=AT) == Restored(quarantined=None, source="good")
    assert s3_store.get(file.key) == scan
    assert keys(s3_store) == [file.key]


@pytest.mark.services
@pytest.mark.slow
def test_what_can_be_read_of_a_broken_stream_is_kept(
    good: FolderStore, s3_store: S3Store, tmp_path: Path, spoil_chunk: Spoil
) -> None:
    """A large object lies in several chunks: the first ones come, then the stream breaks."""
    data = random.randbytes(20_000_000)
    file = stored_bytes("a", "ocfl/a.tif", data)
    for each in (good, s3_store):
        each.put_bytes(file.key, data)
    spoil_chunk(s3_store, file.key)
    done = restore(good, s3_store, file, case="c1", at=AT)
    assert done == Restored(quarantined=f"{ASIDE}.part", source="good")
    part = s3_store.get(f"{ASIDE}.part")
    assert (0 < len(part) < len(data), data.startswith(part)) == (True, True)
    assert audit_copy(s3_store, file) == (FixityOutcome.INTACT, file.sha512)


def test_a_damaged_source_is_never_written(good: FolderStore, store: Store, file: StoredFile, scan: bytes) -> None:
    bad = truncate(store, file.key, scan)
    found = digest_bytes(truncate(good, file.key, scan)).sha512
    with pytest.raises(ChecksumMismatchError) as caught:
        restore(good, store, file, case="c1", at=AT)
    assert (caught.value.expected, caught.value.found) == (file.sha512, found)
    assert (store.get(file.key), keys(store)) == (bad, [file.key])


class Failing(FolderStore):
    """A source whose disk gives up in the middle of a file."""

    def read(self, key: str) -> Iterator[bytes]:
        yield next(super().read(key))[:500]
        raise StoreUnavailableError("The disk is gone: connect it.")


def test_a_source_that_breaks_off_is_never_written(
    good: FolderStore, store: Store, file: StoredFile, scan: bytes
) -> None:
    bad = truncate(store, file.key, scan)
    with pytest.raises(StorageError, match="nothing was repaired from it"):
        restore(Failing(good.root, name="good"), store, file, case="c1", at=AT)
    assert (store.get(file.key), keys(store)) == (bad, [file.key])


class Meddled(FolderStore):
    """A store in which somebody else writes while the bad bytes are on their way to quarantine."""

    def put_file(self, key: str, source: Path, digests: Digests) -> bool:
        (self.root / "ocfl/a.tif").write_bytes(b"another's")
        return super().put_file(key, source, digests)


def test_what_somebody_else_wrote_meanwhile_stands(good: FolderStore, folder_store: FolderStore, scan: bytes) -> None:
    file = stored_bytes("a", "ocfl/a.tif", scan)
    good.put_bytes(file.key, scan)
    folder_store.put_bytes(file.key, b"bad")
    with pytest.raises(ConflictError):
        restore(good, Meddled(folder_store.root, name="copy"), file, case="c1", at=AT)
    assert {key: folder_store.get(key) for key in keys(folder_store)} == {file.key: b"another's", ASIDE: b"bad"}


def test_a_large_copy_is_restored_too(
    good: FolderStore, store: Store, file: StoredFile, scan: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.restore.SMALL", 1_000)
    bad = truncate(store, file.key, scan)
    assert restore(good, store, file, case="c1", at=AT) == Restored(quarantined=ASIDE, source="good")
    assert (store.get(file.key), store.get(ASIDE)) == (scan, bad)


class Killed(FolderStore):
    """A store whose writer dies between deleting the bad copy and writing the good one."""

    def put_file(self, key: str, source: Path, digests: Digests) -> bool:
        if key.startswith("ocfl/"):
            raise KeyboardInterrupt
        return super().put_file(key, source, digests)


def test_a_killed_repair_is_finished_by_the_next(
    good: FolderStore, folder_store: FolderStore, scan: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.restore.SMALL", 1_000)
    file = stored_bytes("a", "ocfl/a.tif", scan)
    good.put_bytes(file.key, scan)
    folder_store.put_bytes(file.key, b"bad")
    with pytest.raises(KeyboardInterrupt):
        restore(good, Killed(folder_store.root, name="copy"), file, case="c1", at=AT)
    assert {key: folder_store.get(key) for key in keys(folder_store)} == {ASIDE: b"bad"}
    assert restore(good, folder_store, file, case="c1", at=AT) == Restored(quarantined=None, source="good")
    assert {key: folder_store.get(key) for key in keys(folder_store)} == {ASIDE: b"bad", file.key: scan}


def test_a_link_in_place_of_a_file_is_not_followed_but_replaced(
    good: FolderStore, folder_store: FolderStore, scan: bytes, tmp_path: Path
) -> None:
    file = stored_bytes("a", "ocfl/a.tif", scan)
    good.put_bytes(file.key, scan)
    (folder_store.root / "ocfl").mkdir()
    (tmp_path / "elsewhere").write_bytes(scan)
    (folder_store.root / file.key).symlink_to(tmp_path / "elsewhere")
    assert restore(good, folder_store, file, case="c1", at=AT).quarantined is None
    assert ((folder_store.root / file.key).is_symlink(), folder_store.get(file.key)) == (False, scan)
    assert (tmp_path / "elsewhere").read_bytes() == scan


def test_bytes_waiting_leave_nothing_behind(
    good: FolderStore, store: Store, file: StoredFile, scan: bytes, tmp_path: Path
) -> None:
    truncate(store, file.key, scan)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    restore(good, store, file, case="c1", at=AT, scratch=scratch)
    assert list(scratch.iterdir()) == []


def test_putting_aside_copies_and_is_safe_to_repeat(store: Store) -> None:
    store.put_bytes("ocfl/x/a.tif", b"bad")
    assert put_aside(store, "ocfl/x/a.tif", "c1", AT) == put_aside(store, "ocfl/x/a.tif", "c1", AT) == ASIDE
    assert {key: store.get(key) for key in keys(store)} == {"ocfl/x/a.tif": b"bad", ASIDE: b"bad"}
    assert put_aside(store, "ocfl/x/none", "c1", AT) is None


def test_taking_away_moves_a_stranger(store: Store) -> None:
    store.put_bytes("ocfl/x/a.tif", b"stranger")
    assert take_away(store, "ocfl/x/a.tif", "c1", AT) == ASIDE
    assert take_away(store, "ocfl/x/a.tif", "c1", AT) is None
    assert {key: store.get(key) for key in keys(store)} == {ASIDE: b"stranger"}


def test_what_cannot_be_read_in_full_is_not_taken_away(folder_store: FolderStore) -> None:
    folder_store.put_bytes("ocfl/x/a.tif", b"stranger" * 200)
    failing = Failing(folder_store.root, name="copy")
    assert take_away(failing, "ocfl/x/a.tif", "c1", AT) is None
    assert keys(folder_store) == ["ocfl/x/a.tif"]


def test_a_long_name_is_shortened_in_quarantine(folder_store: FolderStore) -> None:
    key = "ocfl/" + "n" * 249
    folder_store.put_bytes(key, b"bad")
    assert put_aside(folder_store, key, "c1", AT) == f"quarantine/c1/20260301T120005Z-{'n' * 180}"
