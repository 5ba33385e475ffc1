"""What the markers of a JPEG say before its coded data begin.

Source: ITU-T T.81 annex B, JFIF 1.02, Exif 2.32 (4.6), ICC.1:2022 annex B.4, Adobe's image resource blocks.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final

from core.images import FileFacts, ImageFacts, Oddity
from images.problems import UnreadableImageError, damaged
from images.profiles import read_profile
from images.resolution import CENTIMETRE, INCH, dots_per_inch
from images.streams import exactly
from images.tiff import Directory, read_chain

MEDIA_TYPE: Final = "image/jpeg"
FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
START_OF_SCAN, END = 0xDA, 0xD9
ALONE: Final = frozenset((0x01, *range(0xD0, 0xD9)))
MOST_SEGMENTS: Final = 10_000
ORIENTATION, X_RESOLUTION, UNIT, EXIF_DIRECTORY, COLOUR_SPACE = 274, 282, 296, 34665, 0xA001


@dataclass(slots=True)
class Header:
    """What was gathered from the segments."""

    frame: tuple[int, int, int, int, int] | None = None  # marker, bits, height, width, components
    jfif: float | None = None
    exif: bytes = b""
    photoshop: float | None = None
    icc: list[tuple[int, bytes]] = field(default_factory=list)


def read_jpeg(path: Path) -> FileFacts:
    """The facts of a JPEG, upright by its EXIF orientation; small reads only.

    Raises:
        UnreadableImageError: no frame header can be found.
    """
    with path.open("rb") as stream:
        header = _header(stream)
    if header.frame is None:
        raise damaged("it has no frame header")
    marker, bits, height, width, components = header.frame
    if not width or not height:
        raise damaged("it says no width and height")
    mode = {1: "L", 3: "RGB", 4: "CMYK"}.get(components)
    if mode is None:
        raise damaged(f"it claims {components} components a pixel")
    exif = read_exif(header.exif)
    profile, oddities = _profile(header.icc, mode)
    if header.exif and exif is None:
        oddities.append(Oddity("image-exif-invalid", page=0))
    exif = exif or Exif()
    width, height = (height, width) if exif.orientation >= 5 else (width, height)
    facts = ImageFacts(
        index=0,
        width=width,
        height=height,
        mode=mode,
        bits=bits,
        dpi=header.jfif or exif.dpi or header.photoshop,
        orientation=exif.orientation,
        compression="progressive JPEG" if marker in (0xC2, 0xC6, 0xCA, 0xCE) else "JPEG",
        profile=profile or ("sRGB (by EXIF)" if exif.srgb and mode == "RGB" else None),
    )
    return FileFacts(media_type=MEDIA_TYPE, pages=(facts,), oddities=tuple(oddities))


@dataclass(frozen=True, slots=True)
class Exif:
    """What matters of a camera's data."""

    orientation: int = 1
    dpi: float | None = None
    srgb: bool = False


def read_exif(data: bytes) -> Exif | None:
    """The camera's data, or None when they are no readable TIFF structure."""
    stream = BytesIO(data)
    try:
        chain = read_chain(stream, 4)
    except UnreadableImageError:
        return None
    if not chain.directories:
        return None
    first = chain.directories[0]
    orientation = first.number_of(stream, ORIENTATION, 1)
    unit = {2: INCH, 3: CENTIMETRE}.get(first.number_of(stream, UNIT, 2))
    across = first.numbers(stream, X_RESOLUTION)
    return Exif(
        orientation=orientation if 1 <= orientation <= 8 else 1,
        dpi=dots_per_inch(across[0], unit) if unit and across else None,
        srgb=_declares_srgb(stream, first),
    )


def _declares_srgb(stream: BinaryIO, first: Directory) -> bool:
    where = first.number_of(stream, EXIF_DIRECTORY)
    inner = first.follow(stream, where) if where else None
    return inner is not None and inner.number_of(stream, COLOUR_SPACE) == 1


def _header(stream: BinaryIO) -> Header:
    header = Header()
    for marker, body in _segments(stream):
        if marker in FRAMES and len(body) >= 6:
            bits, height, width, components = struct.unpack_from(">BHHB", body)
            header.frame = (marker, bits, height, width, components)
        elif marker == 0xE0 and body.startswith(b"JFIF\0") and len(body) >= 12:
            unit, across = struct.unpack_from(">xxBH", body, 5)
            header.jfif = dots_per_inch(across, {1: INCH, 2: CENTIMETRE}.get(unit, 0.0))
        elif marker == 0xE1 and body.startswith(b"Exif\0"):
            header.exif = header.exif or body[6:] or b"\0"
        elif marker == 0xE2 and body.startswith(b"ICC_PROFILE\0") and len(body) > 14:
            header.icc.append((body[12], body[14:]))
        elif marker == 0xED and body.startswith(b"Photoshop 3.0\0"):
            header.photoshop = header.photoshop or _photoshop(body[14:])
    return header


def _segments(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Markers with their bodies up to the first scan, and of it the marker."""
    stream.seek(2)
    for _ in range(MOST_SEGMENTS):
        marker = _marker(stream)
        if marker in (START_OF_SCAN, END):
            return
        if marker not in ALONE:
            (size,) = struct.unpack(">H", exactly(stream, 2, "a segment"))
            if size < 2:
                raise damaged("a segment has no length")
            yield marker, exactly(stream, size - 2, "a segment")
    raise damaged("its header never ends")


def _marker(stream: BinaryIO) -> int:
    """The next marker; stray bytes before it are passed over, as every reader does."""
    for _ in range(65536):
        if exactly(stream, 1, "its header") == b"\xff":
            while (code := exactly(stream, 1, "its header")[0]) == 0xFF:
                pass
            if code:
                return code
    raise damaged("its header is full of stray bytes")


def _profile(chunks: list[tuple[int, bytes]], mode: str) -> tuple[str | None, list[Oddity]]:
    if not chunks:
        return None, []
    known = read_profile(b"".join(data for _, data in sorted(chunks)))
    if known is None or not known.fits(mode):
        return None, [Oddity("image-profile-invalid", known.description if known else "", 0)]
    return known.description, []


def _photoshop(block: bytes) -> float | None:
    """The resolution of an image resource block (0x03ED, pixels an inch in 16.16 fixed point)."""
    place = block.find(b"8BIM\x03\xed")
    if place < 0 or place + 16 > len(block):
        return None
    name = block[place + 6]
    start = place + 6 + (name + 2 - name % 2) + 4
    value = block[start : start + 4]
    return dots_per_inch(int.from_bytes(value, "big") / 65536, INCH) if len(value) == 4 else None
