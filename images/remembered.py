"""Bytes that were made once and may be asked for again, as many of them as fit."""

import threading
from collections import OrderedDict
from collections.abc import Hashable


class Remembered:
    """Bytes by a key, up to some size in all; what was not asked for longest goes first. Safe to share by threads."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit, self._held = limit_bytes, 0
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()

    def get(self, key: Hashable) -> bytes | None:
        """The bytes, or None when they are not here (any more)."""
        with self._lock:
            if (data := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
            return data

    def put(self, key: Hashable, data: bytes) -> None:
        """The bytes are here afterwards, unless they alone are more than fits."""
        with self._lock:
            self._held += len(data) - len(self._kept.pop(key, b""))
            self._kept[key] = data
            while self._held > self._limit:
                self._held -= len(self._kept.popitem(last=False)[1])
