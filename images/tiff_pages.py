"""Which directories of a TIFF are pages, and what their tags say.

Source: TIFF 6.0 (NewSubfileType, SubfileType, photometric interpretation), TIFF/EP for raw files.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Final

from core.images import FileFacts, ImageFacts, Oddity
from core.limits import PageLimits
from images.problems import UnreadableImageError, damaged, truncated
from images.profiles import read_profile
from images.resolution import CENTIMETRE, INCH, dots_per_inch
from images.streams import length
from images.tiff import Directory, read_chain

MEDIA_TYPE: Final = "image/tiff"
MOST_SAMPLES: Final = 32
MOST_BITS: Final = 16
UNSIGNED, UNDEFINED = 1, 4  # sample formats; floating-point and signed numbers have no agreed white
NEW_SUBFILE, SUBFILE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, ORIENTATION, SAMPLES = (
    254, 255, 256, 257, 258, 259, 262, 274, 277,
)  # fmt: skip
X_RESOLUTION, Y_RESOLUTION, UNIT, COLOUR_MAP, TILE_WIDTH, EXTRA, FORMAT, ICC, RAW_VERSION = (
    282, 283, 296, 320, 322, 338, 339, 34675, 50706,
)  # fmt: skip
COMPRESSIONS: Final = {
    1: "none", 2: "CCITT RLE", 3: "CCITT G3", 4: "CCITT G4", 5: "LZW", 6: "old JPEG", 7: "JPEG", 8: "Deflate",
    32773: "PackBits", 32946: "Deflate", 34712: "JPEG 2000", 34925: "LZMA", 50000: "Zstandard", 50001: "WebP",
}  # fmt: skip
PALETTE, RGB, CMYK, LAB = 3, (2, 6), 5, (8, 9, 10)


def read_tiff(path: Path, limits: PageLimits) -> FileFacts:
    """The facts of every page of a TIFF; reductions and masks are no pages, a pyramid is one.

    Raises:
        UnreadableImageError: no page can be found at all.
    """
    with path.open("rb") as stream:
        chain = read_chain(stream, limits.pages)
        if not chain.directories:
            raise (truncated if chain.cut_off else damaged)(chain.broken or "it holds no image")
        if RAW_VERSION in chain.directories[0].entries:
            raise UnreadableImageError("format-not-accepted", "a camera's raw file (DNG)")
        pages = page_directories(stream, chain.directories)
        if len(chain.directories) > limits.pages and len(pages) >= limits.pages:
            raise UnreadableImageError("pages-too-many", str(len(pages)))
        oddities = []
        if chain.broken:
            oddities.append(Oddity("image-truncated" if chain.cut_off else "image-damaged", chain.broken))
        if chain.loops:
            oddities.append(Oddity("image-directory-loop", str(len(pages))))
        facts = []
        for index, directory in enumerate(pages):
            one, odd = page_facts(stream, directory, index)
            facts.append(one)
            oddities += odd
    return FileFacts(media_type=MEDIA_TYPE, pages=tuple(facts), oddities=tuple(oddities))


def find_page(path: Path, index: int) -> tuple[int, ImageFacts]:
    """The number of the directory that holds the page, and the page's facts.

    Raises:
        UnreadableImageError: there is no such page.
    """
    with path.open("rb") as stream:
        pages = page_directories(stream, read_chain(stream, PageLimits().pages).directories)
        if index >= len(pages):
            raise damaged(f"it has no page {index + 1}", index)
        return pages[index].number, page_facts(stream, pages[index], index)[0]


def page_directories(stream: BinaryIO, directories: Sequence[Directory]) -> list[Directory]:
    """The directories that are pages, in order."""
    pages: list[Directory] = []
    for directory in directories:
        subfile = directory.number_of(stream, NEW_SUBFILE)
        reduced = bool(subfile & 0b101) or directory.number_of(stream, SUBFILE) == 2
        if not reduced and not (pages and _halves(stream, directory, directories[directory.number - 1])):
            pages.append(directory)
    return pages or list(directories[:1])


def page_facts(stream: BinaryIO, directory: Directory, index: int) -> tuple[ImageFacts, list[Oddity]]:
    """The facts of one directory and what is odd about it.

    Raises:
        UnreadableImageError: it has no size, claims samples that no image has, or holds measurements.
    """
    width, height = directory.number_of(stream, WIDTH), directory.number_of(stream, HEIGHT)
    samples = directory.number_of(stream, SAMPLES, 1)
    if width <= 0 or height <= 0:
        raise damaged("it says no width and height", index)
    if not 0 < samples <= MOST_SAMPLES:
        raise damaged(f"it claims {samples} samples a pixel", index)
    bits = directory.number_of(stream, BITS, 1)
    if bits > MOST_BITS or directory.number_of(stream, FORMAT, UNSIGNED) not in (UNSIGNED, UNDEFINED):
        raise UnreadableImageError("format-not-accepted", "a TIFF of measurements, not of 1 to 16 bits a sample", index)
    orientation = directory.number_of(stream, ORIENTATION, 1)
    orientation = orientation if 1 <= orientation <= 8 else 1
    if orientation >= 5:
        width, height = height, width
    mode = _mode(stream, directory, bits, samples)
    profile, oddities = _profile(stream, directory, mode, index)
    compression = directory.number_of(stream, COMPRESSION, 1)
    facts = ImageFacts(
        index=index,
        width=width,
        height=height,
        mode=mode,
        bits=bits,
        dpi=_resolution(stream, directory),
        orientation=orientation,
        compression=COMPRESSIONS.get(compression, f"TIFF {compression}"),
        profile=profile,
    )
    return facts, oddities


def ends_early(path: Path, number: int) -> bool:
    """True when strips or tiles of the directory lie beyond the end of the file."""
    with path.open("rb") as stream:
        directories = read_chain(stream, number).directories
        if number >= len(directories):
            return True
        end = length(stream)
        for offsets, counts in ((273, 279), (324, 325)):
            starts = directories[number].numbers(stream, offsets)
            sizes = directories[number].numbers(stream, counts)
            if any(start + size > end for start, size in zip(starts, sizes, strict=False)):
                return True
    return False


def _halves(stream: BinaryIO, directory: Directory, before: Directory) -> bool:
    """True for a level of a pyramid whose writer did not mark it: tiled, and half the one before it."""
    if TILE_WIDTH not in directory.entries or TILE_WIDTH not in before.entries:
        return False
    return all(
        abs(2 * directory.number_of(stream, tag) - before.number_of(stream, tag)) <= 2 for tag in (WIDTH, HEIGHT)
    )


def _mode(stream: BinaryIO, directory: Directory, bits: int, samples: int) -> str:
    photometric = directory.number_of(stream, PHOTOMETRIC)
    extra = bool(directory.number_of(stream, EXTRA)) or None
    if photometric == PALETTE:
        return _palette_mode(directory.numbers(stream, COLOUR_MAP), bits)
    if photometric in RGB:
        return "RGBA" if samples == 4 and extra is not None else "RGB"
    if photometric == CMYK:
        return "CMYK"
    if photometric in LAB:
        return "LAB"
    if samples > 1:
        return "LA"
    return "1" if bits == 1 else "L" if bits <= 8 else "I;16"


def _palette_mode(colours: tuple[float, ...], bits: int) -> str:
    """The mode "P", or the grey one that a palette of greys amounts to."""
    third = len(colours) // 3
    grey = third > 0 and colours[:third] == colours[third : 2 * third] == colours[2 * third :]
    return ("1" if bits == 1 else "L") if grey else "P"


def _profile(stream: BinaryIO, directory: Directory, mode: str, index: int) -> tuple[str | None, list[Oddity]]:
    entry = directory.entries.get(ICC)
    if entry is None:
        return None, []
    if entry.offset + entry.size > length(stream):
        return None, [Oddity("image-truncated", "its colour profile lies beyond the end of the file", index)]
    known = read_profile(directory.data(stream, ICC))
    if known is None or not known.fits(mode):
        return None, [Oddity("image-profile-invalid", known.description if known else "", index)]
    return known.description, []


def _resolution(stream: BinaryIO, directory: Directory) -> float | None:
    unit = {2: INCH, 3: CENTIMETRE}.get(directory.number_of(stream, UNIT, 2))
    values = directory.numbers(stream, X_RESOLUTION) or directory.numbers(stream, Y_RESOLUTION)
    return dots_per_inch(values[0], unit) if unit and values else None
