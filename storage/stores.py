"""What a store is: a place that holds AIPs under keys, where nothing that stands is ever overwritten unseen."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from core.errors import StorageError
from core.fixity import Digests


class Role(StrEnum):
    """Whether an item waits for this store before it becomes visible (required), or the store is caught up later."""

    REQUIRED = "required"
    LATER = "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What was agreed about a store.

    `days` is the period within which an audit reads every file, `daily` the most bytes it reads a day; None: as the
    installation has it. `threats` and `words` (where it is) are free words of people, "" where they said nothing.
    """

    days: int | None = None
    daily: int | None = None
    threats: str = ""
    words: str = ""


NO_TERMS = Terms()


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of a listing: its key and size in bytes. Listings find keys; they prove nothing."""

    key: str
    size: int


class Store(Protocol):
    """A bucket prefix or a folder. Keys are relative POSIX paths of safe characters (`safe_key`).

    Every method raises StoreUnavailableError when the store does not answer and ObjectNotFoundError when a key that
    must be there is not; every answer that could not be trusted (time-out, reset) was resolved by reading.
    """

    @property
    def name(self) -> str:
        """The store's name in the settings."""

    @property
    def role(self) -> Role:
        """Whether publishing waits for it."""

    @property
    def terms(self) -> Terms:
        """What was agreed about it."""

    @property
    def place(self) -> str:
        """Where it is, in words for people: a folder, or an endpoint and bucket."""

    def put_file(self, key: str, source: Path, digests: Digests) -> bool:
        """True when the bytes were written, False when a full read found the same bytes there already.

        Raises:
            ObjectExistsError: other bytes are there; nothing was written.
            ChecksumMismatchError: the source has not these digests; nothing was written.
        """

    def put_bytes(self, key: str, data: bytes) -> bool:
        """The same for bytes in memory."""

    def replace(self, key: str, data: bytes, *, expected: bytes | None) -> bool:
        """True when the key held `expected` (None: nothing) until now and holds `data` from now on, in one act.

        False when it held `data` already: somebody, or an earlier try whose answer was lost, wrote the same.

        Raises:
            ConflictError: something else was there; nothing was written.
        """

    def copy(self, source_key: str, key: str, digests: Digests, *, fresh: bool = False) -> bool:
        """True when the store copied the bytes itself, False when the same bytes were there; read them back then.

        `fresh` says that the caller has seen nothing at `key`, and that nobody would write other bytes to it.

        Raises:
            ObjectExistsError: other bytes are at `key`.
        """

    def read(self, key: str) -> Iterator[bytes]:
        """All bytes in order, from the first to the last; never a range."""

    def get(self, key: str) -> bytes:
        """All bytes at once, for small things."""

    def size(self, key: str) -> int | None:
        """The size in bytes as the store claims it, or None when there is nothing."""

    def listing(self, prefix: str) -> Iterator[Listed]:
        """Every key that begins with these characters."""

    def delete(self, key: str) -> None:
        """Nothing is at the key afterwards; safe to repeat. For staging, debris and the demo's removal only."""

    def barrier(self) -> None:
        """What was written before is on the disk afterwards, as far as this machine can ask for it."""


def safe_key(key: str) -> str:
    """The key itself, when every store keeps it apart from all others.

    Raises:
        StorageError: it is absolute, climbs, or holds characters that some store folds into another key.
    """
    parts = key.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\\" in key or not key.isprintable():
        raise StorageError(f'"{key}" cannot be a key of a store: this is a fault of the program, report it.')
    if len(key.encode()) > 1000 or any(len(part.encode()) > 250 for part in parts):
        raise StorageError(f'The key "{key[:80]}…" is too long for a store: this is a fault of the program, report it.')
    return key
