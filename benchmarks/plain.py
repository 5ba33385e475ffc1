"""Plain Tesseract on the pages of a drop folder: what they are turned into, and what reading them costs."""

import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.installation import Cost
from benchmarks.machine import own_children_cpu_seconds
from benchmarks.originals import write_pages
from ingest.batches import read_batch
from ingest.describe import describe, wants_text
from ocr.models import choose

AT_A_TIME = 2


@dataclass(frozen=True, slots=True)
class PlainPage:
    """A page for plain Tesseract: its PNG, size and models ("deu+eng")."""

    png: Path
    megapixels: float
    models: str


def prepare(folder: Path, pngs: Path, models: Sequence[str]) -> dict[str, list[PlainPage]]:
    """The pages of every item that ours reads, as PNG, by the item's folder name."""
    batch = read_batch(folder)
    prepared = {}
    for number, submission in enumerate(batch.submissions):
        item, _ = describe(submission, batch.name)
        choice = choose(item.languages, item.ocr_model, models)
        if not (wants_text(item) and choice.models):
            continue
        name = "+".join(choice.models)
        prepared[submission.folder] = [
            PlainPage(page.png, page.megapixels, name)
            for place, file in enumerate(submission.files)
            for page in write_pages(file.path, pngs, f"{number}-{place}")
        ]
    return prepared


def read_plainly(pages: dict[str, list[PlainPage]], tessdata: Path) -> Cost:
    """What plain Tesseract spends on all pages, two at a time, large pages first.

    Raises:
        subprocess.CalledProcessError: it failed on a page; no figure is better than a wrong one.
    """
    program = system_tesseract()
    longest_first = sorted((page for item in pages.values() for page in item), key=lambda page: -page.megapixels)
    clock, cpu = time.monotonic(), own_children_cpu_seconds()
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        list(pool.map(lambda page: _read(program, page, tessdata), longest_first))
    return Cost(time.monotonic() - clock, own_children_cpu_seconds() - cpu)


def _read(program: Path, page: PlainPage, tessdata: Path) -> None:
    subprocess.run(
        [program, page.png, page.png.with_suffix(""), "-l", page.models, "txt", "alto"],
        env={**os.environ, "OMP_THREAD_LIMIT": "1", "TESSDATA_PREFIX": str(tessdata)},
        capture_output=True,
        check=True,
    )


def system_tesseract() -> Path:
    """The system's Tesseract; SystemExit when there is none, because then there is no yardstick."""
    found = shutil.which("tesseract", path="/usr/bin:/usr/local/bin")
    if found is None:
        raise SystemExit("The yardstick is the system's Tesseract, and there is none: install tesseract-ocr.")
    return Path(found)
