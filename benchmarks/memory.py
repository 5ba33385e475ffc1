"""The most memory that the viewer, the worker and the largest page take, as Linux counts it (PSS: shared pages once).

The viewer is asked for searches, items, lists, manifests and pictures of made holdings; the worker and the page come
from a Muniment of the benchmark's own that takes in one page of 135 megapixels.
"""

import argparse
import itertools
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.growth_operations import LIKE, Shop, Vocabulary
from benchmarks.installation import running
from benchmarks.machine import PROC, family
from benchmarks.tables import save, table
from catalog import items
from catalog.database import open_catalog
from workflow.homes import Home
from workflow.runfile import read as read_run_file
from workflow.services import free_port

ROOT = Path(__file__).resolve().parents[1]
LARGE = ROOT.parent / "shared" / "data" / "scans" / "newspapers" / "weekly-journal-18560524" / "0001.tif"
ITEMS, PAGES, ROUNDS, POLL_SECONDS, START_SECONDS = 10_000, 10, 40, 0.2, 60
BARS = {"viewer": 300.0, "worker": 300.0, "all of it, one page of 135 megapixels": 1500.0}
SERVER = """
import sys
from pathlib import Path
from waitress import serve
from benchmarks.growth_operations import Shop
from catalog.database import open_catalog
home = Path(sys.argv[1])
serve(Shop(open_catalog(f"sqlite:///{home / 'catalog.db'}"), home).app(), host="127.0.0.1", port=int(sys.argv[2]))
"""


@dataclass(slots=True)
class Watch:
    """The most memory of some processes at any one moment, in megabytes, by what they are called."""

    pids: dict[str, tuple[int, ...]] = field(default_factory=dict)
    peaks: dict[str, float] = field(default_factory=dict)

    def look(self) -> None:
        """Take one look; children that are there now count with their parents."""
        for name, pids in self.pids.items():
            now = sum(megabytes(pid) for pid in pids)
            self.peaks[name] = max(self.peaks.get(name, 0.0), now)


def megabytes(pid: int) -> float:
    """What a process holds in memory (PSS), 0.0 when it has ended."""
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure both and print one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument("--home", type=Path, help="a folder that `benchmarks.growth --home` has filled; default: made")
    parser.add_argument("--items", type=int, default=ITEMS, help="items to make where no folder is given")
    parser.add_argument("--page", type=Path, default=LARGE, help="the page that is taken in; none when it is not there")
    parser.add_argument("--only", choices=("viewer", "page"))
    chosen = parser.parse_args(arguments)
    peaks: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="muniment-memory-") as scratch:
        if chosen.only != "page":
            peaks |= viewer(chosen.home or Path(scratch) / "viewer", chosen.items)
        if chosen.only != "viewer" and chosen.page.is_file():
            peaks |= large_page(Path(scratch), chosen.page)
    report(peaks)


def viewer(home: Path, number: int) -> dict[str, float]:
    """The most memory of a viewer while it is asked for all that readers look at."""
    home.mkdir(parents=True, exist_ok=True)
    catalog = open_catalog(f"sqlite:///{home / 'catalog.db'}")
    shop = Shop(catalog, home, held=items.count(catalog, public_only=False))
    if not shop.held:
        shop.grow(number, PAGES)
    addresses = list(itertools.islice(reading(shop), ROUNDS * 8))
    catalog.close()
    with serving(home) as (pid, base):
        watch = Watch({"viewer": (pid,)})
        for address in addresses:
            with urllib.request.urlopen(base + address, timeout=60) as answer:
                answer.read()
            watch.look()
    return watch.peaks


def reading(shop: Shop) -> Iterator[str]:
    """Addresses that readers ask for, one after the other: searches, items, manifests, lists."""
    vocabulary = Vocabulary(shop)
    words = [*vocabulary.standing_on(0.05, 0.5), *vocabulary.rare()]
    cards = items.newest(shop.catalog, limit=200)
    large = [shop.place(pages) for _, pages in LIKE]
    for word, card in itertools.cycle(zip(itertools.cycle(words), cards, strict=False)):
        yield f"/search?q={urllib.parse.quote(word)}"
        yield f"/items/{card.id}"
        yield f"/collections/{urllib.parse.quote(card.collection)}"
        yield "/"
        for item in large:
            yield f"/items/{item.id}?q={urllib.parse.quote(word)}"
        yield f"/iiif/presentation/3/{large[-1].id}/manifest"


@contextmanager
def serving(home: Path) -> Iterator[tuple[int, str]]:
    """A viewer over this home in a process of its own, and its address; ended by its id."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", SERVER, str(home), str(port)], cwd=ROOT)
    try:
        await_answer(f"http://127.0.0.1:{port}/")
        yield process.pid, f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def await_answer(address: str) -> None:
    """Comes back when somebody answers there.

    Raises:
        RuntimeError: nobody did within a minute.
    """
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=10):
                return
        except OSError:
            time.sleep(POLL_SECONDS)
    raise RuntimeError(f"Nothing answered at {address} within {START_SECONDS} seconds: look whether its port is free.")


def large_page(scratch: Path, page: Path) -> dict[str, float]:
    """The most memory of the worker, and of worker and page processes together, while they take in one page."""
    folder = scratch / "delivery" / "large"
    folder.mkdir(parents=True)
    shutil.copy(page, folder / f"0001{page.suffix}")
    (folder.parent / "metadata.csv").write_text("item,dc.title,dc.language\nlarge,A large page,en\n")
    with running(scratch / "home") as installation:
        run = read_run_file(Home(installation.home))
        pid = run.pids["worker"] if run else installation.pid
        watch, ended = Watch(), threading.Event()

        def look_on() -> None:
            while not ended.wait(POLL_SECONDS):
                watch.pids = {"worker": (pid,), "all of it, one page of 135 megapixels": family(pid)}
                watch.look()

        looking = threading.Thread(target=look_on)
        looking.start()
        try:
            installation.ingest(folder.parent)
        finally:
            ended.set()
            looking.join()
    return watch.peaks


def report(peaks: dict[str, float]) -> None:
    """Print the table and save it."""
    rows = [(name, peak, BARS[name], "yes" if peak < BARS[name] else "no") for name, peak in peaks.items()]
    print(table(("what", "peak MB (PSS)", "bar MB", "under it"), rows))
    print(f"Saved as {save('memory', {'peak_mb': peaks, 'bar_mb': BARS})}.")


if __name__ == "__main__":
    main()
