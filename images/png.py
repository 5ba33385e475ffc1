"""What the chunks of a PNG say; image data are passed over.

Source: PNG (third edition), sections 5 and 11.
"""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from core.images import FileFacts, ImageFacts, Oddity
from images.jpeg import read_exif
from images.problems import damaged, truncated
from images.profiles import MOST_BYTES, read_profile
from images.resolution import METRE, dots_per_inch
from images.streams import exactly, length

MEDIA_TYPE: Final = "image/png"
SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
WANTED: Final = frozenset((b"IHDR", b"PLTE", b"pHYs", b"iCCP", b"sRGB", b"acTL", b"eXIf"))
MODES: Final = {0: "L", 2: "RGB", 3: "P", 4: "LA", 6: "RGBA"}


def read_png(path: Path) -> FileFacts:
    """The facts of a PNG; small reads only, up to the end mark.

    Raises:
        UnreadableImageError: the header chunk is not the first, makes no sense, or the file ends before its end mark.
    """
    with path.open("rb") as stream:
        chunks = dict(_chunks(stream))
    width, height, bits, colour = struct.unpack_from(">IIBB", chunks[b"IHDR"])
    mode = _mode(colour, bits, chunks.get(b"PLTE", b""))
    if mode is None or not width or not height:
        raise damaged("its header makes no sense")
    exif = read_exif(chunks[b"eXIf"]) if b"eXIf" in chunks else None
    profile, oddities = _profile(chunks, mode)
    if b"eXIf" in chunks and exif is None:
        oddities.append(Oddity("image-exif-invalid", page=0))
    if b"acTL" in chunks:
        frames = int.from_bytes(chunks[b"acTL"][:4], "big")
        oddities += [Oddity("image-animated", str(frames), 0)] if frames > 1 else []
    orientation = exif.orientation if exif else 1
    width, height = (height, width) if orientation >= 5 else (width, height)
    facts = ImageFacts(
        index=0,
        width=width,
        height=height,
        mode=mode,
        bits=bits,
        dpi=_resolution(chunks.get(b"pHYs", b"")),
        orientation=orientation,
        compression="Deflate",
        profile=profile,
    )
    return FileFacts(media_type=MEDIA_TYPE, pages=(facts,), oddities=tuple(oddities))


def _chunks(stream: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """The wanted chunks, once the end mark is known to be there."""
    end = length(stream)
    stream.seek(len(SIGNATURE))
    first = True
    while True:
        size, name = struct.unpack(">I4s", exactly(stream, 8, "a chunk's head"))
        if first and (name != b"IHDR" or size != 13):
            raise damaged("it has no header chunk")
        if stream.tell() + size + 4 > end:
            raise truncated(f'its chunk "{name.decode("latin-1")}" goes beyond the end')
        if name == b"IEND":
            return
        if name in WANTED and size <= MOST_BYTES:
            data = exactly(stream, size, "a chunk")
            if zlib.crc32(name + data) != int.from_bytes(exactly(stream, 4, "a chunk"), "big"):
                raise damaged(f'the check sum of its chunk "{name.decode()}" is wrong')
            yield name, data
        else:
            stream.seek(size + 4, 1)
        first = False


def _mode(colour: int, bits: int, palette: bytes) -> str | None:
    if colour == 3 and palette and palette[::3] == palette[1::3] == palette[2::3]:
        return "1" if bits == 1 else "L"
    if colour == 0:
        return {1: "1", 16: "I;16"}.get(bits, "L")
    return MODES.get(colour)


def _profile(chunks: dict[bytes, bytes], mode: str) -> tuple[str | None, list[Oddity]]:
    if b"iCCP" not in chunks:
        return ("sRGB" if b"sRGB" in chunks else None), []
    _, _, packed = chunks[b"iCCP"].partition(b"\0")
    try:
        data = zlib.decompressobj().decompress(packed[1:], MOST_BYTES)
    except zlib.error:
        data = b""
    known = read_profile(data)
    if known is None or not known.fits(mode):
        return None, [Oddity("image-profile-invalid", known.description if known else "", 0)]
    return known.description, []


def _resolution(data: bytes) -> float | None:
    if len(data) != 9 or data[8] != 1:
        return None
    return dots_per_inch(int.from_bytes(data[:4], "big"), METRE)
