"""The text of real pages is as good as plain Tesseract's, row by row of the table of measured pages."""

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
from ocr.models import available, find_program
from ocr.tesseract import TesseractEngine

DATA = Path(__file__).resolve().parents[2].parent / "shared/data"
README = DATA / "README.md"
ROWS = expectations(README.read_text("utf-8")) if README.is_file() else ()
TOLERANCE = 0.005


@pytest.mark.scans
@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.page}-{row.models}")
def test_the_character_error_rate_is_that_of_the_table(row: Expectation, tessdata: Path) -> None:
    models = tuple(row.models.split("+"))
    if missing := set(models) - set(available(tessdata)):
        pytest.skip(f"The models {sorted(missing)} are not on this machine.")
    engine = TesseractEngine(find_program(), tessdata)
    text = engine.recognise(scan_of(DATA, row.page), models, dpi=0, languages=(), seconds=300)
    rate = character_error_rate(transcription(ground_truth_of(DATA, row.page)), text.text)
    assert rate == pytest.approx(row.error_rate, abs=TOLERANCE)
