"""What taking pages in costs with recognition left out, against the bare calls that do the same to the same files.

Ours: check, checksums, access copies, two stores (each written and read back), catalogue, and all that Prefect spends,
until nothing of it is above idle any more; the processor time above idle of `muniment run`'s whole tree and of the
command. No fixed cost of a batch is taken off. Bare: SHA-256, SHA-512, a pyramid by pyvips with our settings, and two
copies, one page after the other, in a process whose imports are not counted. Pairs in turn, each with other crops of
the same scans, cut by a few pixels so that no two are alike.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.deliveries import small_batch, standard
from benchmarks.installation import Installation, running
from benchmarks.pictures import pictures, sources
from benchmarks.tables import save, table

COLUMNS = (
    *("pair", "pages", "MB", "bare CPU s", "ours CPU s", "CPU ratio"),
    *("ours ms a page", "bare wall s", "ours wall s"),
)
BARE = """
import hashlib, json, pathlib, resource, shutil, sys, time
import pyvips
place = pathlib.Path(sys.argv[2])
pages = sorted(path for path in pathlib.Path(sys.argv[1]).rglob("*") if path.parent.name.startswith("picture"))
def spent():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
wall, cpu = time.monotonic(), spent()
for number, page in enumerate(pages):
    data = page.read_bytes()
    hashlib.sha256(data).hexdigest()
    hashlib.sha512(data).hexdigest()
    image = pyvips.Image.new_from_file(str(page), access="sequential")
    image = image.flatten() if image.hasalpha() else image
    image.tiffsave(str(place / f"{number}.tif"), compression="jpeg", Q=%d, tile=True, tile_width=%d, tile_height=%d,
                   pyramid=True, keep="none")
    for copy in ("one", "two"):
        shutil.copyfile(page, place / f"{number}.{copy}")
print(json.dumps({"seconds": time.monotonic() - wall, "cpu": spent() - cpu}))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One pair: the same pages by the bare calls and by us; seconds of wall and of processor."""

    pages: int
    megabytes: float
    bare_seconds: float
    bare_cpu: float
    seconds: float
    cpu: float

    @property
    def ratio(self) -> float:
        """Ours over bare, processor time."""
        return self.cpu / self.bare_cpu


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the pairs and print one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.overhead", description=__doc__)
    parser.add_argument("--scans", type=Path, default=standard(), help="a folder with page images")
    parser.add_argument("--pages", type=int, default=120, help="pages a pair")
    parser.add_argument("--item", type=int, default=12, help="pages an item")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--largest", type=int, help="leave out pages of more pixels than this")
    chosen = parser.parse_args(arguments)
    scans = sources(chosen.scans, largest=chosen.largest)
    if not scans:
        raise SystemExit(f'There are no page images in "{chosen.scans}": name a folder of scans with --scans.')
    with tempfile.TemporaryDirectory(prefix="muniment-overhead-") as scratch, running(Path(scratch) / "home") as made:
        made.ingest(small_batch(Path(scratch) / "warm-up"))
        pairs = []
        for number in range(chosen.pairs):
            folder = Path(scratch) / f"pair-{number}"
            first = number * chosen.pages
            pictures(scans, folder, pages=chosen.pages, pages_an_item=chosen.item, first=first)
            pairs.append(_measure(made, folder, chosen.pages))
            print(f"pair {number}: {pairs[-1].ratio:.2f}", file=sys.stderr, flush=True)
    report(pairs)


def _measure(made: Installation, folder: Path, pages: int) -> Pair:
    bare = _bare(folder)
    found = made.ingest_and_settle(folder)
    answer, ours = found.answer, found.cost
    taken = sum(item["pages"] for item in answer["items"] if item["state"] == "published")
    if taken != pages:
        raise RuntimeError(f"{taken} of {pages} pages came in: {json.dumps(answer)[:2000]}")
    size = sum(path.stat().st_size for path in folder.rglob("*")) / 1e6
    return Pair(
        pages=pages,
        megabytes=size,
        bare_seconds=bare["seconds"],
        bare_cpu=bare["cpu"],
        seconds=ours.seconds,
        cpu=ours.cpu_seconds,
    )


def _bare(folder: Path) -> dict[str, float]:
    from images.render import QUALITY, TILE

    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        done = subprocess.run(
            [sys.executable, "-c", BARE % (QUALITY, TILE, TILE), str(folder), place],
            env={"VIPS_CONCURRENCY": "1"},
            capture_output=True,
            text=True,
            check=True,
        )
    return dict(json.loads(done.stdout))


def report(pairs: Sequence[Pair]) -> None:
    """Print the table with the median of the ratios and their spread, and save it."""
    rows = [
        (
            *(number, pair.pages, pair.megabytes, pair.bare_cpu, pair.cpu, pair.ratio),
            *(1000 * pair.cpu / pair.pages, pair.bare_seconds, pair.seconds),
        )
        for number, pair in enumerate(pairs, 1)
    ]
    print(table(COLUMNS, rows))
    ratios = sorted(pair.ratio for pair in pairs)
    median = statistics.median(ratios)
    print(f"CPU ratio: median {median:.2f}, from {ratios[0]:.2f} to {ratios[-1]:.2f}; ours over the bare calls.")
    result = {"pairs": [asdict(pair) | {"ratio": pair.ratio} for pair in pairs], "median": median}
    print(f"Saved as {save('overhead', result)}.")


if __name__ == "__main__":
    main()
