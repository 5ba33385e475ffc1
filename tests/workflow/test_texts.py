"""Texts of pages are read when they are asked for."""

from pathlib import Path

import pytest

from core.text import Block, Box, Line, PageText, Word
from ocr.alto import write_alto
from workflow.texts import Texts


def text(word: str) -> PageText:
    box = Box(10, 10, 50, 20)
    return PageText(100, 100, (Block(box, (Line(box, (Word(word, box, 0.5),)),)),))


def test_each_page_is_read_from_its_own_file(tmp_path: Path) -> None:
    paths = {name: tmp_path / f"{name}.xml" for name in ("first", "second")}
    for name, path in paths.items():
        path.write_bytes(write_alto(text(name)))
    texts = Texts(paths)
    assert (list(texts), len(texts), "first" in texts, "third" in texts) == (["first", "second"], 2, True, False)
    assert [texts[name].text for name in ("first", "first", "second", "first")] == ["first", "first", "second", "first"]
    paths["first"].unlink()
    assert texts["first"].text == "first"  # the last one is kept
    with pytest.raises(FileNotFoundError):
        [texts[name] for name in ("second", "first")]
