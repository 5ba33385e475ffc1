"""An OCR program that replays a recorded result: for suites that are about anything but the words."""

import sys
from pathlib import Path

COLUMNS = ["level", "page_num", "block_num", "par_num", "line_num", "word_num"]
COLUMNS += ["left", "top", "width", "height", "conf", "text"]
LINE = [(1, 1, 0, 0, 0, 0, 0, 0, 900, 300, -1, ""), (2, 1, 0, 0, 0, 0, 60, 100, 300, 70, -1, "")]
LINE += [(3, 1, 1, 0, 0, 0, 60, 100, 300, 70, -1, ""), (4, 1, 1, 1, 0, 0, 60, 100, 300, 70, -1, "")]
WORDS = [(5, 1, 1, 1, 1, 60, 100, 140, 70, 96.5, "Recorded"), (5, 1, 1, 1, 2, 220, 100, 140, 70, 95.1, "words")]
PROGRAM = """#!{python} -S
import os, sys, time
if len(sys.argv) < 3 or not os.path.isfile(sys.argv[1]):
    print("tesseract 5.5.0")
    sys.exit(0)
time.sleep({seconds})
with open(sys.argv[2] + ".tsv", "w", encoding="utf-8") as answer:
    answer.write({tsv!r})
"""


def engine(place: Path, *, seconds: float = 0.0) -> Path:
    """A program at this place that takes so long for each page and then says the same words of each."""
    place.write_text(PROGRAM.format(python=sys.executable, seconds=seconds, tsv=recorded()))
    place.chmod(0o755)
    return place


def recorded() -> str:
    """Two words in one line, as Tesseract writes them."""
    rows = [*LINE, *((level, 1, *place) for level, *place in WORDS)]
    return "".join("\t".join(map(str, row)) + "\n" for row in [COLUMNS, *rows])
