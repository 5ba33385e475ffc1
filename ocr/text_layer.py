"""The words of a page as PDF operators that write them invisibly over its image (ISO 32000-1, 9.3 and 9.4)."""

from collections.abc import Iterator

from core.text import Line, PageText, Word
from ocr.glyphless import ADVANCE, UNITS_PER_EM

_INVISIBLE = 3
_HALF = ADVANCE / UNITS_PER_EM


def text_layer(text: PageText, width: float, height: float, codes: dict[str, int]) -> bytes:
    """The operators; `width` and `height` are the page's in points, `codes` those of the font resource `/Text`.

    Each word is stretched to its box and stands on the bottom of its line, so that what a reader marks is a whole line.
    """
    across, down = width / max(text.width, 1), height / max(text.height, 1)
    lines = (operator for line in text.lines() for operator in _line(line, across, down, height, codes))
    return "\n".join(["BT", f"{_INVISIBLE} Tr", *lines, "ET\n"]).encode("ascii")


def _line(line: Line, across: float, down: float, height: float, codes: dict[str, int]) -> Iterator[str]:
    size = max(line.box.h * down, 1.0)
    bottom = height - (line.box.y + line.box.h) * down
    yield f"/Text {size:.2f} Tf"
    for number, word in enumerate(line.words, 1):
        if shown := _codes(word, codes):
            stretch = 100 * max(word.box.w * across, 0.1) / (len(shown) * _HALF * size)
            space = "" if number == len(line.words) else f"{codes[' ']:04x}"
            yield f"{stretch:.2f} Tz 1 0 0 1 {word.box.x * across:.2f} {bottom:.2f} Tm <{''.join(shown)}{space}> Tj"


def _codes(word: Word, codes: dict[str, int]) -> list[str]:
    return [f"{codes[character]:04x}" for character in word.text if character in codes]
