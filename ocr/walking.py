"""The results that lie in Tesseract's memory, walked once, in the shape that its table of words has (`ocr.tsv`)."""

from typing import Any

from tesserocr import RIL

from core.text import Block, Box, Line, Word
from ocr.words import around, as_word, tidied

# The table gives a word letter by letter and so loses the mark before words that run against their line.
_DIRECTION_MARKS = "\u200e\u200f"


def walk(results: Any) -> tuple[Block, ...]:
    """The blocks of the page; a Tesseract paragraph is a block, and what holds no words is left out.

    `results` is a `PyResultIterator` at its beginning; afterwards it stands at the end of the page.
    """
    paragraphs: list[list[tuple[Box, list[Word]]]] = []
    before: Box | None = None
    while not results.Empty(RIL.BLOCK):
        if not results.Empty(RIL.WORD):  # a picture is a block without words
            # A word's line has one box: asking whether the word begins it would walk the line for every word of it.
            if (line := _box(results, RIL.TEXTLINE)) != before:
                if results.IsAtBeginningOf(RIL.PARA):
                    paragraphs.append([])
                paragraphs[-1].append((line, []))
                before = line
            if word := _word(results):
                paragraphs[-1][-1][1].append(word)
        results.Next(RIL.WORD)
    return tuple(block for lines in paragraphs if (block := around([Line(box, tuple(words)) for box, words in lines])))


def _word(results: Any) -> Word | None:
    text = tidied(results.GetUTF8Text(RIL.WORD).lstrip(_DIRECTION_MARKS))
    return as_word(text, _box(results, RIL.WORD), round(results.Confidence(RIL.WORD), 6)) if text else None


def _box(results: Any, level: int) -> Box:
    left, top, right, bottom = results.BoundingBox(level)
    return Box(left, top, right - left, bottom - top)
