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
HEAD = Struct("<4sBIIIII")  # the mark, the bytes of a number, how many words, lines, cut lines, bytes of text and folds
# Numbers have 16 bits, or 32 on a page that is too large or too long for that.
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
    """Everything that was read, in some thirty bytes a word; `unpack` is the inverse.

    What a search shows of a page lies there as it is, since a page of results looks at a little of many: numbers (the
    borders of words and lines, and boxes), the words, and the words as they are compared. The rest is compressed.
    """
    lines = [line for line in page.lines() if line.words]
    words = [word for line in lines for word in line.words]
    cuts = [number for number, line in enumerate(lines[:-1]) if is_cut(line.words[-1].text)]
    columns = zip(*(_flat(word.box) for word in words), strict=True)
    numbers = [
        *accumulate((len(word.text) for word in words), initial=0),
        *accumulate((len(line.words) for line in lines), initial=0),
        *cuts,
        *(number for line in lines for number in _flat(line.box)),
        *(number for column in columns for number in column),
    ]
    held = array(SMALL if all(0 <= number <= WIDEST for number in numbers) else LARGE, numbers)
    text = "".join(word.text for word in words).encode("utf-8", "surrogatepass")
    folds = _folds(word.text for word in words).encode()
    head = HEAD.pack(FORM, held.itemsize, len(words), len(lines), len(cuts), len(text), len(folds))
    return head + held.tobytes() + text + folds + zlib.compress(_rest(page))


def unpack(packed: bytes) -> PageText:
    """The inverse of `pack`."""
    page, rest = _read(packed)
    data = json.loads(zlib.decompress(rest).decode("utf-8", "surrogatepass"))
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
    return _read(packed)[0]


def _read(packed: bytes) -> tuple[PageWords, memoryview]:
    """The words with their places, and what follows them."""
    _, size, words, lines, cuts, text, folds = HEAD.unpack_from(packed)
    whole = memoryview(packed)
    borders = list(accumulate((words + 1, lines + 1, cuts, 4 * lines, 4 * words), initial=0))
    first = HEAD.size + size * borders[-1]
    second, third = first + text, first + text + folds
    numbers = whole[HEAD.size : first].cast(SMALL if size == array(SMALL).itemsize else LARGE)
    ends, starts, cut, boxes, places = (numbers[begin:end] for begin, end in pairwise(borders))
    page = PageWords(
        text=str(whole[first:second], "utf-8", "surrogatepass"),
        ends=ends,
        folds=str(whole[second:third], "utf-8"),
        starts=starts,
        cuts=frozenset(cut),
        lines=boxes,
        places=places,
    )
    return page, whole[third:]


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


def _flat(box: Box) -> tuple[int, int, int, int]:
    return box.x, box.y, box.w, box.h


def _engine(data: list[Any] | None) -> Engine | None:
    return Engine(data[0], data[1], tuple((name, digest) for name, digest in data[2])) if data else None
