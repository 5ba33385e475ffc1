"""The text of a page in words that belong to no engine: blocks, lines and words with boxes and confidence.

Boxes are whole pixels of the upright canvas, measured from its top left corner.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels: left, top, width, height."""

    x: int
    y: int
    w: int
    h: int

    def union(self, other: "Box") -> "Box":
        """The smallest box around both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        return Box(x, y, max(self.x + self.w, other.x + other.w) - x, max(self.y + self.h, other.y + other.h) - y)

    def scaled(self, factor: float, *, width: int, height: int) -> "Box":
        """The same place on a page `factor` times as large, cut off at its `width` and `height`.

        Edges that met or followed each other still do: each is rounded by itself.
        """
        x, right = (_edge(place * factor, width) for place in (self.x, self.x + self.w))
        y, bottom = (_edge(place * factor, height) for place in (self.y, self.y + self.h))
        return Box(x, y, right - x, bottom - y)


def _edge(place: float, end: int) -> int:
    """To the nearest pixel; halves always go up, so that what was a pixel wide never vanishes by growing."""
    return min(max(math.floor(place + 0.5), 0), end)


@dataclass(frozen=True, slots=True)
class Word:
    """One word; `confidence` runs from 0 (a guess) to 1 (certain)."""

    text: str
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line."""

    box: Box
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The words with one space between them."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that stand together, as the engine saw it: a paragraph or a column's part."""

    box: Box
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Engine:
    """Who read the page: the program, its version, and its models with their SHA-256 digests."""

    name: str
    version: str
    models: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PageText:
    """Everything that was read on one page, in reading order. No blocks at all is a result, too."""

    width: int
    height: int
    blocks: tuple[Block, ...]
    languages: tuple[str, ...] = ()
    engine: Engine | None = None

    def lines(self) -> Iterator[Line]:
        """The lines in reading order."""
        return (line for block in self.blocks for line in block.lines)

    def words(self) -> Iterator[Word]:
        """The words in reading order."""
        return (word for line in self.lines() for word in line.words)

    @property
    def text(self) -> str:
        """Plain text: one line a printed line, an empty line between blocks."""
        return "\n\n".join("\n".join(line.text for line in block.lines) for block in self.blocks)

    def scaled(self, factor: float, *, width: int, height: int) -> "PageText":
        """The same text on a canvas of this size in pixels, `factor` times as large as the picture that was read."""

        def grown(box: Box) -> Box:
            return box.scaled(factor, width=width, height=height)

        blocks = tuple(
            Block(
                grown(block.box),
                tuple(
                    Line(grown(line.box), tuple(replace(word, box=grown(word.box)) for word in line.words))
                    for line in block.lines
                ),
            )
            for block in self.blocks
        )
        return replace(self, width=width, height=height, blocks=blocks)
