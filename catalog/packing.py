"""The words of a page with their places, as they are kept: packed small, and read no further than somebody asks."""

import json
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, islice
from struct import Struct
from typing import Any

from catalog.words import folds_of, is_cut
from core.text import Block, Box, Engine, Line, PageText, Word

HEAD = Struct("<II")  # the lengths of the first two of three parts
PIXELS = "i"  # 32 bits each: more than any page has


@dataclass(frozen=True, slots=True)
class PageWords:
    """The words of a page in reading order with their boxes, and the lines that have words.

    `folds` are the words as they are compared, each between two line feeds, and where a word parts in several these
    between blanks. `starts` are the numbers of each line's first word, and of the one after the last; `cuts` the lines
    whose last word may go on in the next. `lines` and `places` are boxes: of lines one after the other, of words column
    by column, every left edge, then every top, width and height.
    """

    texts: list[str]
    folds: str
    starts: list[int]
    cuts: frozenset[int]
    lines: list[int]
    places: "array[int]"

    def line_of(self, word: int) -> int:
        """The number of the line in which a word stands."""
        return bisect_right(self.starts, word) - 1

    def words(self, number: int) -> list[str]:
        """The words of a line."""
        return self.texts[self.starts[number] : self.starts[number + 1]]

    def box(self, word: int) -> Box:
        """Where a word stands."""
        return Box(*self.places[word :: len(self.texts)])

    def line(self, number: int) -> Box:
        """Where a line stands."""
        return Box(*self.lines[4 * number : 4 * number + 4])


def pack(page: PageText) -> bytes:
    """Everything that was read, in some ten bytes a word; `unpack` is the inverse.

    In three parts, each compressed by itself, so that a search can show a word's surroundings without reading the
    rest: the words by lines, the boxes of the words, and all else.
    """
    lines = list(page.lines())
    words = [word for line in lines for word in line.words]
    texts = [word.text for word in words]
    boxes = [_flat(word.box) for word in words]
    engine = page.engine
    filled = [line for line in lines if line.words]
    front = {
        "words": texts,
        "folds": _folds(texts),
        "starts": list(accumulate((len(line.words) for line in filled), initial=0)),
        "cuts": [number for number, line in enumerate(filled[:-1]) if is_cut(line.words[-1].text)],
        "lines": [number for line in filled for number in _flat(line.box)],
    }
    rest = {
        "size": [page.width, page.height],
        "languages": page.languages,
        "engine": engine and [engine.name, engine.version, engine.models],
        "blocks": [[_flat(block.box), len(block.lines)] for block in page.blocks],
        "lines": [[*_flat(line.box), len(line.words)] for line in lines],
        "sure": [word.confidence for word in words],
    }
    columns = array(PIXELS, [number for column in zip(*boxes, strict=True) for number in column])
    first, second, third = map(zlib.compress, (_written(front), columns.tobytes(), _written(rest)))
    return HEAD.pack(len(first), len(second)) + first + second + third


def unpack(packed: bytes) -> PageText:
    """The inverse of `pack`."""
    first, second, third = _parts(packed)
    front, data, places = _read(first), _read(third), _places(second)
    number = len(front["words"])
    columns = [places[start : start + number] for start in range(0, 4 * number, number or 1)]
    words = map(Word, front["words"], map(Box, *columns) if columns else (), data["sure"])
    lines = (Line(Box(*box), tuple(islice(words, held))) for *box, held in data["lines"])
    width, height = data["size"]
    return PageText(
        width=width,
        height=height,
        blocks=tuple(Block(Box(*box), tuple(islice(lines, held))) for box, held in data["blocks"]),
        languages=tuple(data["languages"]),
        engine=_engine(data["engine"]),
    )


def page_words(packed: bytes) -> PageWords:
    """The words with their places, for a search that needs the boxes of few of many."""
    first, second, _ = _parts(packed)
    front = _read(first)
    cuts = frozenset(front["cuts"])
    return PageWords(front["words"], front["folds"], front["starts"], cuts, front["lines"], _places(second))


def _folds(texts: Iterable[str]) -> str:
    return "\n".join(["", *(" ".join(folds_of(text)) for text in texts), ""])


def _places(part: bytes) -> "array[int]":
    return array(PIXELS, zlib.decompress(part))


def _parts(packed: bytes) -> tuple[bytes, bytes, bytes]:
    first, second = HEAD.unpack_from(packed)
    start, middle = HEAD.size, HEAD.size + first
    return packed[start:middle], packed[middle : middle + second], packed[middle + second :]


def _written(data: dict[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _read(part: bytes) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(zlib.decompress(part).decode("utf-8", "surrogatepass"))
    return data


def _flat(box: Box) -> tuple[int, int, int, int]:
    return box.x, box.y, box.w, box.h


def _engine(data: list[Any] | None) -> Engine | None:
    return Engine(data[0], data[1], tuple((name, digest) for name, digest in data[2])) if data else None
