"""Tesseract's table of words, read into PageText.

One row a thing: level 1 the page, 2 a block, 3 a paragraph, 4 a line, 5 a word, each with its box; words carry a
confidence from 0 to 100 and their text, unquoted. Pictures and rules appear as words of blank text.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from core.text import Block, Box, Engine, Line, PageText, Word
from ocr.markup import clean

_COLUMNS = 12
_PAGE, _PARAGRAPH, _LINE, _WORD = 1, 3, 4, 5


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
    boxes = {row.place: row.box for row in rows if row.level in (_PARAGRAPH, _LINE)}
    words = [row for row in rows if row.level == _WORD and row.text]
    blocks = (_block(boxes[(*place, 0, 0)], list(group), boxes) for place, group in groupby(words, _paragraph))
    return PageText(page.w, page.h, tuple(blocks), languages, engine)


def _paragraph(row: _Row) -> tuple[int, ...]:
    return row.place[:3]


def _block(box: Box, words: list[_Row], boxes: dict[tuple[int, ...], Box]) -> Block:
    lines = groupby(words, lambda row: row.place[:4])
    return Block(box, tuple(Line(boxes[(*place, 0)], tuple(_word(row) for row in group)) for place, group in lines))


def _word(row: _Row) -> Word:
    return Word(row.text, row.box, round(min(max(row.confidence / 100, 0.0), 1.0), 4))


def _rows(table: str) -> Iterator[_Row]:
    # Only "\n" ends a row: splitlines() would also break at characters that OCR may give as text.
    for line in table.split("\n")[1:]:
        if line:
            cells = line.split("\t", _COLUMNS - 1)
            if len(cells) != _COLUMNS:
                raise ValueError(f"a row of the table of words has {len(cells)} cells instead of {_COLUMNS}")
            level, *place = map(int, cells[:6])
            text = " ".join(clean(cells[11]).split())
            yield _Row(level, tuple(place), Box(*map(int, cells[6:10])), float(cells[10]), text)
