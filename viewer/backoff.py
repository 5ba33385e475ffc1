"""Patience after wrong passwords: each one past the third doubles the wait for that name."""

import math
import threading
import time
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
            count, last = self._failures.get(name, (0, 0.0))
        if count < FREE:
            return 0
        left: float = last + min(LONGEST, 2 ** (count - FREE + 1)) - self._clock()
        return max(0, math.ceil(left))

    def failed(self, name: str) -> None:
        """Nothing; one more wrong password is remembered."""
        with self._lock:
            if len(self._failures) >= REMEMBERED:  # a flood of invented names must not fill the memory
                self._failures.pop(next(iter(self._failures)))
            count, _ = self._failures.pop(name, (0, 0.0))
            self._failures[name] = (count + 1, self._clock())

    def succeeded(self, name: str) -> None:
        """Nothing; the slate of this name is clean."""
        with self._lock:
            self._failures.pop(name, None)
