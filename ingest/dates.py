"""Dates as archives write them: Extended Date/Time Format, ISO 8601-2:2019, as the Library of Congress profiles it."""

from functools import lru_cache

from edtf import parse_edtf
from edtf.parser.edtf_exceptions import EDTFParseException

_LONGEST = 100


def edtf_or_empty(text: str) -> str:
    """The date when it is one in EDTF ("1905-03-25", "16XX", "1905~", "[1856..1860]"), else ""."""
    stripped = text.strip()
    if not stripped or len(stripped) > _LONGEST or not stripped.isascii() or not stripped.isprintable():
        return ""
    return stripped if _parses(stripped) else ""


@lru_cache(maxsize=4096)
def _parses(text: str) -> bool:
    # The library takes 10 ms and more a date, and the items of a batch often share theirs.
    try:
        parse_edtf(text)
    except (EDTFParseException, ValueError, OverflowError, RecursionError):
        return False
    return True
