"""How words are told apart and what of them is ignored: one rule for texts, records and questions.

Everything is folded here, before it reaches SQLite, so that the index and the search for boxes can never disagree:
compatibility forms, case and diacritics fall away (Straße = STRASSE, ſich = sich, Königsberg = konigsberg), a word is
a run of letters and digits, and a word that a line's end cuts in two is one word.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import count
from operator import add
from typing import NamedTuple, TypeVar

HYPHENS = "-‐‑\u00ad¬⸗="  # the last two as Fraktur has them and as OCR reads them
T = TypeVar("T")
_RUNS = re.compile(r"[a-z0-9]+")


class Token(NamedTuple):
    """A word as it is compared: folded, as it stands in the text, and the places of the words it came from."""

    folded: str
    exact: str
    words: tuple[int, ...] = ()

    def joined(self, other: "Token") -> "Token":
        """Both halves of a cut word as one."""
        return Token(self.folded + other.folded, self.exact + other.exact, self.words + other.words)


def tokens(text: str, place: int | None = None) -> list[Token]:
    """The words of a text in order; `place` is noted with each."""
    words = () if place is None else (place,)
    return [Token(folded, exact, words) for folded, exact in _split(unicodedata.normalize("NFC", text))]


def folded(text: str) -> str:
    """The words of a text, folded, with one space between them."""
    return " ".join(token.folded for token in tokens(text))


def folds_of(word: str) -> tuple[str, ...]:
    """What `tokens` tells apart in a word, folded."""
    return _pairs(word)[0]


def page_tokens(lines: Sequence[Sequence[str]]) -> tuple[list[Token], list[list[Token]]]:
    """The words of a page in order, cut ones made whole; and for each cut one both of its sides as they stand.

    `lines` are the page's lines of words; places count through the whole page from 0.
    """
    place = count()

    def told(word: str) -> list[Token]:
        words = (next(place),)
        return [Token(folded, exact, words) for folded, exact in zip(*_pairs(word), strict=True)]

    return _walk(lines, told, Token.joined)


def page_folds(lines: Sequence[Sequence[str]]) -> tuple[list[str], list[list[str]]]:
    """The same words as `page_tokens` tells, as far as they are folded: all that an index needs."""
    return _walk(lines, folds_of, add)


def _walk(
    lines: Sequence[Sequence[str]], told: Callable[[str], Sequence[T]], joined: Callable[[T, T], T]
) -> tuple[list[T], list[list[T]]]:
    found: list[T] = []
    sides: list[list[T]] = []
    last: Sequence[T] = ()
    cut = False
    for line in lines:
        for number, word in enumerate(line):
            new = told(word)
            if number == 0 and cut and new and _pairs(word)[1][0][0].islower():
                sides.append([*last, *new])
                found[-1] = joined(found[-1], new[0])
                found.extend(new[1:])
            else:
                found.extend(new)
            last = new
        cut = is_cut(line[-1]) if line else cut
    return found, sides


def is_cut(word: str) -> bool:
    """True when the word may be the first half of one that goes on in the next line."""
    return len(word) > 1 and word[-1] in HYPHENS and word[-2].isalpha()


@lru_cache(maxsize=32768)
def _pairs(word: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words told apart in a word, folded and as they stand; remembered: the same words stand on every page."""
    found = tokens(word)
    return tuple(token.folded for token in found), tuple(token.exact for token in found)


def _split(text: str) -> Iterator[tuple[str, str]]:
    if text.isascii():
        yield from ((run, text[at : at + len(run)]) for at, run in _ascii_runs(text.lower()))
        return
    plain, exact = "", ""
    for character in text:
        fold = _fold(character)
        if fold:
            plain, exact = plain + fold, exact + character
        elif fold is not None:
            exact += character if plain and unicodedata.combining(character) else ""
        elif plain:
            yield plain, exact
            plain, exact = "", ""
    if plain:
        yield plain, exact


def _ascii_runs(text: str) -> Iterator[tuple[int, str]]:
    return ((match.start(), match.group()) for match in _RUNS.finditer(text))


@lru_cache(maxsize=4096)
def _fold(character: str) -> str | None:
    """What stays of a character: letters or digits, "" for a mark or what is not seen, None for what parts words."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    letters = "".join(one for one in plain if one.isalnum())
    if letters:
        return letters
    return "" if unicodedata.category(character) in ("Mn", "Cf") else None
