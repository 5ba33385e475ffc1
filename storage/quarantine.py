"""Quarantine: where damaged and unexpected bytes are kept, in the store where they were found, for people to judge."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from core.errors import StorageError
from core.fixity import Digests
from storage.checksums import digest_file, verify_copy
from storage.layout import quarantine_prefix
from storage.stores import Store

PART = ".part"


def put_aside(store: Store, key: str, case: str, at: datetime, *, scratch: Path | None = None) -> str | None:
    """The key under `quarantine/` of a copy of these bytes, read back in full; what is at `key` stays.

    None when nothing can be read. Where the read breaks off, what came until then is kept, and its key ends in
    `.part`. Safe to repeat with one time. The bytes wait in the folder `scratch` meanwhile (None: the system's own).

    Raises:
        StorageError: the store could not keep the copy, or `scratch` failed.
    """
    with fetched(store, key, scratch) as (local, whole):
        return keep(store, local, quarantine_key(key, case, at), whole=whole)


def take_away(store: Store, key: str, case: str, at: datetime, *, scratch: Path | None = None) -> str | None:
    """The key under `quarantine/` to which a file that nobody wrote was moved: copied, read back, then deleted.

    None when it cannot be read in full (or is gone): then nothing was deleted. Raises as `put_aside`.
    """
    with fetched(store, key, scratch) as (local, whole):
        if not whole:
            return None
        to = keep(store, local, quarantine_key(key, case, at), whole=True)
    store.delete(key)
    return to


@contextmanager
def fetched(store: Store, key: str, scratch: Path | None) -> Iterator[tuple[Path, bool]]:
    """A local file with the bytes at a key as they can be read, and whether the read came to its end.

    Raises:
        StorageError: the local file could not be written.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="muniment-", dir=scratch) as folder:
            local = Path(folder, "copy")
            yield local, _read_into(store, key, local)
    except OSError as error:
        sentence = f'"{key}" could not be kept in a folder for temporary files on its way'
        raise StorageError(f"{sentence} ({error.strerror}): check the disk, its space and permissions.") from error


def keep(store: Store, local: Path, to: str, *, whole: bool) -> str | None:
    """The key where the bytes of a local file lie now, read back; None when there are none to keep.

    Raises:
        StorageError: the store could not.
    """
    digests = digest_file(local)
    if not whole and digests.size == 0:
        return None
    to = to if whole else f"{to}{PART}"
    if store.put_file(to, local, digests):
        verify_copy(store, to, Digests(digests.size, {"sha512": digests.sha512}))
    return to


def quarantine_key(key: str, case: str, at: datetime) -> str:
    """Where the bytes at `key` are kept for a case: its time in UTC to the second, and the file's own name."""
    name = key.rpartition("/")[2].encode()[-180:].decode(errors="ignore")
    return f"{quarantine_prefix(case)}{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{name}"


def _read_into(store: Store, key: str, local: Path) -> bool:
    with local.open("wb") as file:
        try:
            for chunk in store.read(key):
                file.write(chunk)
        except StorageError:  # Damage and a store that is away look alike; the writes that follow tell them apart.
            return False
    return True
