"""Runs the benchmarks one after the other: `python -m benchmarks [--scans FOLDER] [--only NAME ...]`.

Each is a program of its own, prints one table, and saves what it measured in a file under `benchmarks/results/`.
"""

import argparse
import subprocess
import sys
from pathlib import Path

PAGES = "--scans"  # these are told which pages to take
BENCHMARKS = {
    "yardstick": ("The whole road against plain Tesseract and OCRmyPDF", True),
    "engines": ("The two OCR engines on the same pages", True),
    "reading": ("What is done to a page before it is read, and what that does to the text", False),
    "overhead": ("Everything but OCR, against the bare calls", True),
    "prefect_cost": ("What the flow engine costs", False),
    "tiles": ("Tiles under load", True),
    "growth": ("What grows with the holdings", False),
    "rebuild": ("What a rebuild of the catalogue costs while the holdings grow", True),
    "memory": ("What the processes hold", True),
    "audit_speed": ("How fast an audit reads", False),
    "startup": ("From `make run` in a fresh clone to the first visible item", False),
}


def main() -> int:
    """0 when every benchmark ran to its end; a figure that is bad is no failure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--scans", type=Path, help="a folder of drop folders; default: the real scans, or the samples")
    parser.add_argument("--only", nargs="+", choices=BENCHMARKS, default=list(BENCHMARKS))
    chosen = parser.parse_args()
    return max(_run(name, chosen.scans) for name in chosen.only)


def _run(name: str, scans: Path | None) -> int:
    title, takes_pages = BENCHMARKS[name]
    print(f"\n# {title}\n", flush=True)
    arguments = [PAGES, str(scans)] if scans and takes_pages else []
    return subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *arguments], check=False).returncode


raise SystemExit(main())
