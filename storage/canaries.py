"""Canaries: in each store three files that are what is recorded of them, and one that is not and must be flagged.

They lie outside `ocfl/`, count in no figure, and are read by the very function that reads files. What they hold follows
from the store's id alone, so they can be made again, and known, anywhere.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass

from core.errors import ObjectExistsError
from core.fixity import StoredFile
from storage.checksums import digest_bytes
from storage.layout import CANARIES
from storage.stores import Store

# Sizes in bytes: above and below one chunk of a read; the bad byte is beyond the first chunk.
GOOD = {"good-1": 1_500_000, "good-2": 70_000, "good-3": 1_000}
BAD = {"bad-1": 1_400_000}
SENTINEL = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """A planted file: what is recorded of it, and whether that is true.

    Of a bad one the bytes recorded and the bytes lying there have one size and differ in the last byte alone.
    """

    name: str
    file: StoredFile
    good: bool


def canaries(store_id: str) -> tuple[Canary, ...]:
    """The four canaries of the store with this id: what an audit is to compare with, good ones first."""
    sizes = {**GOOD, **BAD}
    return tuple(_canary(store_id, name, size, good=name in GOOD) for name, size in sizes.items())


def sentinel(store_id: str, name: str) -> Canary:
    """A further bad one for a drill, at `canaries/NAME`; `lay` it, and `take_up` when the drill is over."""
    return _canary(store_id, name, SENTINEL, good=False)


def plant(store: Store, store_id: str) -> None:
    """Nothing; canaries that are absent were written. What lies there is left as it is. Safe to repeat.

    For a store's first day, not for each audit: a canary that vanished is news.

    Raises:
        StorageError: the store could not.
    """
    for canary in canaries(store_id):
        lay(store, store_id, canary)


def lay(store: Store, store_id: str, canary: Canary) -> None:
    """Nothing; the canary's bytes were written when nothing was at its key."""
    if store.size(canary.file.key) is None:
        with suppress(ObjectExistsError):  # Another process was first; an audit will say what it wrote.
            store.put_bytes(canary.file.key, _lying(store_id, canary.name, canary.file.size))


def take_up(store: Store, canary: Canary) -> None:
    """Nothing; the canary is not in the store any more. Safe to repeat."""
    store.delete(canary.file.key)


def clear(store: Store) -> int:
    """How many files under `canaries/` were removed."""
    keys = [listed.key for listed in store.listing(f"{CANARIES}/")]
    for key in keys:
        store.delete(key)
    return len(keys)


def replant(store: Store, store_id: str) -> None:
    """Nothing; all canaries are as on the first day, whatever lay there. Safe to repeat."""
    clear(store)
    plant(store, store_id)


def _canary(store_id: str, name: str, size: int, *, good: bool) -> Canary:
    lying = _lying(store_id, name, size)
    recorded = digest_bytes(lying if good else lying[:-1] + bytes([lying[-1] ^ 1]))
    key = f"{CANARIES}/{name}"
    file = StoredFile(logical=f"={key}", key=key, size=size, sha512=recorded.sha512, sha256=recorded.sha256)
    return Canary(name=name, file=file, good=good)


def _lying(store_id: str, name: str, size: int) -> bytes:
    """The bytes in the store."""
    return hashlib.shake_256(f"Muniment canary\0{store_id}\0{name}".encode(), usedforsecurity=False).digest(size)
