"""One stretch of the road, walked again and again until nobody dies on it: `python crash_road.py HOME PHASE FOLDER`.

Each try is a process of its own, forked from one that has imported everything. Prints how many of them died.
"""

import os
import sys
import traceback
from pathlib import Path

from catalog import batches
from core.settings import Settings
from ingest.pronom import identify
from workflow import catching_up, pages, recovery, shelving, shipping, storekeeping, visibility
from workflow.receiving import check_batch
from workflow.workshop import Workshop

MOST = 200
AGENT = "somebody"


def prepare(shop: Workshop, folder: Path) -> None:
    """All that comes before the first byte in a store: ids, texts, access copies, and the batch."""
    for work in check_batch(shop, folder)[1]:
        pages.reserve(shop, work)
        for page in work.described.pages:
            pages.read_page(shop, work, page)
    batch = batches.create(shop.catalog, name="b", path=str(folder), publish=True, new_version=True, agent=AGENT)
    batches.finish(shop.catalog, batch, state="done")  # no other worker is to take it up


def deliver(shop: Workshop, folder: Path) -> None:
    """Every item of the folder, as the flow takes it in."""
    view = batches.listing(shop.catalog)[0]
    for work in check_batch(shop, folder)[1]:
        if not work.complete:
            pages.reserve(shop, work)
            pages.stage_masters(shop, work)
            shelving.shelve(shop, work, view)


def withdraw(shop: Workshop, folder: Path) -> None:
    """Every item of the folder is withdrawn."""
    for work in check_batch(shop, folder)[1]:
        assert work.held is not None
        visibility.withdraw(shop, work.held.item.id, reason="rights", agent=AGENT)


def catch_up(shop: Workshop, _: Path) -> None:
    """What the caretaker does when a store is back."""
    catching_up.catch_up(shop)
    shipping.ship(shop)


def recover(shop: Workshop, _: Path) -> None:
    """What a start does."""
    shipping.import_missing(shop)
    storekeeping.look(shop)
    recovery.sweep(shop.home)
    recovery.finish_items(shop)
    recovery.clear_stages(shop)
    visibility.finish_withdrawals(shop, patience=0)


PHASES = {one.__name__: one for one in (prepare, deliver, withdraw, catch_up, recover)}


def main(home: str, phase: str, folder: str) -> int:
    """How many processes died before one came through; at most `ROAD_TRIES` of them are tried.

    Raises:
        RuntimeError: one ended otherwise.
    """
    identify(Path(__file__))  # loads its signatures, once for all that are forked from here
    tries = int(os.environ.get("ROAD_TRIES", MOST))
    for died in range(tries):
        pid = os.fork()
        if not pid:
            _walk(home, phase, folder)
        _, status = os.waitpid(pid, 0)
        if not os.WIFSIGNALED(status):
            if os.waitstatus_to_exitcode(status):
                raise RuntimeError(f"the stretch {phase} failed")
            return died
    return tries


def _walk(home: str, phase: str, folder: str) -> None:
    """In the child: the stretch, and the end of the process without another word."""
    status = 1
    try:
        shop = Workshop(Settings(home=Path(home), workers=1, stores=os.environ["ROAD_STORES"]))
        PHASES[phase](shop, Path(folder))
        shop.close()
        status = 0
    finally:
        if status:
            traceback.print_exc()
        os._exit(status)


if __name__ == "__main__":
    print(main(*sys.argv[1:]))
