"""Which engine reads, and what the doctor says of it."""

from pathlib import Path

import pytest

from core.limits import PageLimits
from core.settings import Settings
from ocr.models import find_program
from ocr.tesserocr_engine import version
from workflow import doctor, engines
from workflow.checks import Check
from workflow.engines import Reader
from workflow.pool import PagePool
from workflow.workshop import Workshop


def reader(settings: Settings, **changed: object) -> Reader:
    shop = Workshop(settings.model_copy(update=changed))
    try:
        assert shop.reader
        return shop.reader
    finally:
        shop.close()


def told(shop: Workshop) -> Check:
    (check,) = (check for check in doctor.examine(shop).checks if check.name == "text")
    return check


def test_the_library_reads_when_it_passes_its_trial(shop: Workshop) -> None:
    assert shop.reader == Reader("tesserocr", version(), "it passed its trial")
    assert shop.engine
    known = ", ".join(shop.engine.available)
    sentence = f"Tesseract {version()} (built into tesserocr: it passed its trial) reads: {known}."
    assert told(shop) == Check("text", True, sentence)


def test_what_the_operator_asks_for_is_taken(settings: Settings) -> None:
    why = "MUNIMENT_OCR_ENGINE asks for it"
    assert reader(settings, ocr_engine="tesserocr") == Reader("tesserocr", version(), why)
    assert reader(settings, ocr_engine="pytesseract") == Reader("pytesseract", "", why)


def test_a_program_that_the_operator_names_is_used(settings: Settings) -> None:
    program = str(find_program())
    assert reader(settings, tesseract=program) == Reader("pytesseract", "", "MUNIMENT_TESSERACT names its program")
    assert reader(settings, tesseract=program, ocr_engine="tesserocr").name == "tesserocr"


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Page processes find a tesserocr that ends them."""
    (tmp_path / "tesserocr.py").write_text("import os\nos.abort()\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


@pytest.mark.usefixtures("broken")
def test_a_library_that_crashes_leaves_the_reading_to_the_program(shop: Workshop) -> None:
    why = "the library is no use here: its process ended without an answer (crashed)"
    assert shop.reader == Reader("pytesseract", "", why)
    check = told(shop)
    assert check.ok
    assert why in check.sentence


@pytest.mark.usefixtures("broken")
def test_a_library_that_was_asked_for_and_is_no_use_is_told(settings: Settings) -> None:
    shop = Workshop(settings.model_copy(update={"ocr_engine": "tesserocr"}))
    check = told(shop)
    shop.close()
    assert not check.ok
    assert "MUNIMENT_OCR_ENGINE asks for it, but its process ended without an answer (crashed)" in check.sentence


def test_a_library_without_a_model_is_no_use(tmp_path: Path) -> None:
    pool = PagePool(1, PageLimits())
    try:
        engine = engines.Engine(find_program(), tmp_path, ("eng",))
        found = engines.choose(Settings(home=tmp_path), engine, pool)
    finally:
        pool.close()
    assert (found.name, found.works) == ("pytesseract", True)
    assert "One of the OCR models (eng) is not there" in found.why
