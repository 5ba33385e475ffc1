"""A sheet of paper before the press: where ink will be, and the text in the order in which it is read."""

from dataclasses import dataclass, field
from typing import Self

from PIL import Image, ImageDraw

from samples.fonts import Font

DPI = 300
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Word:
    """A run of type; `x` is its left edge, `y` its baseline."""

    x: float
    y: float
    text: str
    font: Font


@dataclass(frozen=True, slots=True)
class Rule:
    """A filled bar, (left, top, right, bottom)."""

    box: Box


@dataclass(frozen=True, slots=True)
class Cut:
    """A printing block: where it is white, ink goes."""

    x: float
    y: float
    plate: Image.Image


Mark = Word | Rule | Cut


@dataclass(slots=True)
class Block:
    """What is set together: height, marks (from its own top left), lines as read, and the space wanted above."""

    height: float
    marks: list[Mark] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    above: float = 0.0


class Sheet:
    """The forme: ink coverage 0-255, and the lines put on it so far."""

    def __init__(self, width: int, height: int) -> None:
        self.ink = Image.new("L", (width, height), 0)
        self.lines: list[str] = []
        self._pen = ImageDraw.Draw(self.ink)

    def put(self, block: Block, x: float, y: float) -> Self:
        """Set `block` with its top left at x, y."""
        for mark in block.marks:
            self._mark(mark, x, y)
        self.lines += block.lines
        return self

    def write(self, x: float, y: float, text: str, font: Font, anchor: str = "ls") -> Self:
        """Set a run of type with its anchor (Pillow's letters; by default left, on the baseline) at x, y."""
        self._pen.text((x, y), text, font=font, fill=255, anchor=anchor)
        return self

    def rule(self, *box: float) -> Self:
        """Set a bar (left, top, right, bottom)."""
        self._pen.rectangle([round(v) for v in box], fill=255)
        return self

    def _mark(self, mark: Mark, x: float, y: float) -> None:
        match mark:
            case Word():
                self.write(x + mark.x, y + mark.y, mark.text, mark.font)
            case Rule():
                left, top, right, bottom = mark.box
                self.rule(x + left, y + top, x + right, y + bottom)
            case Cut():
                self.ink.paste(255, (round(x + mark.x), round(y + mark.y)), mark.plate)


def centred(text: str, font: Font, width: float, leading: float) -> Block:
    """One line in the middle of `width`."""
    left = (width - font.getlength(text)) / 2
    return Block(leading, [Word(left, leading * 0.78, text, font)], [text])
