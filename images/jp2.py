"""What the boxes of a JPEG 2000 file and the first marker of its code stream say.

Source: ITU-T T.800 (ISO/IEC 15444-1), annex A.5.1 (SIZ) and annex I (boxes).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final

from core.images import FileFacts, ImageFacts, Oddity
from images.problems import damaged, truncated
from images.profiles import MOST_BYTES, read_profile
from images.resolution import METRE, dots_per_inch
from images.streams import exactly, length, unpack

MEDIA_TYPE: Final = "image/jp2"
SIGNATURE: Final = b"\0\0\0\x0cjP  \r\n\x87\n"
CODE_STREAM: Final = b"\xff\x4f\xff\x51"
END_OF_CODE_STREAM: Final = b"\xff\xd9"
CMYK, SRGB, GREY, SYCC = 12, 16, 17, 18


@dataclass(frozen=True, slots=True)
class Size:
    """The image as its code stream has it: pixels, bits a sample, components, and pixels of its largest tile."""

    width: int
    height: int
    bits: int
    components: int
    tile: int


def read_jp2(path: Path) -> FileFacts:
    """The facts of a JPEG 2000 file or bare code stream; small reads only.

    Raises:
        UnreadableImageError: a box is cut off, or there is no code stream.
    """
    with path.open("rb") as stream:
        boxes, start = _boxes_and_start(stream)
        size = _size(stream, start)
        stream.seek(-2, 2)
        oddities = [] if stream.read(2) == END_OF_CODE_STREAM or boxes.get("after") else [_cut_off()]
    header = boxes.get("ihdr", b"")
    if len(header) >= 8:
        height, width = struct.unpack_from(">II", header)
        if (width, height) != (size.width, size.height):
            says = f"its header says {width} x {height} pixels, its code stream {size.width} x {size.height}"
            oddities.append(Oddity("image-header-wrong", says, 0))
    mode = _mode(size, boxes)
    profile, odd = _profile(boxes.get("icc", b""), _enumerated(boxes), mode)
    facts = ImageFacts(
        index=0,
        width=size.width,
        height=size.height,
        mode=mode,
        bits=size.bits,
        dpi=_resolution(boxes),
        compression="JPEG 2000",
        profile=profile,
    )
    return FileFacts(media_type=MEDIA_TYPE, pages=(facts,), oddities=(*oddities, *odd))


def embedded_profile(path: Path) -> bytes:
    """The ICC profile of the file, or nothing."""
    with path.open("rb") as stream:
        return _boxes_and_start(stream)[0].get("icc", b"")


def decoding_bytes(path: Path) -> int:
    """The memory that decoding takes, in bytes: a tile in 32-bit samples beside the picture, or the picture twice."""
    with path.open("rb") as stream:
        size = _size(stream, _boxes_and_start(stream)[1])
    picture = size.width * size.height * (1 if size.components == 1 else 4) * (2 if size.bits > 8 else 1)
    return picture + max(size.tile * size.components * 4 * 13 // 10, picture)


def _cut_off() -> Oddity:
    return Oddity("image-truncated", "its code stream has no end mark", 0)


def _boxes_and_start(stream: BinaryIO) -> tuple[dict[str, bytes], int]:
    """The header's boxes by name, and where the code stream begins."""
    stream.seek(0)
    if stream.read(4) == CODE_STREAM:
        return {}, 0
    found: dict[str, bytes] = {}
    start = None
    for name, begin, end in _boxes(stream, 0, length(stream)):
        if name == b"jp2h":
            _read_header(stream, begin, end, found)
        elif name == b"jp2c":
            start = begin
        elif start is not None:
            found["after"] = name
    if start is None:
        raise damaged("it has no code stream")
    return found, start


def _read_header(stream: BinaryIO, begin: int, end: int, found: dict[str, bytes]) -> None:
    for name, at, to in _boxes(stream, begin, end):
        if name == b"res ":
            _read_header(stream, at, to, found)
        elif name in (b"ihdr", b"colr", b"resc", b"resd", b"pclr") and to - at <= MOST_BYTES:
            stream.seek(at)
            body = exactly(stream, to - at, "its header")
            if name == b"colr" and body[:1] in (b"\2", b"\3"):
                found.setdefault("icc", body[3:])
            else:
                found.setdefault(name.decode(), body)


def _boxes(stream: BinaryIO, begin: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Each box's name and where its content begins and ends."""
    while begin + 8 <= end:
        stream.seek(begin)
        size, name = struct.unpack(">I4s", exactly(stream, 8, "a box"))
        body = begin + 8
        if size == 1:
            (size,) = unpack(stream, ">Q", "a box")
            body += 8
        stop = end if size == 0 else begin + size
        if stop < body:
            raise damaged("a box has no length")
        if stop > end and name != b"jp2c":
            raise truncated(f'its box "{name.decode("latin-1")}" goes beyond the end')
        yield name, body, min(stop, end)
        begin = stop


def _size(stream: BinaryIO, start: int) -> Size:
    stream.seek(start)
    if exactly(stream, 4, "its code stream") != CODE_STREAM:
        raise damaged("its code stream does not begin as one")
    body = BytesIO(exactly(stream, 40, "its code stream"))
    _, _, right, bottom, left, top, *tile, _, _, components = unpack(body, ">HHIIIIIIIIH", "its code stream")
    if right <= left or bottom <= top or not 0 < components <= 16:
        raise damaged("its size makes no sense")
    width, height = right - left, bottom - top
    bits = (body.read(1)[0] & 0x7F) + 1
    return Size(width, height, bits, components, min(tile[0], width) * min(tile[1], height))


def _enumerated(boxes: dict[str, bytes]) -> int:
    colour = boxes.get("colr", b"")
    return int.from_bytes(colour[3:7], "big") if colour[:1] == b"\1" else 0


def _mode(size: Size, boxes: dict[str, bytes]) -> str:
    if "pclr" in boxes:
        return "P"
    if size.components == 4:
        return "CMYK" if _enumerated(boxes) == CMYK else "RGBA"
    if size.components == 1:
        return "1" if size.bits == 1 else "L" if size.bits <= 8 else "I;16"
    return "LA" if size.components == 2 else "RGB"


def _profile(icc: bytes, enumerated: int, mode: str) -> tuple[str | None, list[Oddity]]:
    if not icc:
        return ("sRGB" if enumerated in (SRGB, SYCC) else None), []
    known = read_profile(icc)
    if known is None or not known.fits(mode):
        return None, [Oddity("image-profile-invalid", known.description if known else "", 0)]
    return known.description, []


def _resolution(boxes: dict[str, bytes]) -> float | None:
    """Capture resolution before display resolution: dots a metre as fraction and power of ten, across the image."""
    for name in ("resc", "resd"):
        if len(boxes.get(name, b"")) >= 10:
            _, _, over, under, _, power = struct.unpack_from(">HHHHbb", boxes[name])
            return dots_per_inch(over / under * 10.0**power, METRE) if under else None
    return None
