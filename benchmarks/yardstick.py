"""The whole road against plain Tesseract: the same pages, the same models, two at a time, in one run.

The yardstick: of every page that ours reads (items of type Image or StillImage alone are read by neither) one upright
PNG is made before the clock starts; then `tesseract IMAGE OUT -l LANG txt alto` of the system's build, two at a time,
`OMP_THREAD_LIMIT=1`, large pages first. Ours starts from the original files and ends when `muniment ingest --wait`
does: stored twice, read, derived, described and published, with a warm `muniment run`. Ratios are ours over plain.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from benchmarks.installation import Cost, Installation, running
from benchmarks.machine import own_children_cpu_seconds
from benchmarks.originals import write_pages
from benchmarks.tables import save, table
from ingest.batches import read_batch
from ingest.describe import describe, wants_text
from ocr.models import available, choose, gather

AT_A_TIME = 2
COLUMNS = ("batch", "pages", "read", "Mpx", "plain s", "ours s", "ratio", "plain CPU s", "ours CPU s", "CPU ratio")
SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "batch"


@dataclass(frozen=True, slots=True)
class PlainPage:
    """A page for plain Tesseract: its PNG, size and models ("deu+eng")."""

    png: Path
    megapixels: float
    models: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One batch: pages that ours took in, pages that both read, and what each spent."""

    batch: str
    pages: int | None
    read: int
    megapixels: float
    plain: Cost
    ours: Cost | None = None
    differences: tuple[str, ...] = ()

    @property
    def cells(self) -> tuple[object, ...]:
        """The row of the table."""
        plain = self.plain
        seconds, cpu = (self.ours.seconds, self.ours.cpu_seconds) if self.ours else (None, None)
        return (
            *(self.batch, self.pages, self.read, self.megapixels, plain.seconds, seconds),
            *(_ratio(seconds, plain.seconds), plain.cpu_seconds, cpu, _ratio(cpu, plain.cpu_seconds)),
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every batch below `--scans` and print one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.yardstick", description=__doc__)
    parser.add_argument("--scans", type=Path, help="a folder of drop folders, or one drop folder; default: the samples")
    parser.add_argument("--plain-only", action="store_true", help="measure plain Tesseract alone")
    chosen = parser.parse_args(arguments)
    folders = batches(chosen.scans or SAMPLES)
    with tempfile.TemporaryDirectory(prefix="muniment-yardstick-") as scratch:
        rows = measure_plain(folders, Path(scratch)) if chosen.plain_only else measure(folders, Path(scratch))
    report(rows)


def batches(folder: Path) -> list[Path]:
    """The drop folders in `folder`: itself when it holds `metadata.csv`, else those of its folders that do."""
    if (folder / "metadata.csv").is_file():
        return [folder]
    found = sorted(path.parent for path in folder.glob("*/metadata.csv"))
    if not found:
        raise SystemExit(f'There is no drop folder with a "metadata.csv" in "{folder}": name one with --scans.')
    return found


def measure(folders: Sequence[Path], scratch: Path) -> list[Row]:
    """Plain Tesseract and ours for each batch in turn, after a small warm-up of ours."""
    with running(scratch / "home") as installation:
        installation.ingest(small_batch(scratch / "warm-up"))
        return [_compare(folder, installation, scratch) for folder in folders]


def measure_plain(folders: Sequence[Path], scratch: Path) -> list[Row]:
    """Plain Tesseract alone."""
    models = scratch / "tessdata"
    gather(models)
    rows = []
    for folder in folders:
        with tempfile.TemporaryDirectory(dir=scratch) as pngs:
            pages = prepare(folder, Path(pngs), available(models))
            rows.append(_row(folder.name, pages, read_plainly(pages, models)))
    return rows


def _compare(folder: Path, installation: Installation, scratch: Path) -> Row:
    models = installation.home / "tessdata"
    with tempfile.TemporaryDirectory(dir=scratch) as pngs:
        pages = prepare(folder, Path(pngs), available(models))
        plain = read_plainly(pages, models)
    answer, ours = installation.ingest(folder)
    items = answer["items"]
    seconds = f"plain {plain.seconds:.1f} s, ours {ours.seconds:.1f} s, ratio {ours.seconds / plain.seconds:.2f}"
    cpu = f"CPU {plain.cpu_seconds:.1f} s and {ours.cpu_seconds:.1f} s"
    print(f"{folder.name}: {seconds}; {cpu}", file=sys.stderr, flush=True)
    return replace(
        _row(folder.name, pages, plain),
        pages=sum(item["pages"] for item in items if item["state"] == "published"),
        ours=ours,
        differences=tuple(_differences(items, pages)),
    )


def _row(batch: str, pages: dict[str, list[PlainPage]], plain: Cost) -> Row:
    read = [page for of_item in pages.values() for page in of_item]
    return Row(batch=batch, pages=None, read=len(read), megapixels=sum(page.megapixels for page in read), plain=plain)


def _differences(items: Sequence[dict[str, Any]], pages: dict[str, list[PlainPage]]) -> list[str]:
    """What makes the two numbers incomparable: an item that ours did not publish, or counts other pages in."""
    found = []
    for item in items:
        if item["state"] != "published":
            found.append(f'"{item["item"]}" is {item["state"]}, not published.')
        elif item["item"] in pages and len(pages[item["item"]]) != item["pages"]:
            found.append(f'"{item["item"]}" has {item["pages"]} pages for us and {len(pages[item["item"]])} here.')
    return found


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


def small_batch(folder: Path) -> Path:
    """A drop folder of four one-page letters, made here, to warm up with."""
    rows = ["item,dc.title,dc.type,dc.language,dc.rights"]
    rights = "http://creativecommons.org/publicdomain/zero/1.0/"
    for number in range(4):
        name = f"warm-up-{number}"
        image = Image.new("L", (1700, 2200), 244)
        text = "\n".join(f"Line {line} of the letter {number} that warms the engine." for line in range(24))
        ImageDraw.Draw(image).multiline_text((200, 200), text, fill=20, font=ImageFont.load_default(44), spacing=24)
        (folder / name).mkdir(parents=True)
        image.save(folder / name / "0001.tif", dpi=(200, 200))
        rows.append(f"{name},Warm-up {number},Text,en,{rights}")
    (folder / "metadata.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def report(rows: Sequence[Row]) -> None:
    """Print the table with its sum, say what differs, and save all of it."""
    total = Row(
        batch="all",
        pages=None if any(row.pages is None for row in rows) else sum(row.pages or 0 for row in rows),
        read=sum(row.read for row in rows),
        megapixels=sum(row.megapixels for row in rows),
        plain=_sum([row.plain for row in rows]),
        ours=None if any(row.ours is None for row in rows) else _sum([row.ours for row in rows if row.ours]),
    )
    print(table(COLUMNS, [row.cells for row in [*rows, total]]))
    print("pages: taken in and published by us; read: pages of items that both read; ratio: ours over plain Tesseract.")
    for row in rows:
        for difference in row.differences:
            print(f"Not comparable in {row.batch}: {difference}")
    place = save("yardstick", {"rows": [asdict(row) for row in rows], "total": asdict(total)})
    print(f"Saved as {place}.")


def _sum(costs: Sequence[Cost]) -> Cost:
    return Cost(sum(cost.seconds for cost in costs), sum(cost.cpu_seconds for cost in costs))


def _ratio(ours: float | None, plain: float) -> float | None:
    return ours / plain if ours and plain else None


if __name__ == "__main__":
    main()
