"""The cache of verified copies: a file is seen in it only after every byte was read and found right."""

import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import ChecksumMismatchError, StorageError
from core.fixity import StoredFile
from storage.checksums import digest_file
from storage.stores import Store


class VerifiedCache:
    """A folder of whole files named by their SHA-512, of at most some size; what was not used longest goes first.

    Safe to share between threads and processes. Files used within the last `grace` seconds stay, as somebody may be
    about to open them; so the limit may be passed for a moment.
    """

    def __init__(self, folder: Path, limit_bytes: int, *, grace: float = 60) -> None:
        self.folder = folder
        self.limit = limit_bytes
        self.grace = grace

    def fetch(self, store: Store, file: StoredFile) -> Path:
        """The place of a local copy that had the right digest when it came in; read from the store at most once.

        Raises:
            ChecksumMismatchError: the store's copy is damaged; nothing entered the cache.
            StorageError: the store could not, or the disk is full.
        """
        place = self.folder / file.sha512[:2] / file.sha512
        if not _touched(place):
            with self._alone(file.sha512):
                if not _touched(place):  # another one brought it meanwhile
                    self._bring(store, file, place)
                    self._make_room(place)
        return place

    def drop(self, sha512: str) -> None:
        """The file is not in the cache afterwards (purge)."""
        (self.folder / sha512[:2] / sha512).unlink(missing_ok=True)

    def _bring(self, store: Store, file: StoredFile, place: Path) -> None:
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self.folder, prefix=".incoming-") as folder:
                local = Path(folder, "copy")
                with local.open("wb") as target:
                    for chunk in store.read(file.key):
                        target.write(chunk)
                found = digest_file(local)
                if (found.sha512, found.size) != (file.sha512, file.size):
                    place_name = f"{store.name}: {file.key}"
                    raise ChecksumMismatchError(place_name, expected=file.sha512, found=found.sha512)
                local.chmod(0o444)
                local.replace(place)
        except OSError as error:
            sentence = f'"{file.logical}" could not be put into the cache "{self.folder}" ({error.strerror})'
            raise StorageError(f"{sentence}: check the disk's space and permissions.") from error

    def _make_room(self, newest: Path) -> None:
        entries = [(entry.stat(), entry) for entry in self.folder.glob("??/*")]
        total = sum(facts.st_size for facts, _ in entries)
        for facts, entry in sorted(entries, key=lambda pair: pair[0].st_mtime):
            if total <= self.limit:
                return
            if entry != newest and facts.st_mtime < time.time() - self.grace:
                entry.unlink(missing_ok=True)
                total -= facts.st_size

    @contextmanager
    def _alone(self, sha512: str) -> Iterator[None]:
        """One process and thread at a time for files that begin alike; the others wait and then find it there."""
        locks = self.folder / ".locks"
        locks.mkdir(parents=True, exist_ok=True)
        with (locks / sha512[:2]).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _touched(place: Path) -> bool:
    """True when the file is there; it counts as used now."""
    try:
        os.utime(place)
    except FileNotFoundError:
        return False
    return True
