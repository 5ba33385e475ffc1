"""What somebody typed, understood: whatever it is, it never is an error."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from catalog.words import HYPHENS, Token, tokens

TERMS = 24  # more are no question but a pasted page, and FTS5 has a limit of its own
_PIECES = re.compile(r'"([^"]*)"?(\*?)|([^\s"]+)')
Begun = Callable[[str], Sequence[str] | None]
_CUT = re.compile(rf"(?<=[^\W\d_])[{re.escape(HYPHENS)}]\n+(?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Term:
    """Words that must stand next to each other; `prefix` when the last one may go on."""

    tokens: tuple[Token, ...]
    prefix: bool = False


def parse(text: str) -> tuple[Term, ...]:
    """The terms of a question, all of which must be found; none when it has no letter and no digit.

    A word that folding parts ("don't", "1893/94") is a phrase. A quotation mark that is never closed closes at the end.
    """
    found = []
    for match in _PIECES.finditer(text):
        quoted, star, bare = match.group(1), match.group(2), match.group(3)
        words = tokens(bare if quoted is None else quoted)
        if words:
            found.append(Term(tuple(words), bool(star) or (bare or "").endswith("*")))
    return tuple(dict.fromkeys(found))[:TERMS]


def expression(terms: Sequence[Term], begun: Begun = lambda _: None) -> str:
    """The terms as FTS5 takes them; the words are letters and digits only, so nothing in them is syntax.

    `begun` tells the words that begin so, or None where FTS5 shall find them itself.
    """
    return " AND ".join(
        phrase([token.folded for token in term.tokens], begun if term.prefix else None) for term in terms
    )


def phrase(words: Sequence[str], begun: Begun | None) -> str:
    """Words next to each other as FTS5 takes them; with `begun` the last one may go on."""
    *firm, last = words
    known = begun(last) if begun else (last,)
    if known is None:
        return f'"{" ".join(words)}"*'
    told = [" ".join([*firm, word]) for word in known or (last,)]  # where none begins so, none is so either
    return f'"{told[0]}"' if len(told) == 1 else f"({' OR '.join(map(_quoted, told))})"


def _quoted(words: str) -> str:
    return f'"{words}"'


def exact_test(terms: Sequence[Term]) -> Callable[[str], bool]:
    """What tells whether a text (NFC) holds every term with its case and diacritics, whole or cut at a line's end.

    FTS5 has no index that minds case, and a second one without folding would cost its size again for few questions:
    so the folded index finds the candidates, and this looks at each.
    """
    patterns = [_pattern(term) for term in terms]

    def holds(text: str) -> bool:
        missing = [pattern for pattern in patterns if not pattern.search(text)]
        whole = _CUT.sub("", text) if missing else ""
        return all(pattern.search(whole) for pattern in missing)

    return holds


def _pattern(term: Term) -> re.Pattern[str]:
    first, *others = [re.escape(token.exact) for token in term.tokens]
    # That no word goes before is asked after the first word, so that the search can jump from one to the next.
    start = first + f"(?<![^\\W_]{first})"
    return re.compile(r"[\W_]+".join([start, *others]) + ("" if term.prefix else r"(?![^\W_]|[\u0300-\u036f])"))
