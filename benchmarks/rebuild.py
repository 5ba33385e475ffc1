"""What it costs to make a lost catalogue anew from the stores, while the holdings grow.

At each size the installation is started twice: as it is, and after its catalogue was taken away, which it then rebuilds
before it serves. The difference is the rebuild. It reads every object's inventory and records, and the event log; so it
should cost each item the same, however many there are.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.deliveries import standard
from benchmarks.installation import Cost, Installation, running
from benchmarks.machine import cpu_seconds
from benchmarks.pictures import pictures, sources
from benchmarks.tables import save, table
from catalog import items
from catalog.database import open_catalog

SIZES, PAGES, SMALL = "20,80,320", 2, 1_000_000
COLUMNS = ("items", "start s", "start with rebuild s", "rebuild CPU s", "CPU ms an item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """One size: a start with the catalogue and one that had to make it anew."""

    items: int
    start: Cost
    rebuild: Cost

    @property
    def each(self) -> float:
        """Processor seconds of the rebuild for one item."""
        return (self.rebuild.cpu_seconds - self.start.cpu_seconds) / self.items


def main(arguments: Sequence[str] | None = None) -> None:
    """Fill, lose, rebuild, fill on, and print one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rebuild", description=__doc__)
    parser.add_argument("--scans", type=Path, default=standard(), help="a folder with page images")
    parser.add_argument("--items", default=SIZES, help=f"sizes of the holdings in items (default {SIZES})")
    parser.add_argument("--pages", type=int, default=PAGES, help=f"pages of an item (default {PAGES})")
    chosen = parser.parse_args(arguments)
    scans = sources(chosen.scans, largest=SMALL) or sources(chosen.scans)
    with tempfile.TemporaryDirectory(prefix="muniment-rebuild-") as scratch:
        found = [
            _measure(Path(scratch), scans, size, chosen.pages) for size in sorted(map(int, chosen.items.split(",")))
        ]
    report(found)


def _measure(scratch: Path, scans: Sequence[Path], size: int, pages: int) -> Rebuilt:
    home = scratch / "home"
    held = _held(home)
    with running(home) as made:
        folder = scratch / f"to-{size}"
        pictures(scans, folder, pages=(size - held) * pages, pages_an_item=pages, first=held * pages)
        made.ingest_and_settle(folder)
    start = _start(home)
    for file in home.glob("catalog.db*"):
        file.unlink()
    rebuilt = Rebuilt(items=size, start=start, rebuild=_start(home))
    if _held(home) != size:
        raise RuntimeError(f"{_held(home)} of {size} items came back: see {home}/run.log.")
    print(f"{size} items: {1000 * rebuilt.each:.0f} ms each", flush=True)
    return rebuilt


def _start(home: Path) -> Cost:
    clock = time.monotonic()
    with running(home) as made:
        return _until_now(made, clock)


def _until_now(made: Installation, clock: float) -> Cost:
    return Cost(time.monotonic() - clock, cpu_seconds(made.pid))


def _held(home: Path) -> int:
    if not (home / "catalog.db").exists():
        return 0
    catalog = open_catalog(f"sqlite:///{home / 'catalog.db'}")
    try:
        return items.count(catalog, public_only=False)
    finally:
        catalog.close()


def report(found: Sequence[Rebuilt]) -> None:
    """Print the table with the growth from the smallest to the largest, and save it."""
    rows = [
        (
            *(one.items, one.start.seconds, one.rebuild.seconds),
            *(one.rebuild.cpu_seconds - one.start.cpu_seconds, 1000 * one.each),
        )
        for one in found
    ]
    print(table(COLUMNS, rows))
    growth = found[-1].each / found[0].each
    print(f"An item among {found[-1].items} costs {growth:.2f} times what one among {found[0].items} does.")
    result = {"sizes": [asdict(one) | {"each": one.each} for one in found], "growth": growth}
    print(f"Saved as {save('rebuild', result)}.")


if __name__ == "__main__":
    main()
