"""What kind of file this is in the words of PRONOM, the registry of The National Archives (PUIDs)."""

import threading
from functools import cache
from pathlib import Path

from fido.fido import Fido
from fido.versions import get_local_versions

_WINDOW = 128 * 1024
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
        matches = _signatures().match_formats(begin, end)
    return str(matches[0][0].findtext("puid")) if matches else ""


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
