"""The text of real pages is as good as plain Tesseract's, row by row of the table of measured pages.

The program reads the files as they came, as it did for the table. The library, whose Tesseract is a later one, reads
what is prepared for it on our road, and must be no worse.
"""

from pathlib import Path

import pytest

from benchmarks.ground_truth import (
    Expectation,
    character_error_rate,
    expectations,
    ground_truth_of,
    scan_of,
    transcription,
)
from core.text import PageText
from images.render import READING, render_page
from ocr.models import available, find_program
from ocr.reading import read_page
from ocr.tesseract import TesseractEngine
from ocr.tesserocr_engine import TesserocrEngine

DATA = Path(__file__).resolve().parents[2].parent / "shared/data"
README = DATA / "README.md"
ROWS = expectations(README.read_text("utf-8")) if README.is_file() else ()
# Each page by the model that suits it: what English makes of Fraktur is chance.
BEST = tuple({row.page: row for row in sorted(ROWS, key=lambda row: -row.error_rate)}.values())
TOLERANCE = 0.005


def models_of(row: Expectation, tessdata: Path) -> tuple[str, ...]:
    models = tuple(row.models.split("+"))
    if missing := set(models) - set(available(tessdata)):
        pytest.skip(f"The models {sorted(missing)} are not on this machine.")
    return models


def rate(row: Expectation, text: PageText) -> float:
    return character_error_rate(transcription(ground_truth_of(DATA, row.page)), text.text)


@pytest.mark.scans
@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.page}-{row.models}")
def test_the_character_error_rate_is_that_of_the_table(row: Expectation, tessdata: Path) -> None:
    engine = TesseractEngine(find_program(), tessdata)
    models = models_of(row, tessdata)
    text = engine.recognise(scan_of(DATA, row.page), models, dpi=0, languages=(), seconds=300)
    assert rate(row, text) == pytest.approx(row.error_rate, abs=TOLERANCE)


@pytest.mark.scans
@pytest.mark.slow
@pytest.mark.parametrize("row", BEST, ids=lambda row: f"{row.page}-{row.models}")
def test_on_our_road_the_library_is_no_worse_than_the_table(row: Expectation, tessdata: Path, tmp_path: Path) -> None:
    engine, models = TesserocrEngine(tessdata), models_of(row, tessdata)
    rendered = render_page(scan_of(DATA, row.page), 0, tmp_path, prepare=True)
    dpi = round(rendered.reading_dpi or 0)
    text = read_page(engine, tmp_path / READING, models, dpi=dpi, languages=(), seconds=300)
    assert rate(row, text) <= row.error_rate + TOLERANCE
