"""Words and paragraphs as Tesseract gives them, made ours: the same rules for every way by which they come."""

from collections.abc import Iterable
from functools import reduce

from core.text import Block, Box, Line, Word
from ocr.markup import clean


def tidied(text: str) -> str:
    """The word without what XML cannot carry and with single spaces inside; empty for pictures and rules."""
    return " ".join(clean(text).split())


def as_word(text: str, box: Box, percent: float) -> Word:
    """The word; `percent` is Tesseract's confidence, which should run from 0 to 100 and sometimes does not."""
    return Word(text, box, round(min(max(percent / 100, 0.0), 1.0), 4))


def around(lines: Iterable[Line]) -> Block | None:
    """The lines that have words, in the box around them; None when there are none.

    Tesseract's own box of a paragraph does not always hold its lines, and costs a look at the whole page.
    """
    kept = tuple(line for line in lines if line.words)
    return Block(reduce(Box.union, (line.box for line in kept)), kept) if kept else None
