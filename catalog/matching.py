"""Where on a page the words of a question stand: places, boxes, and a few words around them."""

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import groupby
from typing import Any

from catalog.packing import PageWords
from catalog.questions import Term
from catalog.values import Match
from catalog.words import Token, folds_of, page_tokens
from core.text import Box

BEFORE, AFTER = 8, 16
AROUND = 6
NEAR = 4  # lines: more than a strip of the scan shows
BORDERS = "\n "  # each fold stands between two of them

Place = tuple[int, ...]


def places(page: PageWords, terms: Sequence[Term], *, exact: bool, whole: bool = True) -> tuple[Place, ...]:
    """The places where a term stands, each as the numbers of its words on the page, in reading order.

    When the page is not wanted `whole`, the first and those near it: all that a snippet and a strip of the scan show.
    """
    found: set[Place] = set()
    heads = {word for term in terms for word in _heads(page, term)}
    lines = {page.line_of(word) for word in heads} | {line for term in terms for line in _cut(page, term)}
    longest = max((len(term.tokens) for term in terms), default=0)
    for first, end in _windows(page, sorted(lines), longest):
        start = page.starts[first]
        if found and not whole and _is_far(page, first, min(found)):
            break
        if longest == 1 and not exact and page.cuts.isdisjoint(range(first, end)):  # a head is all of its place
            found.update((word,) for word in heads if start <= word < page.starts[end])
            continue
        words, sides = page_tokens([page.words(number) for number in range(first, end)])
        for stream in (words, *sides):
            for term in terms:
                found.update(tuple(start + word for word in place) for place in _find(stream, term, exact))
    return tuple(sorted(found))


def _is_far(page: PageWords, line: int, place: Place) -> bool:
    return line > page.line_of(place[0]) + NEAR and page.starts[line] > place[-1] + AFTER


def boxes(page: PageWords, found: Iterable[Place]) -> tuple[Box, ...]:
    """The boxes of all words found, each once, in reading order."""
    return tuple(page.box(word) for word in sorted({word for place in found for word in place}))


def line(page: PageWords, found: Sequence[Place]) -> Box | None:
    """The box of the line in which the first place begins."""
    return page.line(page.line_of(found[0][0])) if found else None


def snippet(page: PageWords, found: Sequence[Place]) -> tuple[tuple[str, bool], ...]:
    """A few words around the first place, in pieces: the text, and whether it was found.

    The pieces put together are the text with one space between words and "…" where more follows.
    """
    if not found:
        return ()
    marked = {word for place in found for word in place}
    first = max(0, found[0][0] - BEFORE)
    last = min(len(page), found[0][-1] + AFTER + 1)
    pieces: list[tuple[str, bool]] = [("… ", False)] if first else []
    for is_match, group in groupby(range(first, last), marked.__contains__):
        words = list(group)
        text = " ".join(map(page.word, words))
        # The spaces belong to the pieces that were not found, so that a mark begins and ends with its word.
        pieces.append((text, True) if is_match else (_spaced(text, words[0] > first, words[-1] < last - 1), False))
    return _together(pieces if last == len(page) else [*pieces, (" …", False)])


def match(page: PageWords, place: Place) -> Match:
    """One place with a few words before and after it, and a box for each line it runs over."""
    parts = [list(group) for _, group in groupby(place, page.line_of)]
    drawn = [reduce(Box.union, map(page.box, words)) for words in parts]
    return Match(
        text=" ".join(map(page.word, place)),
        before=" ".join(page.between(max(0, place[0] - AROUND), place[0])),
        after=" ".join(page.between(place[-1] + 1, min(len(page), place[-1] + 1 + AROUND))),
        box=drawn[0],
        more=tuple(drawn[1:]),
    )


def _windows(page: PageWords, lines: Iterable[int], longest: int) -> list[tuple[int, int]]:
    """What has to be looked at around these lines, as first line and end: telling all words apart costs too much.

    No window begins or ends between the halves of a cut word, so that its words are told apart as on the whole page.
    """
    found: list[tuple[int, int]] = []
    for number in lines:
        first = next(line for line in range(number, -1, -1) if line - 1 not in page.cuts)
        end = _end(page, number, longest)
        if found and first < found[-1][1]:
            first, end = found[-1][0], max(end, found.pop()[1])
        found.append((first, end))
    return found


def _heads(page: PageWords, term: Term) -> Iterator[int]:
    """The words that are the first one of a term as they stand."""
    head = term.tokens[0].folded
    goes_on = term.prefix and len(term.tokens) == 1
    for border in BORDERS:
        at = page.folds.find(border + head)
        while at >= 0:
            if goes_on or page.folds[at + 1 + len(head)] in BORDERS:
                yield page.folds.count("\n", 0, at + 1) - 1
            at = page.folds.find(border + head, at + 1)


def _cut(page: PageWords, term: Term) -> Iterator[int]:
    """The lines in which the first word of a term may stand once a cut word is whole."""
    head = term.tokens[0].folded
    for number in page.cuts:
        start, middle, end = page.starts[number : number + 3]
        halves = folds_of(page.word(middle - 1))[-1:] + folds_of(page.word(middle))[:1]
        # A word over three lines has a line for itself: its whole is not known here.
        chained = middle - start == 1 or end - middle == 1
        if chained or len(halves) < 2 or "".join(halves).startswith(head):
            yield number


def _end(page: PageWords, number: int, length: int) -> int:
    """The line after the last one that a term of this length can reach that begins in this line."""
    end, have, last = number + 1, 1, len(page.starts) - 1
    while end < last and (have < length or end - 1 in page.cuts):
        have += sum(len(folds_of(word)) for word in page.words(end)) - (end - 1 in page.cuts)
        end += 1
    return end


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
