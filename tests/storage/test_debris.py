"""Left-overs of killed writers go, and nothing else does."""

import os
import time
from pathlib import Path

import pytest

from core.errors import StoreUnavailableError
from storage.debris import clear_debris
from storage.folder import FolderStore
from storage.s3 import S3Access, S3Store

HOURS_AGO = time.time() - 2 * 3600


def left_over(store: FolderStore, name: str, *, old: bool) -> Path:
    path = store.root / ".incoming" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"half a sc")
    if old:
        os.utime(path, (HOURS_AGO, HOURS_AGO))
    return path


def test_only_old_left_overs_are_removed(folder_store: FolderStore) -> None:
    folder_store.put_bytes("ocfl/a", b"scan")
    os.utime(folder_store.root / "ocfl/a", (HOURS_AGO, HOURS_AGO))
    left_over(folder_store, "tmpa", old=True)
    left_over(folder_store, "tmpb", old=True)
    growing = left_over(folder_store, "tmpc", old=False)
    lock = left_over(folder_store, "lock", old=True)
    assert (clear_debris(folder_store), clear_debris(folder_store)) == (2, 0)
    assert sorted((folder_store.root / ".incoming").iterdir()) == [lock, growing]
    assert folder_store.get("ocfl/a") == b"scan"


def test_a_store_that_was_never_written_to_has_none(folder_store: FolderStore) -> None:
    assert clear_debris(folder_store) == 0
    assert list(folder_store.root.iterdir()) == []


def test_an_s3_store_has_none_and_is_not_asked() -> None:
    nowhere = S3Access("http://127.0.0.1:9", "access", "secret")
    assert clear_debris(S3Store(nowhere, name="s3")) == 0


def test_what_cannot_be_removed_is_told(folder_store: FolderStore) -> None:
    (folder_store.root / ".incoming" / "folder").mkdir(parents=True)
    os.utime(folder_store.root / ".incoming" / "folder", (HOURS_AGO, HOURS_AGO))
    with pytest.raises(StoreUnavailableError, match='store "copy" cannot be removed'):
        clear_debris(folder_store)
