"""The words of a page with their places, as they are kept: packed small, and read no further than somebody asks."""

import json
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, islice, pairwise
from struct import Struct
from typing import Any, Literal, TypeAlias

from catalog.words import folds_of, is_cut
from core.text import Block, Box, Engine, Line, PageText, Word

FORM = b"MW2\0"  # the second form; the first had no mark (catalog/migrations/versions/v0004_words.py)
HEAD = Struct("<4sII")  # the mark, and the lengths of the first two of three parts
COUNTS = Struct("<IIII")  # of words, of lines that have words, of cut lines; of bytes of text
NUMBER: Literal["i"] = "i"
# Pixels: 16 bits each, 32 on a page that is larger than that.
SMALL: Literal["H"] = "H"
LARGE: Literal["i"] = "i"
WIDEST = 2**16 - 1

Numbers: TypeAlias = "memoryview[int]"  # read where they lie


@dataclass(frozen=True, slots=True)
class PageWords:
    """The words of a page in reading order with their boxes, and the lines that have words.

    `text` are the words without anything between them, `ends` where each begins and, last, where the last one ends.
    `folds` are the words as they are compared, each between two line feeds, and where a word parts in several these
    between blanks. `starts` are the numbers of each line's first word, and of the one after the last; `cuts` the lines
    whose last word may go on in the next. `lines` and `places` are boxes: of lines one after the other, of words column
    by column, every left edge, then every top, width and height.
    """

    text: str
    ends: Numbers
    folds: str
    starts: Numbers
    cuts: frozenset[int]
    lines: Numbers
    places: Numbers

    def __len__(self) -> int:
        """How many words there are."""
        return len(self.ends) - 1

    def word(self, number: int) -> str:
        """A word as it was read."""
        return self.text[self.ends[number] : self.ends[number + 1]]

    def between(self, first: int, end: int) -> list[str]:
        """The words from `first` on, before `end`."""
        return [self.word(number) for number in range(first, end)]

    def line_of(self, word: int) -> int:
        """The number of the line in which a word stands."""
        return bisect_right(self.starts, word) - 1

    def words(self, line: int) -> list[str]:
        """The words of a line."""
        return self.between(self.starts[line], self.starts[line + 1])

    def box(self, word: int) -> Box:
        """Where a word stands."""
        return Box(*self.places[word :: len(self)])

    def line(self, number: int) -> Box:
        """Where a line stands."""
        return Box(*self.lines[4 * number : 4 * number + 4])


def pack(page: PageText) -> bytes:
    """Everything that was read, in some fifteen bytes a word; `unpack` is the inverse.

    In three parts, so that a search can show a word's surroundings without reading the rest: the words by lines,
    compressed; the boxes of the words as they are, since few of many are looked at; and all else, compressed.
    """
    words = [word for line in page.lines() for word in line.words]
    parts = zlib.compress(_front(page, [word.text for word in words])), _columns(words), zlib.compress(_rest(page))
    return HEAD.pack(FORM, len(parts[0]), len(parts[1])) + b"".join(parts)


def unpack(packed: bytes) -> PageText:
    """The inverse of `pack`."""
    page, data = page_words(packed), json.loads(zlib.decompress(_parts(packed)[2]).decode("utf-8", "surrogatepass"))
    number = len(page)
    columns = [page.places[column * number : (column + 1) * number] for column in range(4)]
    words = map(Word, page.between(0, number), map(Box, *columns), data["sure"])
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
    front = memoryview(zlib.decompress(first))
    words, lines, cuts, length = COUNTS.unpack_from(front)
    lengths = (words + 1, lines + 1, cuts, 4 * lines)
    *borders, end = accumulate((4 * held for held in lengths), initial=COUNTS.size)
    ends, starts, cut, boxes = (
        front[begin : begin + 4 * held].cast(NUMBER) for begin, held in zip(borders, lengths, strict=True)
    )
    return PageWords(
        text=str(front[end : end + length], "utf-8", "surrogatepass"),
        ends=ends,
        folds=str(front[end + length :], "utf-8"),
        starts=starts,
        cuts=frozenset(cut),
        lines=boxes,
        places=second.cast(LARGE if len(second) == 16 * words else SMALL),
    )


def _front(page: PageText, texts: list[str]) -> bytes:
    filled = [line for line in page.lines() if line.words]
    cuts = [number for number, line in enumerate(filled[:-1]) if is_cut(line.words[-1].text)]
    numbers = array(NUMBER, accumulate(map(len, texts), initial=0))
    numbers.extend(accumulate((len(line.words) for line in filled), initial=0))
    numbers.extend(cuts)
    numbers.extend(number for line in filled for number in _flat(line.box))
    text = "".join(texts).encode("utf-8", "surrogatepass")
    counts = COUNTS.pack(len(texts), len(filled), len(cuts), len(text))
    return counts + numbers.tobytes() + text + _folds(texts).encode()


def _columns(words: Iterable[Word]) -> bytes:
    columns = zip(*(_flat(word.box) for word in words), strict=True)
    numbers = [number for column in columns for number in column]
    small = all(0 <= number <= WIDEST for number in numbers)
    return array(SMALL if small else LARGE, numbers).tobytes()


def _rest(page: PageText) -> bytes:
    engine, lines = page.engine, list(page.lines())
    data = {
        "size": [page.width, page.height],
        "languages": page.languages,
        "engine": engine and [engine.name, engine.version, engine.models],
        "blocks": [[_flat(block.box), len(block.lines)] for block in page.blocks],
        "lines": [[*_flat(line.box), len(line.words)] for line in lines],
        "sure": [word.confidence for line in lines for word in line.words],
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _folds(texts: Iterable[str]) -> str:
    return "\n".join(["", *(" ".join(folds_of(text)) for text in texts), ""])


def _parts(packed: bytes) -> list[memoryview]:
    _, first, second = HEAD.unpack_from(packed)
    borders = (HEAD.size, HEAD.size + first, HEAD.size + first + second, len(packed))
    return [memoryview(packed)[begin:end] for begin, end in pairwise(borders)]


def _flat(box: Box) -> tuple[int, int, int, int]:
    return box.x, box.y, box.w, box.h


def _engine(data: list[Any] | None) -> Engine | None:
    return Engine(data[0], data[1], tuple((name, digest) for name, digest in data[2])) if data else None
