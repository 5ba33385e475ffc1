"""Dates as archives write them: Extended Date/Time Format, ISO 8601-2:2019, as the Library of Congress profiles it."""

from edtf import parse_edtf
from edtf.parser.edtf_exceptions import EDTFParseException

_LONGEST = 100


def edtf_or_empty(text: str) -> str:
    """The date when it is one in EDTF ("1905-03-25", "16XX", "1905~", "[1856..1860]"), else ""."""
    stripped = text.strip()
    if not stripped or len(stripped) > _LONGEST or not stripped.isascii() or not stripped.isprintable():
        return ""
    try:
        parse_edtf(stripped)
    except (EDTFParseException, ValueError, OverflowError, RecursionError):
        return ""
    return stripped
