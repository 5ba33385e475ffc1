"""Runs the benchmarks: `python -m benchmarks [--scans FOLDER] [--only yardstick|startup]`."""

import argparse
from pathlib import Path

from benchmarks import startup, yardstick


def main() -> None:
    """One after the other, each with its table and its file under benchmarks/results/."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--scans", type=Path, help="a folder of drop folders; default: the samples")
    parser.add_argument("--only", choices=("yardstick", "startup"))
    chosen = parser.parse_args()
    if chosen.only != "startup":
        print("# The whole road against plain Tesseract\n", flush=True)
        yardstick.main(["--scans", str(chosen.scans)] if chosen.scans else [])
    if chosen.only != "yardstick":
        print("\n# From `make run` in a fresh clone to the first visible item\n", flush=True)
        startup.main([])


main()
