"""Locks between processes: a file whose lock is held by a living process, and by nobody as soon as it is dead."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from workflow.homes import Home

LOOK_SECONDS = 0.05


@contextmanager
def leased(home: Home, name: str, *, patience: float = 0.0) -> Iterator[bool]:
    """True while this process alone holds the lock of this name; waits for it up to `patience` seconds, else False."""
    home.leases.mkdir(parents=True, exist_ok=True)
    with (home.leases / f"{name}.lock").open("a") as lock:
        free = _locked(lock, patience)
        if free:
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
        yield free


def _locked(lock: IO[str], patience: float) -> bool:
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(LOOK_SECONDS)
        else:
            return True
