"""Full reads of copies, many at a time: what a read found, and whether a store went away or a file is unreadable.

A damaged object may answer like a store that is away (the embedded store says 500 for both), so a good canary is asked
before an unreadable copy is believed.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from core.errors import ObjectNotFoundError, StorageError
from core.fixity import FixityOutcome, StoredFile
from fixity.verdict import ReadFailure, outcome_of
from storage.checksums import digest_chunks
from storage.stores import Store

READERS = 4
PAUSES = (0.5, 2.0)  # seconds before the second and the third try at an unreadable copy


@dataclass(frozen=True, slots=True)
class Reading:
    """What one full read found: the outcome, and the SHA-512 and size of the bytes, None when none could be had."""

    outcome: FixityOutcome
    found: str | None = None
    size: int | None = None

    @property
    def intact(self) -> bool:
        """True when the bytes are the recorded ones."""
        return self.outcome is FixityOutcome.INTACT


class StoreAwayError(StorageError):
    """The store stopped answering: what was not read yet stays due."""

    code = "store-away"


def read_copy(store: Store, file: StoredFile) -> Reading:
    """What one full read of the copy found; files, canaries and sentinels are all read by this function."""
    try:
        found = digest_chunks(store.read(file.key), ("sha512",))
    except ObjectNotFoundError:
        return Reading(outcome_of(file, ReadFailure.ABSENT))
    except StorageError:
        return Reading(outcome_of(file, ReadFailure.UNREADABLE))
    return Reading(outcome_of(file, found), found.sha512, found.size)


class CopyReader:
    """Reads copies of one store in threads, as long as the store answers."""

    def __init__(self, store: Store, good: StoredFile, threads: ThreadPoolExecutor) -> None:
        self.store = store
        self.good = good  # a canary: readable whenever the store is
        self._threads = threads
        self._asking = threading.Lock()
        self._away = False

    def read_all(self, files: Sequence[StoredFile]) -> list[Reading]:
        """One reading a file, in their order; an unreadable one was tried three times, spaced.

        Raises:
            StoreAwayError: a good canary cannot be read either.
        """
        found = self._each(self._read, files)
        for pause in PAUSES:
            again = [at for at, one in enumerate(found) if one.outcome is FixityOutcome.UNREADABLE]
            if not again or self._away:
                break
            time.sleep(pause)
            for at, reading in zip(again, self._each(self._read, [files[at] for at in again]), strict=True):
                found[at] = reading
        if self._away:
            raise StoreAwayError(f'The store "{self.store.name}" stopped answering: see that it runs.')
        return found

    def _each(self, read: Callable[[StoredFile], Reading], files: Sequence[StoredFile]) -> list[Reading]:
        return list(self._threads.map(read, files))

    def _read(self, file: StoredFile) -> Reading:
        if self._away:
            return Reading(FixityOutcome.UNREADABLE)
        found = read_copy(self.store, file)
        if found.outcome is FixityOutcome.UNREADABLE:
            self._ask()
        return found

    def _ask(self) -> None:
        """Notes that the store is away when a good canary cannot be read; one thread asks, the others wait for it."""
        with self._asking:
            if not self._away:
                self._away = read_copy(self.store, self.good).outcome is FixityOutcome.UNREADABLE


@contextmanager
def copy_reader(store: Store, good: StoredFile) -> Iterator[CopyReader]:
    """A reader whose threads end with it."""
    with ThreadPoolExecutor(READERS, thread_name_prefix="audit") as threads:
        yield CopyReader(store, good, threads)
