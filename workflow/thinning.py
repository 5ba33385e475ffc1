"""A limit for the access copies: those that nobody looked at for the longest time are taken away.

They are made again from verified masters when somebody asks. Thumbnails, texts and records stay; so does the copy of a
page that is not in the catalogue yet, as its item is still on its way in.
"""

import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from catalog.images import held_keys
from workflow.homes import Home
from workflow.making import DONE
from workflow.page import ACCESS
from workflow.workshop import Workshop

GRACE_SECONDS = 24 * 3600.0  # what was looked at within a day stays, even beyond the limit
AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Kept:
    """One access copy: its folder, its size, and when it was last read in full (seconds since 1970)."""

    folder: Path
    size: int
    used: float


def thin(shop: Workshop) -> int:
    """How many access copies were taken away, so that the others are within the limit of the settings."""
    limit = shop.settings.access_gb * 1e9
    if not limit:
        return 0
    kept = list(_kept(shop.home))
    excess = sum(one.size for one in kept) - limit
    idle = iter(sorted((one for one in kept if one.used < time.time() - GRACE_SECONDS), key=lambda one: one.used))
    gone = 0
    while excess > 0 and (some := list(islice(idle, AT_A_TIME))):
        held = held_keys(shop.catalog, [one.folder.name for one in some])
        for one in some:
            if excess > 0 and one.folder.name in held:
                (one.folder / ACCESS).unlink(missing_ok=True)
                excess, gone = excess - one.size, gone + 1
    return gone


def _kept(home: Home) -> list[Kept]:
    found = []
    for record in home.derived.glob(f"??/*/{DONE}"):
        try:
            found.append(Kept(record.parent, (record.parent / ACCESS).stat().st_size, record.stat().st_mtime))
        except FileNotFoundError:  # taken away before, or just being made
            continue
    return found
