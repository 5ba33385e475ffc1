"""dc.language as people write it, to the shortest language tags of BCP 47 (RFC 5646)."""

import re
from functools import cache

from ingest.language_codes import THREE_LETTERS, TWO_LETTERS

_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?P<script>-[a-z]{4})?(?P<region>-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?P<rest>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?)"
)
_NO_LANGUAGE = frozenset(("mul", "und", "mis"))


def split_languages(text: str) -> tuple[str, ...]:
    """The parts of a value such as "grc; en", without empty ones."""
    return tuple(part.strip() for part in re.split(r"[;,|\n]", text) if part.strip())


def normal_tag(text: str) -> str:
    """The shortest BCP 47 tag ("ger" is "de", "GER-latf" is "de-Latf", "German" is "de"), "" when it is not known.

    Subtags are kept. A tag that came out of this function goes through it unchanged.
    """
    written = " ".join(text.strip().split()).casefold()
    if written in _names():
        return _names()[written]
    found = _TAG.fullmatch(written.replace("_", "-"))
    language = _codes().get(found["language"], "") if found else ""
    if not found or not language or language in _NO_LANGUAGE:
        return ""
    script = (found["script"] or "").title()
    return language + script + (found["region"] or "").upper() + found["rest"]


@cache
def _codes() -> dict[str, str]:
    """Every known code to its shortest form."""
    codes = {line.split()[0]: line.split()[0] for line in THREE_LETTERS.strip().splitlines()}
    for line in TWO_LETTERS.strip().splitlines():
        short, long, _ = line.split(" ", 2)
        codes |= dict.fromkeys((short, *long.split("/")), short)
    return codes


@cache
def _names() -> dict[str, str]:
    """English names, in lower case, to codes."""
    lines = [(line.split()[0], line.split(" ", 2)[2]) for line in TWO_LETTERS.strip().splitlines()]
    lines += [(code, names) for code, names in (line.split(" ", 1) for line in THREE_LETTERS.strip().splitlines())]
    return {name.casefold(): code for code, names in lines for name in names.split(", ") if code not in _NO_LANGUAGE}
