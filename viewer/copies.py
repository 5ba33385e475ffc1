"""Access copies as they may be shown: read in full and found to be what was recorded, then opened for their pixels.

Beside each access copy lies a record with the SHA-256 of every file, written when they were made. A copy is read in
full before its first use in this process, when its inode, size or times have changed, and again after an hour, as a
disk that loses bits tells nobody. Single tiles are held against their checksums each time they are read.
"""

import hashlib
import json
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.errors import MunimentError
from images.pyramid import AccessCopy, NotAtOnceError, Pyramid, read_pyramid

ACCESS: Final = "access.tif"
RECORD: Final = "done.json"
GOOD_SECONDS, BAD_SECONDS = 3600.0, 10.0
MOST_TILES: Final = 1_000_000  # whose places and sums are remembered: about 20 MB
LOCKS: Final = 64


class LostCopyError(MunimentError):
    """A derived file is not there, or not what was recorded when it was made: it has to be made again."""

    code = "access-copy-lost"

    def __init__(self, name: str) -> None:
        super().__init__(f'The file "{name}" of this page has to be made again: ask once more in a minute.')


@dataclass(frozen=True, slots=True)
class Seen:
    """What a full read found: of which file, when, and its pyramid when it was the one recorded."""

    stamp: tuple[int, ...]
    at: float
    place: str
    pyramid: Pyramid | None

    def holds(self, stamp: tuple[int, ...], now: float) -> bool:
        """True while this may be believed of a file with that stamp."""
        return self.stamp == stamp and now - self.at < (GOOD_SECONDS if self.pyramid else BAD_SECONDS)


class AccessCopies:
    """The access copies below a folder; `folder_of` tells the folder of a key. Safe to share by threads."""

    def __init__(self, folder_of: Callable[[str], Path], clock: Callable[[], float] = time.monotonic) -> None:
        self._folder_of, self._clock = folder_of, clock
        self._lock, self._reading = threading.Lock(), tuple(threading.Lock() for _ in range(LOCKS))
        self._seen: OrderedDict[str, Seen] = OrderedDict()
        self._tiles = 0

    @contextmanager
    def opened(self, key: str, *, patient: bool = True) -> Iterator[AccessCopy]:
        """The access copy of this key, verified, and open as long as the block lasts.

        Raises:
            LostCopyError: there is none, or it is not what was recorded.
            NotAtOnceError: the asker is not `patient`, and it has to be read in full first.
        """
        known = self._known(key)
        if known is None and not patient:
            raise NotAtOnceError
        place = known.place if known else str(self._folder_of(key) / ACCESS)
        try:
            descriptor = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise LostCopyError(ACCESS) from error
        try:
            yield AccessCopy(descriptor, self._pyramid(key, place, descriptor, patient), patient)
        finally:
            os.close(descriptor)

    def read(self, key: str, name: str) -> bytes:
        """A small derived file in full, found to be what was recorded.

        Raises:
            LostCopyError: it is not there, or not what was recorded.
        """
        try:
            data = (self._folder_of(key) / name).read_bytes()
        except OSError as error:
            raise LostCopyError(name) from error
        if hashlib.sha256(data).hexdigest() != self._recorded(key, name):
            raise LostCopyError(name)
        return data

    def forget(self, key: str) -> None:
        """Nothing; the copy is read in full before it is used again."""
        with self._lock:
            self._drop(key)

    def _pyramid(self, key: str, place: str, descriptor: int, patient: bool) -> Pyramid:
        stamp = _stamp(descriptor)
        seen = self._known(key)
        if seen is None or not seen.holds(stamp, self._clock()):
            if not patient:
                raise NotAtOnceError
            with self._reading[hash(key) % LOCKS]:  # who comes meanwhile waits for one reading, and starts none
                seen = self._known(key)
                if seen is None or not seen.holds(stamp, self._clock()):
                    seen = Seen(stamp, self._clock(), place, self._examined(key, descriptor, stamp))
                    self._remember(key, seen)
        if seen.pyramid is None:
            raise LostCopyError(ACCESS)
        return seen.pyramid

    def _examined(self, key: str, descriptor: int, stamp: tuple[int, ...]) -> Pyramid | None:
        """What a full read finds; None when that is not what was recorded, or changed while it was read."""
        try:
            pyramid = read_pyramid(descriptor)
        except (MunimentError, OSError):
            return None
        if pyramid.digest != self._recorded(key, ACCESS) or stamp != _stamp(descriptor):
            return None
        with suppress(OSError):  # its record's time says when it was last used; see workflow/thinning.py
            os.utime(self._folder_of(key) / RECORD)
        return pyramid

    def _recorded(self, key: str, name: str) -> str | None:
        """The file's SHA-256 as it was written down, or None where nothing can be read."""
        try:
            return str(json.loads((self._folder_of(key) / RECORD).read_bytes())["files"][name])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _known(self, key: str) -> Seen | None:
        with self._lock:
            if (seen := self._seen.get(key)) is not None:
                self._seen.move_to_end(key)
            return seen

    def _remember(self, key: str, seen: Seen) -> None:
        with self._lock:
            self._drop(key)
            self._seen[key] = seen
            self._tiles += _weight(seen)
            while self._tiles > MOST_TILES and len(self._seen) > 1:
                self._drop(next(iter(self._seen)))

    def _drop(self, key: str) -> None:
        if (seen := self._seen.pop(key, None)) is not None:
            self._tiles -= _weight(seen)


def _stamp(descriptor: int) -> tuple[int, ...]:
    """What changes when a file is replaced or written to; its change time cannot be set back by anybody."""
    about = os.fstat(descriptor)
    return about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns


def _weight(seen: Seen) -> int:
    """Tiles whose places are remembered; what has none is not free either."""
    return 100 + (seen.pyramid.tiles if seen.pyramid else 0)
