"""What it costs to make a lost catalogue anew from a store, while the holdings grow.

The holdings come in through a Muniment of the benchmark's own, which keeps them in a folder; each rebuild is one of an
empty home beside it, in this process, whose processor time alone is counted. A rebuild reads every object's inventory
and records, and the event log: it should cost each item the same, however many there are.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.deliveries import standard
from benchmarks.installation import running
from benchmarks.pictures import pictures, sources
from benchmarks.tables import save, table
from core.settings import Settings
from workflow.rebuilding import rebuild
from workflow.shipping import ship
from workflow.workshop import Workshop

STORES = "folder=file:{}"
SIZES, PAGES, SMALL = "25,100,400", 2, 1_000_000
COLUMNS = ("items", "pages", "events", "copies", "wall s", "CPU s", "CPU ms an item", "to the smallest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuild:
    """One rebuild: what was brought back, and the seconds it took."""

    items: int
    pages: int
    events: int
    copies: int
    seconds: float
    cpu: float

    @property
    def each(self) -> float:
        """Processor seconds for one item."""
        return self.cpu / self.items


def main(arguments: Sequence[str] | None = None) -> None:
    """Fill, rebuild, fill on, and print one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rebuild", description=__doc__)
    parser.add_argument("--scans", type=Path, default=standard(), help="a folder with page images")
    parser.add_argument("--items", default=SIZES, help=f"sizes of the holdings in items (default {SIZES})")
    parser.add_argument("--pages", type=int, default=PAGES, help=f"pages of an item (default {PAGES})")
    chosen = parser.parse_args(arguments)
    scans = sources(chosen.scans, largest=SMALL) or sources(chosen.scans)
    if not scans:
        raise SystemExit(f'There are no page images in "{chosen.scans}": name a folder of scans with --scans.')
    sizes = sorted(map(int, chosen.items.split(",")))
    with tempfile.TemporaryDirectory(prefix="muniment-rebuild-") as scratch:
        report(measure(Path(scratch), scans, sizes, chosen.pages))


def measure(scratch: Path, scans: Sequence[Path], sizes: Sequence[int], pages: int) -> list[Rebuild]:
    """A rebuild at each size of the holdings, the smallest first.

    Raises:
        RuntimeError: not all items came in, or came back.
    """
    found: list[Rebuild] = []
    held, store = 0, scratch / "store"
    with running(scratch / "home", settings={"MUNIMENT_STORES": STORES.format(store)}) as made:
        for size in sizes:
            folder = scratch / f"to-{size}"
            wanted = (size - held) * pages
            made.ingest(pictures(scans, folder, pages=wanted, pages_an_item=pages, first=held * pages))
            held = size
            ship(_shop(scratch / "home", store))  # the log follows in its own time, and a rebuild reads it
            if not found:
                _rebuilt(scratch / "warm-up", store, size)  # what is imported at the first is not counted
            found.append(_rebuilt(scratch / f"home-{size}", store, size))
    return found


def _rebuilt(home: Path, store: Path, items: int) -> Rebuild:
    shop = _shop(home, store)
    wall, cpu = time.monotonic(), time.process_time()
    back = rebuild(shop, tell=lambda _: None)
    seconds, spent = time.monotonic() - wall, time.process_time() - cpu
    shop.catalog.close()
    if back.items < items or back.events < items or back.needs_somebody:
        raise RuntimeError(f"{back.items} of {items} items came back: {back.as_json()}")
    return Rebuild(
        items=back.items, pages=back.pages, events=back.events, copies=back.copies, seconds=seconds, cpu=spent
    )


def _shop(home: Path, store: Path) -> Workshop:
    return Workshop(Settings(home=home, stores=STORES.format(store)))


def report(found: Sequence[Rebuild]) -> None:
    """Print the table and save it."""
    least = found[0].each
    rows = [
        (
            *(one.items, one.pages, one.events, one.copies, one.seconds, one.cpu),
            *(1000 * one.each, one.each / least),
        )
        for one in found
    ]
    print(table(COLUMNS, rows))
    print(f"Saved as {save('rebuild', {'sizes': [asdict(one) for one in found]})}.")


if __name__ == "__main__":
    main()
