"""What somebody typed, understood: whatever it is, it never is an error."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from catalog.words import HYPHENS, Token, tokens

TERMS = 24  # more are no question but a pasted page, and FTS5 has a limit of its own
_PIECES = re.compile(r'"([^"]*)"?(\*?)|([^\s"]+)')
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


def expression(terms: Sequence[Term]) -> str:
    """The terms as FTS5 takes them; the words are letters and digits only, so nothing in them is syntax."""
    phrases = (" ".join(token.folded for token in term.tokens) for term in terms)
    return " AND ".join(f'"{phrase}"{"*" * term.prefix}' for phrase, term in zip(phrases, terms, strict=True))


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
