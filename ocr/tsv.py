"""Tesseract's table of words, read into PageText.

One row a thing: level 1 the page, 2 a block, 3 a paragraph, 4 a line, 5 a word, each with its box; words carry a
confidence from 0 to 100 and their text, unquoted. Pictures and rules appear as words of blank text.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from core.text import Box, Engine, Line, PageText
from ocr.words import around, as_word, tidied

_COLUMNS = 12
_PAGE, _LINE, _WORD = 1, 4, 5


@dataclass(frozen=True, slots=True)
class _Row:
    level: int
    place: tuple[int, ...]  # page, block, paragraph, line, word, each from 1
    box: Box
    confidence: float
    text: str


def read_tsv(table: str, *, languages: tuple[str, ...], engine: Engine | None) -> PageText:
    """The first page of the table; a Tesseract paragraph is a block, and what holds no words is left out.

    Raises:
        ValueError: this is not such a table.
    """
    rows = [row for row in _rows(table) if row.place[0] == 1]
    page = next((row.box for row in rows if row.level == _PAGE), None)
    if page is None:
        raise ValueError("the table of words names no page")
    boxes = {row.place: row.box for row in rows if row.level == _LINE}
    words = [row for row in rows if row.level == _WORD and row.text]
    paragraphs = (around(_lines(group, boxes)) for _, group in groupby(words, lambda row: row.place[:3]))
    return PageText(page.w, page.h, tuple(block for block in paragraphs if block), languages, engine)


def _lines(words: Iterator[_Row], boxes: dict[tuple[int, ...], Box]) -> Iterator[Line]:
    for place, group in groupby(words, lambda row: row.place[:4]):
        yield Line(boxes[(*place, 0)], tuple(as_word(row.text, row.box, row.confidence) for row in group))


def _rows(table: str) -> Iterator[_Row]:
    # Only "\n" ends a row: splitlines() would also break at characters that OCR may give as text.
    for line in table.split("\n")[1:]:
        if line:
            cells = line.split("\t", _COLUMNS - 1)
            if len(cells) != _COLUMNS:
                raise ValueError(f"a row of the table of words has {len(cells)} cells instead of {_COLUMNS}")
            level, *place = map(int, cells[:6])
            yield _Row(level, tuple(place), Box(*map(int, cells[6:10])), float(cells[10]), tidied(cells[11]))
