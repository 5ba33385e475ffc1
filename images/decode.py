"""Pages as decoded pictures, judged by the same measure wherever they are decoded."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final, TypeVar

import pyvips
from PIL import Image

from core.images import ImageFacts, Oddity
from images import facts, jp2, jpeg, pdf, png, tiff_pages
from images.memory import demand
from images.problems import UnreadableImageError
from images.vips import Complaints, detail, translated

FORMATS: Final = {"L": "uchar", "RGB": "uchar", "RGBA": "uchar", "LA": "uchar", "CMYK": "uchar", "I;16": "ushort"}
Made = TypeVar("Made")
SPACES: Final = {"L": "b-w", "LA": "b-w", "I;16": "grey16", "CMYK": "cmyk"}
TURNS: Final = {
    2: ("fliphor",),
    3: ("rot180",),
    4: ("flipver",),
    5: ("rot90", "fliphor"),
    6: ("rot90",),
    7: ("rot270", "fliphor"),
    8: ("rot270",),
}


@dataclass(frozen=True, slots=True)
class Source:
    """A page that is about to be decoded: as it lies in the file, not yet upright, in its own colours."""

    path: Path
    media_type: str
    number: int
    facts: ImageFacts
    image: Any

    @property
    def in_memory(self) -> bool:
        """True when the picture is decoded already and can be read more than once."""
        return self.media_type in (pdf.MEDIA_TYPE, jp2.MEDIA_TYPE)


def open_page(path: Path, index: int) -> Source:
    """The page, opened; TIFF, JPEG and PNG are decoded as they are used, JP2 and PDF at once.

    Raises:
        UnreadableImageError: the page cannot be opened.
        MemoryError: it would take more memory than there is.
    """
    media_type, number, page = facts.find_page(path, index)
    try:
        return Source(path, media_type, number, page, _opened(path, media_type, number, page))
    except pyvips.Error as error:
        raise translated(error, index) from error


def decode(source: Source, complaints: Complaints, work: Callable[[Any], Made]) -> tuple[Made, tuple[Oddity, ...]]:
    """What `work` makes of the whole picture, and what is odd about it although it can be shown.

    Raises:
        UnreadableImageError: the picture cannot be decoded in full.
        MemoryError: it would take more memory than there is.
    """
    index = source.facts.index
    try:
        result = work(source.image)
    except pyvips.Error as error:
        meant = translated(error, index)
        if isinstance(meant, UnreadableImageError) and _cut_off(source):
            raise UnreadableImageError("image-truncated", meant.oddity.detail, index) from error
        raise meant from error
    if source.media_type == pdf.MEDIA_TYPE:
        _check_packed(source)
    return result, _judge(complaints, index)


def upright(image: Any, page: ImageFacts) -> Any:
    """The picture as it is to be looked at: turned and mirrored as the page's orientation says."""
    for turn in TURNS.get(page.orientation, ()):
        image = getattr(image, turn)()
    image = image.copy()
    if "orientation" in image.get_fields():
        image.remove("orientation")
    return image


def _judge(complaints: Complaints, index: int) -> tuple[Oddity, ...]:
    """Faults that leave a picture whole are a warning; a part that is not there is an error, though readers go on."""
    if lost := complaints.lost():
        raise translated(lost, index)
    faults = complaints.faults()
    return (Oddity("image-faulty-rows", detail(faults[0]), index),) if faults else ()


def _opened(path: Path, media_type: str, number: int, page: ImageFacts) -> Any:
    # The loaders by name: the general one would read options out of a file name that ends in brackets.
    options = {"access": "sequential", "fail_on": "error"}
    match media_type:
        case tiff_pages.MEDIA_TYPE:
            return pyvips.Image.tiffload(str(path), page=number, **options)
        case jpeg.MEDIA_TYPE:
            return pyvips.Image.jpegload(str(path), **options)
        case png.MEDIA_TYPE:
            return pyvips.Image.pngload(str(path), **options)
        case pdf.MEDIA_TYPE:
            return _from_pixels(*pdf.render_pdf(path, page), "RGB" if page.colour else "L")
        case _:
            demand(jp2.decoding_bytes(path), "its decoding")
            return _with_profile(_from_jp2(path.read_bytes(), page.index), jp2.embedded_profile(path))


def _from_jp2(data: bytes, index: int) -> Any:
    """The decoded picture; Pillow decodes it tile by tile."""
    try:
        with Image.open(BytesIO(data), formats=("JPEG2000",)) as opened:
            picture = opened if opened.mode in FORMATS else opened.convert("RGB")
            return _from_pixels(picture.tobytes(), *picture.size, picture.mode)
    except (OSError, SyntaxError, ValueError) as error:
        raise translated(error, index) from error


def _from_pixels(data: Any, width: int, height: int, mode: str) -> Any:
    bands = {"RGB": 3, "RGBA": 4, "LA": 2, "CMYK": 4}.get(mode, 1)
    image = pyvips.Image.new_from_memory(data, width, height, bands, FORMATS[mode])
    return image.copy(interpretation=SPACES.get(mode, "srgb"))


def _with_profile(image: Any, profile: bytes) -> Any:
    if not profile:
        return image
    image = image.copy()
    image.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
    return image


def _cut_off(source: Source) -> bool:
    return source.media_type == tiff_pages.MEDIA_TYPE and tiff_pages.ends_early(source.path, source.number)


def _check_packed(source: Source) -> None:
    """Decodes the JPEG and JPEG 2000 pictures inside a PDF's page: its renderer passes over their damage in silence."""
    for packing, data in pdf.packed_pictures(source.path, source.number):
        if packing == "JPXDecode":
            _from_jp2(data, source.facts.index)
            continue
        try:
            pyvips.Image.jpegload_buffer(data, access="sequential", fail_on="error").avg()
        except pyvips.Error as error:
            raise translated(error, source.facts.index) from error
