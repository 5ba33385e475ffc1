"""Digests: of a file in one pass, of a copy in a store, and what a full read of a copy means."""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from core.errors import ChecksumMismatchError, ConfigurationError, ObjectNotFoundError, StorageError
from core.fixity import Digests, FixityOutcome, StoredFile
from storage.stores import Store

CHUNK = 1 << 20
ALWAYS = ("sha512", "sha256")


def digest_file(path: Path, extra: Collection[str] = ()) -> Digests:
    """The size and digests of a file, taken in one pass: SHA-512 (for OCFL), SHA-256 (for S3) and those asked for.

    Raises:
        ConfigurationError: hashlib does not know an algorithm of `extra`.
        OSError: the file cannot be read.
    """
    return digest_chunks(file_chunks(path), (*ALWAYS, *extra))


def digest_bytes(data: bytes, extra: Collection[str] = ()) -> Digests:
    """The same for bytes in memory."""
    return digest_chunks((data,), (*ALWAYS, *extra))


def digest_chunks(chunks: Iterable[bytes], algorithms: Collection[str] = ALWAYS) -> Digests:
    """The size and digests of a stream; reads it once, to its end."""
    try:
        hashes = {name: hashlib.new(name, usedforsecurity=False) for name in dict.fromkeys(algorithms)}
    except ValueError as error:
        raise ConfigurationError(f"{error}: use a checksum algorithm that Python's hashlib knows.") from error
    size = 0
    for chunk in chunks:
        size += len(chunk)
        for one in hashes.values():
            one.update(chunk)
    return Digests(size, {name: one.hexdigest() for name, one in hashes.items()})


def file_chunks(path: Path) -> Iterator[bytes]:
    """The bytes of a file in order, a mebibyte at a time."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def source_chunks(path: Path) -> Iterator[bytes]:
    """The same, on the way into a store.

    Raises:
        StorageError: the file cannot be read; that is not the store's fault.
    """
    try:
        yield from file_chunks(path)
    except OSError as error:
        raise StorageError(f'The file "{path}" cannot be read ({error.strerror}): copy it again.') from error


def verify_copy(store: Store, key: str, digests: Digests) -> None:
    """Nothing, when a full read of the copy gives the digests; SHA-256 is compared where known, as it costs half.

    Raises:
        ChecksumMismatchError: the store holds other bytes.
        StorageError: the copy is missing or cannot be read.
    """
    algorithm = "sha256" if "sha256" in digests.values else "sha512"
    found = digest_chunks(store.read(key), (algorithm,)).values[algorithm]
    if found != digests.values[algorithm]:
        raise ChecksumMismatchError(f"{store.name}: {key}", expected=digests.values[algorithm], found=found)


def audit_copy(store: Store, file: StoredFile) -> tuple[FixityOutcome, str | None]:
    """What one full read of a copy found, and the SHA-512 of what was read (None when nothing could be).

    A damaged object of the embedded store answers like a store that is away: when many copies are `unreadable`, ask
    the canaries before believing it of each of them.
    """
    try:
        found = digest_chunks(store.read(file.key), ("sha512",))
    except ObjectNotFoundError:
        return FixityOutcome.MISSING, None
    except StorageError:
        return FixityOutcome.UNREADABLE, None
    intact = found.values["sha512"] == file.sha512 and found.size == file.size
    return (FixityOutcome.INTACT if intact else FixityOutcome.ALTERED), found.values["sha512"]
