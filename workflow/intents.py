"""Into which store a version of an item is being written: noted before the first byte, forgotten when it is known.

Whoever was killed, or lost the store, in between has left a version that may be there in full. It is finished from that
store and no other, for a second version of the same number elsewhere could never be brought together with it.
"""

import math
import os
import time
from pathlib import Path

from workflow.homes import Home


def note(home: Home, item_id: str, store: str) -> None:
    """Notes that the item is being written to this store first; it is on the disk when this returns."""
    home.intents.mkdir(parents=True, exist_ok=True)
    new = home.intents / f".{item_id}.{os.getpid()}.new"
    with new.open("w") as file:
        file.write(store)
        file.flush()
        os.fsync(file.fileno())
    new.replace(home.intents / item_id)
    _flush(home.intents)


def of(home: Home, item_id: str) -> str:
    """The store in which an unfinished version of the item may stand, or "" when there is none."""
    try:
        return (home.intents / item_id).read_text()
    except FileNotFoundError:
        return ""


def done(home: Home, item_id: str) -> None:
    """Forgets the intent: what was written is known, or nothing was. Safe to repeat."""
    (home.intents / item_id).unlink(missing_ok=True)


def unfinished(home: Home, *, older: float = 0.0) -> tuple[str, ...]:
    """The ids of the items of which a version may be half-known, noted at least `older` seconds ago."""
    latest = time.time() - older
    return tuple(sorted(path.name for path in home.intents.glob("[!.]*") if _noted(path) <= latest))


def _noted(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # it is known by now
        return math.inf


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
