"""What kind of file this is in the words of PRONOM, the registry of The National Archives (PUIDs)."""

import re
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from fido.fido import Fido
from fido.versions import get_local_versions

_WINDOW = 128 * 1024
_START = re.compile(r"\(\?s\)\\A")
_LITERAL = re.compile(r"(?:\\x([0-9a-fA-F]{2})|\\([^\w\s])|([^\\.^$*+?{}\[\]()|]))(?![*+?{])")
_lock = threading.Lock()


def identify(path: Path) -> str:
    """The PRONOM id such as "fmt/353", "" when no signature fits. Reads at most 256 KiB of the file.

    The signatures are loaded at the first call and then kept; calls from several threads take turns.

    Raises:
        OSError: the file cannot be read.
    """
    begin, end = _windows(path)
    if not begin:
        return ""  # some signatures of RTF fit anything, even nothing
    with _lock:
        found = _fitting(begin, end)
    return str(found[0].findtext("puid")) if found else ""


def _fitting(begin: bytes, end: bytes) -> list[Any]:
    """The formats that fit, inferior ones left out.

    Tried one by one, two thousand signatures would take longer than all else that is done to a page. Those that may
    begin with anything are searched for in the whole window: they are tried when no other fits, or when they would
    overrule one that does.
    """
    firm = _matching([one for one, starts in _starts() if starts and begin.startswith(starts)], begin, end)
    loose = [one for one, starts in _starts() if not starts]
    if firm:
        ids = {one.findtext("puid") for one in firm}
        loose = [one for one in loose if not ids.isdisjoint(_overruled(one))]
    return _matching([*firm, *loose], begin, end) if loose else firm


def _matching(formats: list[Any], begin: bytes, end: bytes) -> list[Any]:
    signatures = _signatures()
    signatures.formats = formats
    return [one for one, _ in signatures.match_formats(begin, end)]


def _overruled(known: Any) -> Iterator[str]:
    return (one.text for one in known.findall("has_priority_over"))


def _windows(path: Path) -> tuple[bytes, bytes]:
    with path.open("rb") as file:
        begin = file.read(_WINDOW)
        file.seek(max(0, file.seek(0, 2) - _WINDOW))
        return begin, file.read(_WINDOW)


@cache
def _signatures() -> Fido:
    newest = Path(get_local_versions().get_signature_file()).name
    return Fido(
        quiet=True, nocontainer=True, format_files=[newest, "format_extensions.xml"], handle_matches=lambda *_: None
    )


@cache
def _starts() -> list[tuple[Any, tuple[bytes, ...]]]:
    """Every format in the order in which they are tried, with the bytes of which a file of it must begin with some.

    No bytes where a file of it may begin with anything; formats without a signature are left out.
    """
    found = [(one, tuple(dict.fromkeys(_starts_of(one)))) for one in _signatures().formats]
    return [(one, () if b"" in starts else starts) for one, starts in found if starts]


def _starts_of(known: Any) -> Iterator[bytes]:
    """For each signature of the format the longest beginning that it asks for; nothing is asked for by b""."""
    for signature in known.findall("signature"):
        patterns = [one for one in signature.findall("pattern") if one.findtext("position") == "BOF"]
        yield max((_beginning(one.findtext("regex")) for one in patterns), key=len, default=b"")


def _beginning(regex: str) -> bytes:
    """The plain bytes that a file must begin with to fit the expression."""
    start = _START.match(regex)
    if not start or _has_alternatives(regex):
        return b""
    found, place = bytearray(), start.end()
    while literal := _LITERAL.match(regex, place):
        code, escaped, plain = literal.groups()
        found += bytes.fromhex(code) if code else (escaped or plain).encode()
        place = literal.end()
    return bytes(found)


def _has_alternatives(regex: str) -> bool:
    """True when the whole expression is a choice: a bar stands outside of all brackets."""
    bare = re.sub(r"\\.|\[(?:\\.|[^\]\\])*\]", "", regex, flags=re.DOTALL)
    while (fewer := re.sub(r"\([^()]*\)", "", bare)) != bare:
        bare = fewer
    return "|" in bare
