"""Killed at random: the process that works on a batch, and the object store while it is written to.

`python -m benchmarks.crashes [--count 100] [--store-count 30] [--seed 1]`. The store, the worker, the supervisor and
the database are the real ones; the pages are small and the OCR program replays a recorded result.
"""

import argparse
import csv
import hashlib
import json
import os
import random
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from PIL import Image, ImageDraw

from benchmarks.installation import Installation, muniment, running
from benchmarks.replaying import engine
from benchmarks.tables import save, table
from catalog import batches, items
from catalog.database import Catalog, open_catalog
from catalog.values import BatchView
from core.settings import Settings
from storage.layout import object_id
from storage.ocfl import read_inventory
from storage.validator import verify_object
from workflow.homes import Home
from workflow.parking import is_parked
from workflow.workshop import Workshop

ITEMS, PAGES = 10, 2
PAGE_SECONDS = 0.3  # what the engine takes, so that there is a middle to be killed in
SOONEST, LATEST = 0.2, 12.0  # seconds between two kills: any moment of a batch, which takes about so long
BATCH_SECONDS = 900
COLUMNS = ["item", "dc.identifier", "dc.title", "dc.language", "dc.type", "dc.rights"]
CC0 = "http://creativecommons.org/publicdomain/zero/1.0/"


@dataclass
class Score:
    """How often something was killed, and what came of it; all but the first two must be 0."""

    kills: int = 0
    items: int = 0
    lost: int = 0  # items that did not come in, or without a page
    doubled: int = 0  # items that came in more often than once, or in more versions than one
    half_visible: int = 0  # items that could be seen while a store did not hold them whole
    invalid: int = 0  # objects that are not valid OCFL
    differing: int = 0  # masters whose bytes are not those that were delivered
    given_up: int = 0  # batches that a person would have had to take up again
    seconds: float = 0.0
    batches: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """True when nothing was lost, doubled, half visible or wrong, and no hand was needed."""
        return not any((self.lost, self.doubled, self.half_visible, self.invalid, self.differing, self.given_up))


def main(arguments: Sequence[str] | None = None) -> int:
    """Both suites, their table and their file; 0 when all is clean."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crashes", description=__doc__)
    parser.add_argument("--count", type=int, default=100, help="kills of the process that works on a batch")
    parser.add_argument("--store-count", type=int, default=30, help="kills of the object store")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="muniment-crashes-") as scratch:
        place = Path(scratch)
        slow = engine(place / "tesseract", seconds=PAGE_SECONDS)
        with running(place / "home", settings={"MUNIMENT_TESSERACT": str(slow)}) as made:
            scores = {
                "worker": suite(made, place / "worker", kill_worker, chosen.count, chosen.seed),
                "object store": suite(made, place / "store", kill_store, chosen.store_count, chosen.seed),
            }
    rows = [(name, *list(asdict(score).values())[:-1]) for name, score in scores.items()]
    print(table(("killed", *list(asdict(Score()))[:-1]), rows))
    result = {"seed": chosen.seed, **{name: asdict(score) for name, score in scores.items()}}
    print(f"Saved as {save('crashes', result)}.")
    return 0 if all(score.clean for score in scores.values()) else 1


Kill = Callable[[Installation, str], bool]


def suite(made: Installation, place: Path, kill: Kill, count: int, seed: int) -> Score:
    """Batch after batch is delivered, and killed at, until that was done so often."""
    chance, score, start = random.Random(seed), Score(), time.monotonic()
    catalog = open_catalog(f"sqlite:///{made.home / 'catalog.db'}")
    folders = list[Path]()
    while score.kills < count:
        folders.append(draw(place / f"batch-{len(folders)}", f"{place.name} {seed} {len(folders)}"))
        score.batches.append(deliver(made, folders[-1]))
        _kill_until_done(made, catalog, score, kill, count, chance)
        print(f"{score.kills} of {count} kills, {len(folders)} batches", flush=True)
    for folder, batch in zip(folders, score.batches, strict=True):
        judge(made, catalog, folder, batch, score)
    catalog.close()
    score.seconds = round(time.monotonic() - start, 1)
    return score


def _kill_until_done(
    made: Installation, catalog: Catalog, score: Score, kill: Kill, count: int, chance: random.Random
) -> None:
    batch, deadline, seen = score.batches[-1], time.monotonic() + BATCH_SECONDS, set[str]()
    while not _ended(made, view := _view(catalog, batch)):
        if time.monotonic() > deadline or not Path(f"/proc/{made.pid}/exe").exists():
            raise RuntimeError(f"the batch {batch} does not end: {view.state}")
        pause = time.monotonic() + chance.uniform(SOONEST, LATEST)
        while time.monotonic() < pause:
            score.half_visible += len(half_visible(made, catalog, view) - seen)
            seen |= half_visible(made, catalog, view)
            time.sleep(0.05)
        if score.kills < count and _view(catalog, batch).state == "running" and kill(made, batch):
            score.kills += 1
    if view.state == "failed":
        score.given_up += 1
        told = {job.sentence for job in view.jobs if job.state == "failed"} | {view.sentence}
        print(f"the batch {batch} was given up: {' '.join(sorted(told))}", flush=True)


def _ended(made: Installation, view: BatchView) -> bool:
    """False also for a batch that failed for want of a store: it is taken up again without hands."""
    return view.state == "done" or (view.state == "failed" and not is_parked(Home(made.home), view.id))


def kill_worker(made: Installation, batch: str) -> bool:
    """True when the process that works on the batch was killed; the supervisor, which looks at its lease, is spared."""
    lease = made.home / "leases" / f"{batch}.lock"
    with suppress(FileNotFoundError, ValueError, ProcessLookupError):
        pid = int(lease.read_text())
        ours = f"MUNIMENT_HOME={made.home}\0".encode() in Path(f"/proc/{pid}/environ").read_bytes()
        if ours and pid not in {made.pid, *_services(made).values()}:
            os.kill(pid, signal.SIGKILL)
            return True
    return False


def kill_store(made: Installation, batch: str) -> bool:
    """True when the object store was killed; it is started again by the supervisor."""
    del batch
    with suppress(FileNotFoundError, ValueError, ProcessLookupError, KeyError):
        os.kill(_services(made)["object-store"], signal.SIGKILL)
        return True
    return False


def _services(made: Installation) -> dict[str, int]:
    return dict(json.loads((made.home / "run.json").read_text())["pids"])


def half_visible(made: Installation, catalog: Catalog, view: BatchView) -> set[str]:
    """The items of the batch that a reader may see, and that the folder store does not hold."""
    held = {path.parent.name for path in (made.home / "copy/ocfl").glob("*/*/*/*/inventory.json")}
    seen = {job.item_id for job in view.jobs if job.item_id}
    shown = {item for item in seen if (found := items.get(catalog, item)) and found.public}
    return {item for item in shown if f"info%3amuniment%2f{item}" not in held}


def judge(made: Installation, catalog: Catalog, folder: Path, batch: str, score: Score) -> None:
    """Compares what was delivered with what is there, item by item and store by store."""
    view = _view(catalog, batch)
    found = {job.folder: job.item_id for job in view.jobs if job.state == "published" and job.item_id}
    score.items += len(view.jobs)
    score.lost += ITEMS - len(found)
    score.doubled += len(found) - len(set(found.values()))
    stores = Workshop(Settings(home=made.home, stores="s3=embedded;copy=file:")).stores
    for name, item in found.items():
        wanted = sorted(hashlib.sha512(path.read_bytes()).hexdigest() for path in (folder / name).glob("*.tif"))
        for store in stores:
            inventory = read_inventory(store, object_id(item))
            state = inventory.state() if inventory else {}
            score.doubled += inventory is not None and inventory.head != 1
            score.differing += sorted(state[file] for file in state if file.startswith("masters/")) != wanted
            score.invalid += bool(verify_object(store, object_id(item)))
        shown = items.get(catalog, item)
        score.lost += shown is None or len(shown.item.pages) != PAGES


def deliver(made: Installation, folder: Path) -> str:
    """The id of the batch that was queued."""
    command = [muniment(), "ingest", str(folder), "--publish", "--json"]
    done = subprocess.run(command, env=made.environment, capture_output=True, text=True, check=True)
    return str(json.loads(done.stdout)["batch"])


def draw(folder: Path, words: str) -> Path:
    """A drop folder of small pages that no other has."""
    rows = []
    for number in range(ITEMS):
        (folder / f"item-{number}").mkdir(parents=True)
        for page in range(PAGES):
            image = Image.new("L", (900, 300), 250)
            ImageDraw.Draw(image).text((60, 100), f"{words} {number} {page}", fill=10)
            image.save(folder / f"item-{number}" / f"{page:04d}.tif", dpi=(300, 300))
        rows.append([f"item-{number}", f"{words} {number}", f"Letter {number}", "en", "Text", CC0])
    with (folder / "metadata.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [["item", "dc.identifier", "dc.title", "dc.language", "dc.type", "dc.rights"], *rows]
        )
    return folder


def _view(catalog: Catalog, batch: str) -> BatchView:
    view = batches.get(catalog, batch)
    if view is None:
        raise RuntimeError(f"the batch {batch} is not there")
    return view


if __name__ == "__main__":
    raise SystemExit(main())
