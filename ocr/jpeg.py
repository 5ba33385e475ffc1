"""What a PDF has to know of a JPEG file before it can carry its bytes as they are."""

from dataclasses import dataclass
from pathlib import Path

from core.errors import OcrError

# Start of frame, but for the four markers of that range that mean something else (ITU T.81, table B.1).
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})


@dataclass(frozen=True, slots=True)
class Jpeg:
    """The bytes of a JPEG file, its size in pixels, and its components: 1 grey, 3 colour, 4 inks."""

    data: bytes
    width: int
    height: int
    components: int


def read_jpeg(path: Path) -> Jpeg:
    """The file with what its frame header says; nothing is decoded.

    Raises:
        OcrError: this is not a JPEG file.
        OSError: it cannot be read.
    """
    data = path.read_bytes()
    place = 2
    while data[:2] == b"\xff\xd8" and place + 10 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker in _FRAMES:
            height, width = (int.from_bytes(data[start : start + 2], "big") for start in (place + 5, place + 7))
            return Jpeg(data, width, height, data[place + 9])
        if marker == 0xFF:
            place += 1  # a fill byte
        elif marker in _WITHOUT_LENGTH:
            place += 2
        else:
            place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    raise OcrError(f'"{path.name}" is not a JPEG file: make the access copy of the page again.')
