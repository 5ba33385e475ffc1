"""What the picture that OCR gets costs to read, and how well it is read: variant by variant, page by page.

`python -m benchmarks.reading [--data FOLDER] [--engine tesserocr|pytesseract] [--variants before,rule] [--only TEXT]`.
FOLDER holds `scans`, `ground-truth` and a README with the table of measured pages. All variants of a page are read in
turn, so that their CPU seconds can be compared. "before" is the page's own pixels read by the program, as the table's
figures were made; the others are read by the chosen engine: "as is" its own pixels, "grey" and "1 bit" what their names
say, "300 dpi" reduced by the resolution that the file claims, "rule" what the product does. A page with a transcription
is judged by its character error rate (CER), another by its words of three and more letters.
"""

import argparse
import re
import resource
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks.ground_truth import character_error_rate, expectations, ground_truth_of, scan_of, transcription
from benchmarks.tables import save, table
from core.images import ImageFacts
from core.limits import PageLimits
from core.text import PageText
from images import colour, facts, reading
from images.decode import open_page, upright
from images.reading import Reading
from images.vips import listening
from ingest.batches import read_batch
from ingest.describe import describe, wants_text
from ocr.engine import Engine
from ocr.models import available, choose, find_program, gather
from ocr.reading import read_page
from ocr.tesseract import TesseractEngine

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
WORD = re.compile(r"[^\W\d_]{3,}")
SECONDS = 900
FAR_ABOVE = 1.5


@dataclass(frozen=True, slots=True)
class Page:
    """A page that is read, its models, and its transcription where there is one."""

    name: str
    path: Path
    index: int
    models: tuple[str, ...]
    truth: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How a variant of a page was read: CPU seconds of the engine, words, mean confidence, and what was right."""

    page: str
    variant: str
    cpu_seconds: float
    words: int
    again: float  # the share of the words of the first variant that are found again
    confidence: float
    error_rate: float | None


def as_is(own: Any, page: ImageFacts) -> Reading:
    """The page's own pixels in their own colours."""
    return Reading(own, 1 if page.mode == "1" else 8, page.dpi or 0)


def grey(own: Any, page: ImageFacts) -> Reading:
    """Without colour."""
    return Reading(reading.grey(own), 1 if page.mode == "1" else 8, page.dpi or 0)


def one_bit(own: Any, page: ImageFacts) -> Reading:
    """Black and white, whatever the size."""
    picture = reading.grey(own).copy_memory()
    limit = 127 if page.mode == "1" else reading.threshold(reading.histogram(picture))
    return Reading(picture > limit, 1, page.dpi or 0)


def by_resolution(own: Any, page: ImageFacts) -> Reading:
    """Grey, and reduced to 300 dots an inch where the file claims far more."""
    picture, dpi = reading.grey(own), page.dpi or 0
    if dpi < FAR_ABOVE * reading.USUAL_DPI:
        return grey(own, page)
    scale = dpi / reading.USUAL_DPI
    return Reading(picture.resize(1 / scale).cast("uchar"), 8, reading.USUAL_DPI, scale)


def rule(own: Any, page: ImageFacts) -> Reading:
    """What the product makes of it."""
    return reading.for_engine(reading.grey(own).copy_memory(), page)


VARIANTS: dict[str, Callable[[Any, ImageFacts], Reading]] = {
    "before": as_is,
    "as is": as_is,
    "grey": grey,
    "1 bit": one_bit,
    "300 dpi": by_resolution,
    "rule": rule,
}


def pages(data: Path, models: Sequence[str]) -> Iterator[Page]:
    """Every page with a transcription, by the models of the table, and every other page that would be read."""
    rows = expectations((data / "README.md").read_text("utf-8"))
    chosen = {row.page: row.models for row in sorted(rows, key=lambda row: row.models != "eng")}
    for name, model in chosen.items():
        truth = transcription(ground_truth_of(data, name))
        yield Page(name, scan_of(data, name), 0, tuple(model.split("+")), truth)
    known = {scan_of(data, name) for name in chosen}
    for folder in sorted(path.parent for path in (data / "scans").glob("*/metadata.csv")):
        for submission in read_batch(folder).submissions:
            item, _ = describe(submission, folder.name)
            choice = choose(item.languages, item.ocr_model, models).models
            for file in submission.files if wants_text(item) and choice else ():
                for page in facts.read_facts(file.path, PageLimits()).pages if file.path not in known else ():
                    yield Page(f"{folder.name}/{item.source_key}/{page.index + 1}", file.path, page.index, choice)


def measure(page: Page, names: Sequence[str], engines: dict[str, Engine], scratch: Path) -> list[Row]:
    """The page's variants, read in turn."""
    with listening():
        source = open_page(page.path, page.index)
        own = colour.for_reading(source.image.copy_memory())
        own = own.extract_band(1) if own.bands == 3 and not source.facts.colour else own
        own = upright(own, source.facts).copy_memory()
        rows, first = list[Row](), Counter[str]()
        for name in names:
            made = VARIANTS[name](own, source.facts)
            made.image.pngsave(str(scratch / "page.png"), compression=1, filter="none", bitdepth=made.bits, keep="none")
            engine = engines["before" if name == "before" else "after"]
            begun = cpu_seconds()
            text = read_page(
                engine, scratch / "page.png", page.models, dpi=round(made.dpi), languages=(), seconds=SECONDS
            )
            spent = cpu_seconds() - begun
            first = first or Counter(WORD.findall(text.text.lower()))
            rows.append(judged(page, name, text, spent, first))
    return rows


def judged(page: Page, name: str, text: PageText, spent: float, first: Counter[str]) -> Row:
    """What the text is worth."""
    words = Counter(WORD.findall(text.text.lower()))
    return Row(
        page=page.name,
        variant=name,
        cpu_seconds=spent,
        words=words.total(),
        again=(words & first).total() / max(first.total(), 1),
        confidence=mean([word.confidence for word in text.words()] or [0.0]),
        error_rate=character_error_rate(page.truth, text.text) if page.truth else None,
    )


def cpu_seconds() -> float:
    """What this process and its ended children have used."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def report(rows: Sequence[Row], names: Sequence[str], engine: str) -> None:
    """Prints a line a page and the means, and saves all of it."""
    by_page: dict[str, dict[str, Row]] = {}
    for row in rows:
        by_page.setdefault(row.page, {})[row.variant] = row
    columns = ["page", *(f"{what} {name}" for name in names for what in ("CER", "words", "CPU s"))]
    lines: list[list[object]] = [
        [page, *(cell for name in names for cell in _cells(found[name]))] for page, found in by_page.items()
    ]
    sums = [[row for row in rows if row.variant == name] for name in names]
    lines.append(["mean CER, all words, all CPU", *(cell for group in sums for cell in _total(group))])
    print(table(columns, lines))
    print(f"Saved as {save('reading', {'engine': engine, 'rows': [asdict(row) for row in rows]})}.")


def _cells(row: Row) -> tuple[str, int, float]:
    rate = "-" if row.error_rate is None else f"{row.error_rate:.3f}"
    return rate, row.words, row.cpu_seconds


def _told(row: Row) -> str:
    rate, words, cpu = _cells(row)
    return f"{row.page}, {row.variant}: CER {rate}, {words} words ({row.again:.3f} again), {cpu:.1f} CPU s"


def _total(rows: Sequence[Row]) -> tuple[object, ...]:
    rates = [row.error_rate for row in rows if row.error_rate is not None]
    return f"{mean(rates):.3f}" if rates else "-", sum(row.words for row in rows), sum(row.cpu_seconds for row in rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Every page, or those whose name has a text in it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--engine", choices=("tesserocr", "pytesseract"), default="tesserocr")
    parser.add_argument("--variants", default="before,rule", help=", ".join(VARIANTS))
    parser.add_argument("--only", default="", help="a part of the page's name")
    chosen = parser.parse_args(arguments)
    names, rows = chosen.variants.split(","), list[Row]()
    with tempfile.TemporaryDirectory(prefix="muniment-reading-") as scratch:
        models = Path(scratch) / "tessdata"
        gather(models)
        program = TesseractEngine(find_program(), models)
        engines: dict[str, Engine] = {"before": program, "after": program}
        if chosen.engine == "tesserocr":
            from ocr.tesserocr_engine import TesserocrEngine

            engines["after"] = TesserocrEngine(models)
        for page in pages(chosen.data, available(models)):
            if chosen.only in page.name:
                rows += measure(page, names, engines, Path(scratch))
                print(*(_told(row) for row in rows[-len(names) :]), sep="\n", file=sys.stderr, flush=True)
    report(rows, names, chosen.engine)


if __name__ == "__main__":
    main()
