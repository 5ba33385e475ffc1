"""Where on a page the words of a question stand: places, boxes, and a few words around them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import groupby
from typing import Any

from catalog.questions import Term
from catalog.values import Match
from catalog.words import Token, page_tokens
from core.text import Box

BEFORE, AFTER = 8, 16
AROUND = 6

Place = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PageWords:
    """The words of a page in reading order with their boxes [x, y, w, h], and the number of the line each is in."""

    texts: list[str]
    boxes: list[list[int]]
    line_of: list[int]
    lines: list[list[int]]

    @classmethod
    def of(cls, raw: dict[str, Any]) -> "PageWords":
        """The words of what `texts.raw` gives."""
        lines = [line for _, lines in raw["blocks"] for line in lines]
        words = [(word, number) for number, (_, words) in enumerate(lines) for word in words]
        return cls(
            texts=[word[0] for word, _ in words],
            boxes=[word[1] for word, _ in words],
            line_of=[number for _, number in words],
            lines=[box for box, _ in lines],
        )


def places(page: PageWords, terms: Sequence[Term], *, exact: bool) -> tuple[Place, ...]:
    """The places where a term stands, each as the numbers of its words on the page, in reading order."""
    by_line = [[page.texts[place] for place, _ in group] for _, group in groupby(enumerate(page.line_of), _second)]
    whole, sides = page_tokens(by_line)
    streams = [whole, *sides]
    return tuple(sorted({place for term in terms for stream in streams for place in _find(stream, term, exact)}))


def boxes(page: PageWords, found: Iterable[Place]) -> tuple[Box, ...]:
    """The boxes of all words found, each once, in reading order."""
    return tuple(Box(*page.boxes[word]) for word in sorted({word for place in found for word in place}))


def line(page: PageWords, found: Sequence[Place]) -> Box | None:
    """The box of the line in which the first place begins."""
    return Box(*page.lines[page.line_of[found[0][0]]]) if found else None


def snippet(page: PageWords, found: Sequence[Place]) -> tuple[tuple[str, bool], ...]:
    """A few words around the first place, in pieces: the text, and whether it was found.

    The pieces put together are the text with one space between words and "…" where more follows.
    """
    if not found:
        return ()
    marked = {word for place in found for word in place}
    first = max(0, found[0][0] - BEFORE)
    last = min(len(page.texts), found[0][-1] + AFTER + 1)
    pieces: list[tuple[str, bool]] = [("… ", False)] if first else []
    for is_match, group in groupby(range(first, last), marked.__contains__):
        words = list(group)
        text = " ".join(page.texts[word] for word in words)
        # The spaces belong to the pieces that were not found, so that a mark begins and ends with its word.
        pieces.append((text, True) if is_match else (_spaced(text, words[0] > first, words[-1] < last - 1), False))
    return _together(pieces if last == len(page.texts) else [*pieces, (" …", False)])


def match(page: PageWords, place: Place) -> Match:
    """One place with a few words before and after it, and a box for each line it runs over."""
    parts = [list(group) for _, group in groupby(place, page.line_of.__getitem__)]
    drawn = [reduce(Box.union, (Box(*page.boxes[word]) for word in words)) for words in parts]
    return Match(
        text=" ".join(page.texts[word] for word in place),
        before=" ".join(page.texts[max(0, place[0] - AROUND) : place[0]]),
        after=" ".join(page.texts[place[-1] + 1 : place[-1] + 1 + AROUND]),
        box=drawn[0],
        more=tuple(drawn[1:]),
    )


def _find(stream: Sequence[Token], term: Term, exact: bool) -> Iterable[Place]:
    wanted = [token.exact if exact else token.folded for token in term.tokens]
    have = [token.exact if exact else token.folded for token in stream]
    *firm, last = wanted
    for start in range(len(have) - len(firm)):
        end = start + len(firm)
        if have[start:end] == firm and (have[end] == last or (term.prefix and have[end].startswith(last))):
            yield tuple(sorted({word for token in stream[start : end + 1] for word in token.words}))


def _spaced(text: str, before: bool, after: bool) -> str:
    return " " * before + text + " " * after


def _together(pieces: Iterable[tuple[str, bool]]) -> tuple[tuple[str, bool], ...]:
    return tuple(("".join(text for text, _ in group), is_match) for is_match, group in groupby(pieces, _second))


def _second(pair: tuple[Any, Any]) -> Any:
    return pair[1]
