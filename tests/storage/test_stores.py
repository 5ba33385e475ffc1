"""The contract that every store keeps, on a real folder and a real SeaweedFS."""

import contextlib
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import (
    ChecksumMismatchError,
    ConflictError,
    ObjectExistsError,
    ObjectNotFoundError,
    StorageError,
)
from core.fixity import FixityOutcome, StoredFile
from storage.checksums import audit_copy, digest_bytes, digest_file, verify_copy
from storage.stores import Listed, Store, safe_key

SOME = bytes(range(256)) * 40_000  # ten megabytes: more than one chunk of the embedded store


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "scan.tif"
    path.write_bytes(SOME)
    return path


def test_a_file_comes_back_byte_for_byte(store: Store, source: Path) -> None:
    assert store.put_file("ocfl/a/b.tif", source, digest_file(source)) is True
    assert b"".join(store.read("ocfl/a/b.tif")) == SOME
    assert store.size("ocfl/a/b.tif") == len(SOME)


def test_the_same_file_again_is_fine_and_said_so(store: Store, source: Path) -> None:
    store.put_file("a", source, digest_file(source))
    assert store.put_file("a", source, digest_file(source)) is False


def test_other_bytes_never_replace_what_stands(store: Store) -> None:
    store.put_bytes("a", b"first")
    with pytest.raises(ObjectExistsError, match='other bytes at "a"'):
        store.put_bytes("a", b"other")
    assert store.get("a") == b"first"


def test_a_source_that_changed_since_its_digests_were_taken_is_refused(store: Store, source: Path) -> None:
    digests = digest_file(source)
    source.write_bytes(SOME[:-1] + b"x")
    with pytest.raises(ChecksumMismatchError):
        store.put_file("a", source, digests)
    assert store.size("a") is None


def test_a_source_that_is_gone_is_not_the_store_s_fault(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read"):
        store.put_file("a", tmp_path / "gone.tif", digest_bytes(b"gone"))


def test_an_empty_file_is_a_file(store: Store) -> None:
    assert store.put_bytes("empty", b"") is True
    assert (store.get("empty"), store.size("empty")) == (b"", 0)


def test_nothing_is_said_to_be_nothing(store: Store) -> None:
    assert store.size("no/such") is None
    assert list(store.listing("no/")) == []
    with pytest.raises(ObjectNotFoundError):
        store.get("no/such")


def test_replace_changes_only_what_was_expected(store: Store) -> None:
    store.replace("head", b"1", expected=None)
    store.replace("head", b"2", expected=b"1")
    with pytest.raises(ConflictError):
        store.replace("head", b"3", expected=b"1")
    with pytest.raises(ConflictError):
        store.replace("head", b"3", expected=None)
    assert store.get("head") == b"2"


def test_replace_is_safe_to_repeat(store: Store) -> None:
    store.replace("head", b"1", expected=None)
    store.replace("head", b"1", expected=None)
    assert store.get("head") == b"1"


def test_racing_creators_have_one_winner_and_its_bytes_stand(store: Store) -> None:
    won: list[bytes] = []

    def create(number: int) -> None:
        data = b"%d" % number * 1000
        try:
            if store.put_bytes("race", data):
                won.append(data)
        except ObjectExistsError:
            pass

    threads = [threading.Thread(target=create, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won == [store.get("race")]


def test_no_increment_is_lost_among_racing_writers(store: Store) -> None:
    store.put_bytes("counter", b"0")

    won: list[bool] = []

    def count() -> None:
        for _ in range(10):
            standing = store.get("counter")
            with contextlib.suppress(ConflictError):
                won.append(store.replace("counter", b"%d" % (int(standing) + 1), expected=standing))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert int(store.get("counter")) == won.count(True) > 0


def test_a_copy_is_made_inside_the_store(store: Store) -> None:
    digests = digest_bytes(SOME)
    store.put_bytes("stage/x", SOME)
    assert store.copy("stage/x", "ocfl/x", digests) is True
    assert store.copy("stage/x", "ocfl/x", digests) is False
    verify_copy(store, "ocfl/x", digests)
    store.delete("stage/x")
    assert store.get("ocfl/x") == SOME


def test_a_fresh_copy_may_be_made_twice(store: Store) -> None:
    digests = digest_bytes(SOME)
    store.put_bytes("stage/x", SOME)
    store.copy("stage/x", "ocfl/x", digests, fresh=True)
    store.copy("stage/x", "ocfl/x", digests, fresh=True)
    assert store.get("ocfl/x") == SOME
    with pytest.raises(ObjectNotFoundError):
        store.copy("stage/none", "ocfl/y", digests, fresh=True)


def test_a_copy_never_replaces_other_bytes(store: Store) -> None:
    store.put_bytes("stage/x", b"new")
    store.put_bytes("ocfl/x", b"old")
    with pytest.raises(ObjectExistsError):
        store.copy("stage/x", "ocfl/x", digest_bytes(b"new"))
    with pytest.raises(ObjectNotFoundError):
        store.copy("stage/none", "ocfl/y", digest_bytes(b"new"))


def test_a_listing_finds_every_key_under_a_prefix(store: Store) -> None:
    for key in ("ocfl/a/1", "ocfl/a/2", "ocfl/ab", "stage/1", "ocfl/info%3amuniment%2fx/v1"):
        store.put_bytes(key, key.encode())
    assert sorted(store.listing("ocfl/a"), key=lambda one: one.key) == [
        Listed("ocfl/a/1", 8),
        Listed("ocfl/a/2", 8),
        Listed("ocfl/ab", 7),
    ]
    assert [one.key for one in store.listing("ocfl/info%3a")] == ["ocfl/info%3amuniment%2fx/v1"]
    assert len(list(store.listing(""))) == 5


def test_deleting_is_safe_to_repeat(store: Store) -> None:
    store.put_bytes("stage/deep/x", b"x")
    store.delete("stage/deep/x")
    store.delete("stage/deep/x")
    assert list(store.listing("")) == []


@pytest.mark.parametrize("key", ["", "/a", "a/", "a//b", "../a", "a/./b", "a\\b", "a\nb", "a" * 300, "é/" * 600])
def test_a_key_that_a_store_might_fold_is_refused(store: Store, key: str) -> None:
    with pytest.raises(StorageError):
        store.put_bytes(key, b"x")
    assert list(store.listing("")) == []


@given(st.lists(st.from_regex(r"[A-Za-z0-9%=_.-]{1,20}", fullmatch=True), min_size=1, max_size=6))
def test_a_safe_key_is_answered_unchanged(parts: list[str]) -> None:
    key = "/".join(part if part.strip(".") else "x" for part in parts)
    assert safe_key(key) == key


def test_an_audit_tells_what_a_copy_is(store: Store) -> None:
    store.put_bytes("a", b"scan")
    digests = digest_bytes(b"scan")
    file = StoredFile(logical="a", key="a", size=4, sha512=digests.sha512, sha256=digests.sha256)
    gone = StoredFile(logical="b", key="b", size=4, sha512=digests.sha512, sha256=digests.sha256)
    assert audit_copy(store, file) == (FixityOutcome.INTACT, digests.sha512)
    assert audit_copy(store, gone) == (FixityOutcome.MISSING, None)
    store.replace("a", b"scam", expected=b"scan")
    assert audit_copy(store, file) == (FixityOutcome.ALTERED, digest_bytes(b"scam").sha512)
