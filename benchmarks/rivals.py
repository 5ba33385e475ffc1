"""OCRmyPDF on the same pages: one PDF an item, made by img2pdf before the clock starts, then read with two jobs.

It stands in an environment of its own, as it is no part of Muniment: `pip install ocrmypdf img2pdf`. Its images are
stored as they are (`-O0`), no PDF/A is made, and the text goes into a sidecar: the cheapest that gives pages with text.
"""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.installation import Cost
from benchmarks.machine import own_children_cpu_seconds

JOBS = 2


def make_pdfs(items: Mapping[str, Sequence[Path]], folder: Path, program: Path) -> dict[str, Path]:
    """One PDF an item from its PNGs, by the img2pdf beside the program; none of this is measured.

    Raises:
        SystemExit: there is no img2pdf beside the program.
    """
    maker = program.parent / "img2pdf"
    if not maker.exists():
        raise SystemExit(f'There is no img2pdf beside "{program}": install it in the same environment.')
    folder.mkdir(parents=True, exist_ok=True)
    made = {}
    for number, (item, pngs) in enumerate(items.items()):
        made[item] = folder / f"{number}.pdf"
        subprocess.run([maker, *map(str, pngs), "-o", made[item]], check=True, capture_output=True)
    return made


def read_pdfs(pdfs: Mapping[str, Path], models: Mapping[str, str], tessdata: Path, program: Path) -> Cost:
    """What the program spends on all PDFs, one after the other, each with two jobs.

    Raises:
        subprocess.CalledProcessError: it failed on an item; no figure is better than a wrong one.
    """
    clock, cpu = time.monotonic(), own_children_cpu_seconds()
    for item, pdf in pdfs.items():
        _read(program, pdf, models[item], tessdata)
    return Cost(time.monotonic() - clock, own_children_cpu_seconds() - cpu)


def _read(program: Path, pdf: Path, models: str, tessdata: Path) -> None:
    arguments = ["--jobs", str(JOBS), "--output-type", "pdf", "-O0", "--sidecar", str(pdf.with_suffix(".txt"))]
    subprocess.run(
        [program, *arguments, "-l", models, pdf, pdf.with_suffix(".read.pdf")],
        env={**os.environ, "OMP_THREAD_LIMIT": "1", "TESSDATA_PREFIX": str(tessdata)},
        capture_output=True,
        check=True,
    )
