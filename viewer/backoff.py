"""Patience after wrong passwords: each one past the third doubles the wait for that name."""

import math
import threading
import time
import unicodedata
from collections.abc import Callable

FREE, LONGEST, REMEMBERED = 3, 300, 10_000


class Backoff:
    """How long each name has to wait; kept in memory, forgotten at a restart. Safe to use from many threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: dict[str, tuple[int, float]] = {}

    def seconds(self, name: str) -> int:
        """Whole seconds that the name still has to wait; 0 when it may try."""
        with self._lock:
            return self._left(_key(name))

    def failed(self, name: str) -> None:
        """Nothing; one more wrong password is remembered."""
        with self._lock:
            count, _ = self._failures.pop(_key(name), (0, 0.0))
            if len(self._failures) >= REMEMBERED:  # a flood of invented names must not fill the memory
                self._forget_one()
            self._failures[_key(name)] = (count + 1, self._clock())

    def succeeded(self, name: str) -> None:
        """Nothing; the slate of this name is clean."""
        with self._lock:
            self._failures.pop(_key(name), None)

    def _left(self, key: str) -> int:
        count, last = self._failures.get(key, (0, 0.0))
        if count < FREE:
            return 0
        left: float = last + min(LONGEST, 2 ** (count - FREE + 1)) - self._clock()
        return max(0, math.ceil(left))

    def _forget_one(self) -> None:
        """Nothing; a name that still has to wait is never forgotten, or a flood would set it free."""
        free = next((key for key in self._failures if not self._left(key)), None)
        if free is not None:
            del self._failures[free]


def _key(name: str) -> str:
    """The name as the catalogue compares it: one person has one slate however their name is written."""
    return unicodedata.normalize("NFC", name).strip().casefold()
