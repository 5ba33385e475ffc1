"""Cost against size: what readers and the queue do, over holdings that grow from hundreds of items to ten thousand.

Texts are put together from real words. Every operation is measured at each size; its growth is how much longer it took
at the largest size than at the smallest, divided by how much larger its own answer was and by how much the logarithm
of the holdings grew: at most 1 for what costs no more than its answer.
"""

import argparse
import math
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.growth_operations import Shop, Timed, of_readers, of_the_queue
from benchmarks.tables import save, table
from catalog import items
from catalog.database import open_catalog

SIZES, PAGES = "100,1000,10000", 10
RANKED = "search: word on one page in ten"
MEDIAN_BAR, LATE_BAR, HALF = 20.0, 100.0, 0.5
Sizes = dict[int, list[Timed]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Fill, measure, fill on, and print one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--items", default=SIZES, help=f"sizes of the holdings in items (default {SIZES})")
    parser.add_argument("--pages", type=int, default=PAGES, help=f"pages of an item (default {PAGES})")
    parser.add_argument("--home", type=Path, help="a folder to keep the catalogue in; one that is there is filled on")
    chosen = parser.parse_args(arguments)
    sizes = sorted(int(size) for size in chosen.items.split(","))
    if chosen.home:
        report(measure(chosen.home, sizes, chosen.pages), chosen.pages)
    else:
        with tempfile.TemporaryDirectory(prefix="muniment-growth-") as scratch:
            report(measure(Path(scratch), sizes, chosen.pages), chosen.pages)


def measure(home: Path, sizes: Sequence[int], pages: int) -> Sizes:
    """What each operation took, by the number of items; sizes that the holdings have passed already are left out."""
    catalog = open_catalog(f"sqlite:///{home / 'catalog.db'}")
    shop = Shop(catalog, home, held=items.count(catalog, public_only=False))
    found: Sizes = {}
    for size in sizes:
        if shop.held <= size or size == sizes[-1]:
            shop.grow(size, pages)
            print(f"{size:,} items are in; measuring.", flush=True)
            catalog.settle()
            found[size] = [*of_readers(shop), *of_the_queue(shop)]
    catalog.close()
    return found


def growth(first: Timed, last: Timed, holdings: tuple[int, int]) -> float:
    """How much faster it grew than its answer and a logarithm of the holdings, by its processor time."""
    longer = statistics.median(last.cpu_seconds) / statistics.median(first.cpu_seconds)
    return longer / (last.answer / first.answer) / (math.log(holdings[1]) / math.log(holdings[0]))


def report(found: Sizes, pages: int) -> None:
    """Print the table and what the ranked search took, and save both."""
    sizes = sorted(found)
    rows: list[tuple[object, ...]] = []
    for place, last in enumerate(found[sizes[-1]]):
        all_of = [found[size][place] for size in sizes]
        ends = (sizes[0] * pages, sizes[-1] * pages)
        rate = growth(all_of[0], last, ends) if len(sizes) > 1 else None
        rows.append((last.name, *(milliseconds(one) for one in all_of), milliseconds(last, 0.99), rate))
    columns = ("operation (ms, median)", *(f"{size:,} items" for size in sizes), "p99", "growth")
    print(table(columns, rows))
    ranked = next(one for one in found[sizes[-1]] if one.name == RANKED)
    median, late = milliseconds(ranked), milliseconds(ranked, 0.99)
    print(
        f"A ranked search for a word on one page in ten of {sizes[-1] * pages:,}, {len(ranked.seconds)} words: "
        f"p50 {median:.1f} ms (bar {MEDIAN_BAR:.0f}), p99 {late:.1f} ms (bar {LATE_BAR:.0f})."
    )
    result = {
        "pages_of_an_item": pages,
        "operations": [dict(zip(columns, row, strict=True)) for row in rows],
        "answers": {str(size): {one.name: one.answer for one in found[size]} for size in sizes},
        "seconds": {str(size): {one.name: one.seconds for one in found[size]} for size in sizes},
        "cpu_seconds": {str(size): {one.name: one.cpu_seconds for one in found[size]} for size in sizes},
    }
    print(f"Saved as {save('growth', result)}.")


def milliseconds(one: Timed, share: float = HALF) -> float:
    """The median, or another share, of the wall times."""
    walls = sorted(one.seconds)
    at = statistics.median(walls) if share == HALF else walls[math.ceil(share * len(walls)) - 1]
    return 1000 * at


if __name__ == "__main__":
    main()
