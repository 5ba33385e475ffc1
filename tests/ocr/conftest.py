"""Page images, fake programs and texts for the tests of recognition."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from core.text import Block, Box, Engine, Line, PageText, Word
from ocr.models import gather

MakeProgram = Callable[[str], Path]


@pytest.fixture(scope="session")
def tessdata(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The models of this machine, of which English and German are always there."""
    folder = tmp_path_factory.mktemp("models") / "tessdata"
    gather(folder)
    return folder


@pytest.fixture(scope="session")
def printed_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two paragraphs in a large print at 150 dpi, in a folder whose name has a blank."""
    image = Image.new("L", (900, 420), 255)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(44)
    for top, text in ((40, "The quick brown fox"), (100, "jumps over the dog."), (280, "A second paragraph")):
        draw.text((60, top), text, fill=0, font=font)
    path = tmp_path_factory.mktemp("page of print") / "page.png"
    image.save(path, dpi=(150, 150))
    return path


@pytest.fixture
def make_program(tmp_path: Path) -> MakeProgram:
    """Writes a fake Tesseract that tells a version and then does as the shell script says ($2 is the output base)."""

    def make(script: str) -> Path:
        program = tmp_path / "fake tesseract"
        program.write_text(f'#!/bin/sh\nif [ "$1" = --version ]; then echo tesseract 9.9; exit; fi\n{script}\n')
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return program

    return make


@pytest.fixture
def kant() -> PageText:
    """A page of two blocks with umlauts, Greek and the long s."""
    greek = Box(100, 400, 300, 40)
    return PageText(
        1000,
        1500,
        (
            Block(
                Box(100, 100, 700, 130),
                (
                    Line(
                        Box(100, 100, 700, 50),
                        (Word("Aufklärung", Box(100, 100, 400, 50), 0.9567), Word("iſt", Box(540, 104, 260, 46), 1.0)),
                    ),
                    Line(Box(100, 180, 300, 50), (Word("Ausgang", Box(100, 180, 300, 50), 0.5),)),
                ),
            ),
            Block(greek, (Line(greek, (Word("λόγος", greek, 0.0),)),)),
        ),
        ("de-Latf",),
        Engine("tesseract", "5.3.0", (("frk", "ab" * 32), ("script/Fraktur", "01" * 32))),
    )


_lengths = st.integers(0, 20_000)
_boxes = st.builds(Box, _lengths, _lengths, _lengths, _lengths)
# Every character that XML 1.0 can carry; no word is blank.
_characters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")
_words = st.builds(Word, st.text(_characters, min_size=1, max_size=8).filter(str.strip), _boxes, st.floats(0, 1))
_lines = st.builds(Line, _boxes, st.lists(_words, min_size=1, max_size=4).map(tuple))
_blocks = st.builds(Block, _boxes, st.lists(_lines, min_size=1, max_size=3).map(tuple))
_models = st.tuples(st.sampled_from(["eng", "frk", "script/Fraktur"]), st.just("0f" * 32))
_engines = st.none() | st.builds(
    Engine,
    st.just("tesseract"),
    st.sampled_from(["5.3.0", "5.5.2-23-g397887"]),
    st.lists(_models, max_size=2).map(tuple),
)
_languages = st.lists(st.sampled_from(["de", "de-Latf", "grc", "en-US"]), max_size=3, unique=True).map(tuple)


@pytest.fixture(scope="session")
def page_texts() -> st.SearchStrategy[PageText]:
    """Any page that an engine might have read."""
    return st.builds(
        PageText,
        st.integers(1, 20_000),
        st.integers(1, 20_000),
        st.lists(_blocks, max_size=3).map(tuple),
        _languages,
        _engines,
    )
