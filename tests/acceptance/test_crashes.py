"""Killed in the middle, with the real store, worker, supervisor and database: nothing lost, doubled or half visible."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ocfl.storage_root import StorageRoot

from benchmarks import crashes
from benchmarks.installation import Installation
from benchmarks.replaying import engine
from catalog import items
from catalog.database import open_catalog

pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.timeout(900)]

ROOT = Path(__file__).resolve().parents[2]
ROAD = ROOT / "tests/workflow/crash_road.py"
KILLS, SEED = 5, 1
# Where the object store differs from a folder: conditional writes, copies within it, a barrier of its own. All other
# boundaries are walked on folders in tests/workflow/test_crashing.py.
STEPS = [
    "reserve.done",
    "s3.put_file.stage.before",
    "s3.put_file.stage.after",
    "s3.copy.content.before",
    "s3.copy.content.after",
    "s3.put_bytes.claim.before",
    "s3.put_bytes.claim.after",
    "s3.replace.root.before",
    "s3.replace.root.after",
    "s3.replace.root-sidecar.after",
    "s3.barrier.all.before",
    "copy.put_file.content.after",
    "copy.replace.root.before",
    "copy.replace.root.after",
    "shelve.stored",
    "shelve.saved",
    "s3.delete.stage.before",
]


@pytest.fixture(scope="module")
def fragile(
    make_muniment: Any, leave_nobody: Callable[[Any], None], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """An installation whose OCR program replays a recorded result."""
    folder = tmp_path_factory.mktemp("fragile")
    replaying = engine(folder / "tesseract", seconds=crashes.PAGE_SECONDS)
    made = make_muniment(folder / "home", MUNIMENT_TESSERACT=str(replaying))
    try:
        made.start()
        yield made
        made.stop()
    finally:
        leave_nobody(made)


def assert_valid(made: Any, wanted: int) -> None:
    """Every object of the folder store is good in the eyes of an independent validator."""
    found = StorageRoot(root=str(made.home / "copy/ocfl"))
    assert found.validate(log_warnings=True)
    assert (found.num_objects, found.good_objects, found.errors) == (wanted, wanted, [])


def test_five_kills_at_random_moments_of_a_batch(fragile: Any, tmp_path: Path) -> None:
    made = Installation(fragile.home, fragile.url, fragile.environment, fragile.process.pid)
    score = crashes.suite(made, tmp_path, crashes.kill_worker, KILLS, SEED)
    assert (score.kills, score.clean) == (KILLS, True), score
    assert_valid(fragile, score.items)


def test_every_step_boundary_of_the_object_store_once(fragile: Any, tmp_path: Path) -> None:
    folder = crashes.draw(tmp_path / "steps", "steps")
    before = len(_public(fragile))
    assert walk(fragile, "prepare", folder) == 0
    died = walk(fragile, "deliver", folder, crash_at=",".join(STEPS))
    marks = {path.name for path in (fragile.home / "crashed").iterdir()}
    assert (marks, died > len(STEPS) / 2) == (set(STEPS), True)
    walk(fragile, "recover", folder)
    assert len(_public(fragile)) == before + crashes.ITEMS
    assert_valid(fragile, before + crashes.ITEMS)
    audit = fragile.cli("audit", "--all", "--json")
    assert (audit.status, audit.json["alerts"], audit.json["unexpected"]) == (0, [], 0)


def walk(made: Any, stretch: str, folder: Path, *, crash_at: str = "") -> int:
    """How many processes died on a stretch of the road."""
    ours = {"ROAD_STORES": "s3=embedded;copy=file:", "MUNIMENT_CRASH_AT": crash_at}
    done = subprocess.run(
        [sys.executable, str(ROAD), str(made.home), stretch, str(folder)],
        env={**os.environ, **made.environment, **ours},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def _public(made: Any) -> list[str]:
    catalog = open_catalog(f"sqlite:///{made.home / 'catalog.db'}")
    try:
        return [card.id for card in items.newest(catalog, limit=1000)]
    finally:
        catalog.close()
