"""From a paragraph to lines: the division that leaves the most even spaces in the whole paragraph."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from samples.fonts import Font
from samples.hyphens import break_places

HYPHEN_COST = 30.0
TWO_HYPHENS_COST = 400.0


@dataclass(frozen=True, slots=True)
class Line:
    """The words of one line, and whether it ends its paragraph (is not spread out)."""

    words: tuple[str, ...]
    last: bool = False

    @property
    def text(self) -> str:
        """What is read: the words with single spaces."""
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a word that a line may end after: `joined` to the next piece by nothing but a hyphen at a break."""

    text: str
    joined: bool


def justify(text: str, font: Font, width: float, indent: float = 0.0) -> tuple[Line, ...]:
    """Lines of `text` for a measure of `width` pixels, the first shorter by `indent`, hyphenated where that helps."""
    pieces = _pieces(text)
    best: list[tuple[float, int]] = [(0.0, -1)] + [(float("inf"), -1)] * len(pieces)
    for end in range(1, len(pieces) + 1):
        for start in range(end - 1, -1, -1):
            measure = width - (indent if start == 0 else 0)
            cost = _cost(pieces, start, end, font, measure)
            if cost is None:
                break
            parted = start > 0 and pieces[start - 1].joined and end < len(pieces) and pieces[end - 1].joined
            total = best[start][0] + cost + (TWO_HYPHENS_COST if parted else 0)
            if total < best[end][0]:
                best[end] = (total, start)
    return _walk_back(pieces, best)


def balance(text: str, font: Font, width: float) -> tuple[Line, ...]:
    """Lines of `text`, as few as fit into `width` pixels, and these as even in length as can be."""
    words = text.split()
    fewest = len(_greedy(words, font, width))
    tight = width
    while tight > width * 0.3 and len(_greedy(words, font, tight - 8)) == fewest:
        tight -= 8
    return tuple(Line(tuple(words), last=True) for words in _greedy(words, font, tight))


def _greedy(words: Sequence[str], font: Font, width: float) -> list[list[str]]:
    rows: list[list[str]] = [[]]
    for word in words:
        if rows[-1] and font.getlength(" ".join([*rows[-1], word])) > width:
            rows.append([])
        rows[-1].append(word)
    if any(font.getlength(" ".join(row)) > width for row in rows):
        return [[word] for word in [*words, ""]]  # a word alone is too long: never counts as fitting
    return rows


def _pieces(text: str) -> list[_Piece]:
    pieces = []
    for word in text.split():
        cuts = [0, *break_places(word), len(word)]
        parts = [word[a:b] for a, b in pairwise(cuts)]
        pieces += [_Piece(part, index < len(parts) - 1) for index, part in enumerate(parts)]
    return pieces


@cache
def _width(text: str, font: Font) -> float:
    return float(font.getlength(text))


def _words(pieces: Sequence[_Piece], start: int, end: int) -> tuple[str, ...]:
    words, open_word = [], ""
    for piece in pieces[start:end]:
        open_word += piece.text
        if not piece.joined:
            words.append(open_word)
            open_word = ""
    if open_word:
        words.append(open_word + "-")
    return tuple(words)


def _cost(pieces: Sequence[_Piece], start: int, end: int, font: Font, measure: float) -> float | None:
    """How far the spaces are from what they should be; None when the words do not go in at all."""
    words = _words(pieces, start, end)
    ink, gaps, space = sum(_width(word, font) for word in words), len(words) - 1, _width(" ", font)
    if ink + gaps * space * 0.72 > measure:
        return None
    if end == len(pieces):
        return 0.0 if end - start > 1 else 60.0
    if not gaps:
        return 20000.0
    stretch = ((measure - ink) / gaps - space) / space
    return 100 * abs(stretch) ** 3 + (HYPHEN_COST if pieces[end - 1].joined else 0)


def _walk_back(pieces: Sequence[_Piece], best: Sequence[tuple[float, int]]) -> tuple[Line, ...]:
    lines, end = [], len(pieces)
    while end > 0:
        start = best[end][1]
        lines.append(Line(_words(pieces, start, end), last=end == len(pieces)))
        end = start
    return tuple(reversed(lines))
