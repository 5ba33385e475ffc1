"""Small reads from a file whose numbers cannot be trusted."""

import struct
from typing import BinaryIO

from images.problems import truncated


def exactly(stream: BinaryIO, size: int, what: str) -> bytes:
    """The next `size` bytes.

    Raises:
        UnreadableImageError: the file ends before, "image-truncated".
    """
    data = stream.read(size)
    if len(data) != size:
        raise truncated(f"it ends inside {what}")
    return data


def unpack(stream: BinaryIO, form: str, what: str) -> tuple[int, ...]:
    """The next numbers by a `struct` format; raises as `exactly` does."""
    return struct.unpack(form, exactly(stream, struct.calcsize(form), what))


def length(stream: BinaryIO) -> int:
    """The size of the whole stream in bytes; its position is kept."""
    here = stream.tell()
    end = stream.seek(0, 2)
    stream.seek(here)
    return end
