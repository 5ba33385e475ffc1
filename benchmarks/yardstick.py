"""The whole road against plain Tesseract and OCRmyPDF: the same pages, the same models, two at a time, in one run.

The yardstick: of every page that ours reads (items of type Image or StillImage alone are read by neither) one upright
PNG is made before the clock starts; then `tesseract IMAGE OUT -l LANG txt alto` of the system's build, two at a time,
`OMP_THREAD_LIMIT=1`, large pages first. Ours starts from the original files and ends when `muniment ingest --wait`
does: stored twice, read, derived, described and published, with a warm `muniment run`. CPU is that of
the whole tree of processes. OCRmyPDF is measured when its program is named (`benchmarks.rivals` says how it is run).
Ratios are ours over theirs.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.deliveries import batches, small_batch, standard, together
from benchmarks.installation import Cost, Installation, running
from benchmarks.plain import PlainPage, prepare, read_plainly
from benchmarks.rivals import make_pdfs, read_pdfs
from benchmarks.tables import save, table
from ocr.models import available, gather

COLUMNS = (
    *("batch", "pages", "read", "Mpx", "plain s", "ours s", "ratio", "plain CPU s", "ours CPU s", "CPU ratio"),
    *("OCRmyPDF s", "ratio to it", "OCRmyPDF CPU s", "CPU ratio to it"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One batch: pages that ours took in, pages that both read, and what each spent."""

    batch: str
    pages: int | None
    read: int
    megapixels: float
    plain: Cost
    ours: Cost | None = None
    rival: Cost | None = None
    differences: tuple[str, ...] = ()

    @property
    def cells(self) -> tuple[object, ...]:
        """The row of the table."""
        plain = self.plain
        seconds, cpu = _of(self.ours)
        rival, rival_cpu = _of(self.rival)
        return (
            *(self.batch, self.pages, self.read, self.megapixels, plain.seconds, seconds),
            *(_ratio(seconds, plain.seconds), plain.cpu_seconds, cpu, _ratio(cpu, plain.cpu_seconds)),
            *(rival, _ratio(seconds, rival), rival_cpu, _ratio(cpu, rival_cpu)),
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every batch below `--scans` and print one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.yardstick", description=__doc__)
    parser.add_argument("--scans", type=Path, help="a folder of drop folders, or one drop folder")
    parser.add_argument("--together", action="store_true", help="all drop folders as one delivery")
    parser.add_argument("--item", help="this item alone")
    parser.add_argument("--ocrmypdf", type=Path, metavar="PROGRAM", help="measure this OCRmyPDF too")
    parser.add_argument("--plain-only", action="store_true", help="measure plain Tesseract alone")
    chosen = parser.parse_args(arguments)
    folders = batches(chosen.scans or standard())
    with tempfile.TemporaryDirectory(prefix="muniment-yardstick-") as place:
        scratch = Path(place)
        if chosen.together or chosen.item:
            (scratch / "all").mkdir()
            folders = [together(folders, scratch / "all", chosen.item)]
        rows = measure_plain(folders, scratch) if chosen.plain_only else measure(folders, scratch, chosen.ocrmypdf)
    report(rows, "-".join(("yardstick", *filter(None, [chosen.item, chosen.together and "together"]))))


def measure(folders: Sequence[Path], scratch: Path, rival: Path | None = None) -> list[Row]:
    """The others and ours for each batch in turn, after a small warm-up of ours."""
    with running(scratch / "home") as installation:
        installation.ingest(small_batch(scratch / "warm-up"))
        return [_compare(folder, installation, scratch, rival) for folder in folders]


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


def _compare(folder: Path, installation: Installation, scratch: Path, program: Path | None) -> Row:
    models = installation.home / "tessdata"
    with tempfile.TemporaryDirectory(dir=scratch) as pngs:
        pages = prepare(folder, Path(pngs), available(models))
        plain = read_plainly(pages, models)
        rival = _rival(pages, Path(pngs), models, program) if program else None
    answer, ours = installation.ingest(folder)
    items = answer["items"]
    row = replace(
        _row(folder.name, pages, plain),
        pages=sum(item["pages"] for item in items if item["state"] == "published"),
        ours=ours,
        rival=rival,
        differences=tuple(_differences(items, pages)),
    )
    print(table(COLUMNS, [row.cells]), file=sys.stderr, flush=True)
    return row


def _rival(pages: dict[str, list[PlainPage]], folder: Path, models: Path, program: Path) -> Cost:
    pdfs = make_pdfs({item: [page.png for page in found] for item, found in pages.items()}, folder / "pdf", program)
    return read_pdfs(pdfs, {item: found[0].models for item, found in pages.items()}, models, program)


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


def report(rows: Sequence[Row], name: str = "yardstick") -> None:
    """Print the table with its sum, say what differs, and save all of it."""
    total = Row(
        batch="all",
        pages=None if any(row.pages is None for row in rows) else sum(row.pages or 0 for row in rows),
        read=sum(row.read for row in rows),
        megapixels=sum(row.megapixels for row in rows),
        plain=_sum([row.plain for row in rows]),
        ours=None if any(row.ours is None for row in rows) else _sum([row.ours for row in rows if row.ours]),
        rival=None if any(row.rival is None for row in rows) else _sum([row.rival for row in rows if row.rival]),
    )
    print(table(COLUMNS, [row.cells for row in [*rows, total]]))
    print("pages: taken in and published by us; read: pages of items that both read; ratio: ours over theirs.")
    for row in rows:
        for difference in row.differences:
            print(f"Not comparable in {row.batch}: {difference}")
    place = save(name, {"rows": [asdict(row) for row in rows], "total": asdict(total)})
    print(f"Saved as {place}.")


def _sum(costs: Sequence[Cost]) -> Cost:
    return Cost(sum(cost.seconds for cost in costs), sum(cost.cpu_seconds for cost in costs))


def _of(cost: Cost | None) -> tuple[float | None, float | None]:
    return (cost.seconds, cost.cpu_seconds) if cost else (None, None)


def _ratio(ours: float | None, theirs: float | None) -> float | None:
    return ours / theirs if ours and theirs else None


if __name__ == "__main__":
    main()
