"""A damaged copy made good from another: the source is read in full in the same act, and before anything is touched."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.errors import ChecksumMismatchError, StorageError
from core.fixity import Digests, StoredFile
from storage.checksums import digest_file, verify_copy
from storage.quarantine import fetched, keep, quarantine_key
from storage.stores import Store

SMALL = 16 << 20  # exchanged in memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a repair did: where the damaged bytes lie now (None when none could be read), and the source store's name.

    `needed` is false when the copy was found good after all: then nothing was written.
    """

    quarantined: str | None
    source: str
    needed: bool = True


def restore(
    good: Store, bad: Store, file: StoredFile, *, case: str, at: datetime, scratch: Path | None = None
) -> Restored:
    """What was done; afterwards the store `bad` holds the file, read back in full. Safe to repeat after a crash.

    1. The whole file comes from `good` and is compared with its SHA-512 and size. 2. The copy in `bad` is read: a good
    one is left alone, a bad one copied to quarantine. 3. A small one is exchanged for the file in one act; a large or
    unreadable one is deleted first, and the file put there create-only. 4. The file is read back.

    See that nobody commits to the item meanwhile: `file` must be what the newest version wants there. At most one file
    of each side waits in the folder `scratch` (None: the system's own).

    Raises:
        ChecksumMismatchError: the source is damaged, and nothing was written; or the read-back failed.
        ConflictError, ObjectExistsError: somebody else wrote other bytes there meanwhile; they stand.
        StorageError: a store could not, or `scratch` failed.
    """
    with _verified(good, file, scratch) as (local, digests):
        found = _aside(bad, file, quarantine_key(file.key, case, at), scratch)
        if found.good:
            return Restored(quarantined=None, source=good.name, needed=False)
        if found.small is not None and digests.size <= SMALL:
            bad.replace(file.key, local.read_bytes(), expected=found.small)
        else:
            if bad.size(file.key) is not None:
                bad.delete(file.key)
            bad.put_file(file.key, local, digests)
        verify_copy(bad, file.key, Digests(file.size, {"sha512": file.sha512}))
    return Restored(quarantined=found.aside, source=good.name)


@dataclass(frozen=True, slots=True)
class _Found:
    """What is in the damaged copy's place: where it was put aside, its bytes when it is small, whether it is good."""

    aside: str | None = None
    small: bytes | None = None
    good: bool = False


@contextmanager
def _verified(good: Store, file: StoredFile, scratch: Path | None) -> Iterator[tuple[Path, Digests]]:
    """A local copy of the source that is the file, and its digests."""
    with fetched(good, file.key, scratch) as (local, whole):
        if not whole:
            raise StorageError(
                f'"{file.key}" in the store "{good.name}" cannot be read to its end, and nothing was repaired from it: '
                "see that the store runs, or take another copy."
            )
        digests = digest_file(local)
        if (digests.sha512, digests.size) != (file.sha512, file.size):
            raise ChecksumMismatchError(f"{good.name}: {file.key}", expected=file.sha512, found=digests.sha512)
        yield local, digests


def _aside(bad: Store, file: StoredFile, to: str, scratch: Path | None) -> _Found:
    """What lies there, put aside; read twice if need be, as a store away for a moment looks like a damaged file."""
    found = _Found()
    for _ in range(2):
        with fetched(bad, file.key, scratch) as (local, whole):
            if whole and digest_file(local).sha512 == file.sha512:
                return _Found(good=True)
            aside = keep(bad, local, to, whole=whole)
            if whole:
                return _Found(aside, local.read_bytes() if local.stat().st_size <= SMALL else None)
        found = _Found(aside or found.aside)
        if bad.size(file.key) is None:
            break
    return found
