"""The manners of libvips in our processes: one thread an image, nothing cached, no word to the terminal."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

import pyvips
from PIL import Image

from images.problems import UnreadableImageError

LOGGER: Final = logging.getLogger("pyvips")
DETAIL: Final = 120
PREFIX: Final = re.compile(r"^((vips|tiff2vips|vipsjpeg|vipspng|jpegload): )+", re.IGNORECASE)
NO_MEMORY: Final = ("out of memory", "memory allocation", "cannot allocate", "insufficient memory")
CUT_OFF: Final = ("premature end", "truncated", "unexpected end", "read error", "not enough data")
FAULTY: Final = (
    "corrupt",
    "bad code word",
    "premature eo",
    "line length mismatch",
    "bad huffman",
    "invalid suspension",
)
LOST: Final = ("premature end", "tiff2vips:")
HARMLESS: Final = ("extraneous bytes before marker 0xd9", "extraneous bytes before marker 0xe")


class Complaints(logging.Handler):
    """Gathers what the readers of images say in passing."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps the words, not more than a few hundred of them."""
        if len(self.lines) < 200:
            self.lines.append(record.getMessage())

    def lost(self) -> str:
        """The complaint that means that a part of the picture is not there at all, or nothing.

        libvips goes on past a tile that cannot be decoded and only leaves the reason in its error buffer.
        """
        heard = (*_error_buffer().splitlines(), *self.lines)
        return next((line for line in heard if any(word in line.lower() for word in LOST)), "")

    def faults(self) -> tuple[str, ...]:
        """The complaints that mean faulty picture data; those about headers and stray bytes are left out."""
        heard = [line.lower() for line in (*self.lines, *_error_buffer().splitlines())]
        return tuple(
            line
            for line in dict.fromkeys(heard)
            if any(word in line for word in FAULTY) and not any(word in line for word in HARMLESS)
        )


@cache
def prepare() -> None:
    """Sets the manners, once a process."""
    pyvips.cache_set_max(0)
    pyvips.vips_lib.vips_concurrency_set(1)
    LOGGER.setLevel(logging.WARNING)
    LOGGER.propagate = False
    LOGGER.addHandler(logging.NullHandler())
    Image.MAX_IMAGE_PIXELS = None  # our own limit was applied to the header before; its warning would be a second one


@contextmanager
def listening() -> Iterator[Complaints]:
    """What the readers complain of meanwhile."""
    prepare()
    complaints = Complaints()
    pyvips.vips_lib.vips_error_clear()
    LOGGER.addHandler(complaints)
    try:
        yield complaints
    finally:
        LOGGER.removeHandler(complaints)
        pyvips.vips_lib.vips_error_clear()


def translated(error: Any, page: int) -> UnreadableImageError | MemoryError:
    """What a library's error means: no memory, a file cut off, or a damaged one."""
    text = str(error).lower()
    if any(words in text for words in NO_MEMORY):
        return MemoryError(str(error))
    kind = "image-truncated" if any(words in text for words in CUT_OFF) else "image-damaged"
    return UnreadableImageError(kind, detail(str(error)), page)


def detail(text: str) -> str:
    """A library's last words on one line, without paths and function names."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("unable to ")]
    words = lines[0].rsplit("/", 1)[-1] if lines else "its reader gave no reason"
    return " ".join(PREFIX.sub("", words).split())[:DETAIL]


def _error_buffer() -> str:
    return str(pyvips.ffi.string(pyvips.vips_lib.vips_error_buffer()).decode("utf-8", "replace"))
