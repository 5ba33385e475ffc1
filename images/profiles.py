"""What an ICC profile says of itself: its description and the colour space it is for.

Source: ICC.1:2022, 7.2 (header), 10.6 `desc` of version 2 and 10.15 `multiLocalizedUnicodeType`.
"""

import struct
from dataclasses import dataclass
from typing import Final

HEADER: Final = 128
MOST_TAGS: Final = 200
MOST_BYTES: Final = 8 * 1024 * 1024
UNNAMED: Final = "ICC profile"


@dataclass(frozen=True, slots=True)
class Profile:
    """A usable profile: its description, and its data colour space such as "RGB", "GRAY" or "CMYK"."""

    description: str
    space: str

    def fits(self, mode: str) -> bool:
        """True when pixels of this Pillow mode can be meant."""
        wanted = {"CMYK": "CMYK", "LAB": "Lab", "RGB": "RGB", "RGBA": "RGB", "P": "RGB"}.get(mode, "GRAY")
        return self.space == wanted or (wanted == "GRAY" and self.space == "RGB")


def read_profile(data: bytes) -> Profile | None:
    """The profile's own words, or None when the bytes are no ICC profile."""
    if len(data) < HEADER + 4 or data[36:40] != b"acsp":
        return None
    try:
        return Profile(_description(data) or UNNAMED, data[16:20].decode("ascii").strip())
    except (struct.error, UnicodeDecodeError):
        return None


def _description(data: bytes) -> str:
    (count,) = struct.unpack_from(">I", data, HEADER)
    for number in range(min(count, MOST_TAGS)):
        signature, offset, size = struct.unpack_from(">4sII", data, HEADER + 4 + 12 * number)
        if signature == b"desc":
            return _text(data[offset : offset + size])
    return ""


def _text(tag: bytes) -> str:
    if tag[:4] == b"desc":
        (size,) = struct.unpack_from(">I", tag, 8)
        return tag[12 : 12 + size].split(b"\0")[0].decode("latin-1").strip()
    if tag[:4] == b"mluc":
        size, offset = struct.unpack_from(">II", tag, 20)
        return tag[offset : offset + size].decode("utf-16-be", "replace").strip("\0 ")
    return ""
