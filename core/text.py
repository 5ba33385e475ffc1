"""The text of a page in words that belong to no engine: blocks, lines and words with boxes and confidence.

Boxes are whole pixels of the upright canvas, measured from its top left corner.
"""

from collections.abc import Iterator
from dataclasses import dataclass


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
