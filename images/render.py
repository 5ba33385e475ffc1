"""What is made of a page in one decoding: access copy, thumbnail, and the picture for text recognition."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyvips

from core.errors import MunimentError
from core.images import ImageFacts, Oddity
from images import colour
from images.decode import decode, open_page
from images.problems import UnreadableImageError
from images.vips import detail, listening, translated

ACCESS: Final = "access.tif"
THUMBNAIL: Final = "thumb.jpg"
READING: Final = "ocr.png"
DECODED: Final = "decoded.v"
TILE: Final = 256
QUALITY: Final = 80
LONG_SIDE: Final = 400
UNKNOWN: Final = 1.0  # dots a millimetre, as PNG wants some: so few that no engine believes them
IN_MEMORY: Final = 256 * 1024 * 1024
CLASSIC_TIFF: Final = 2**31
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
class Rendered:
    """What was made: size in pixels of the upright page, its resolution if known, and what was odd.

    When an oddity's code is an error the page could not be decoded: width and height are 0 and no file was written.
    """

    width: int
    height: int
    dpi: float | None
    oddities: tuple[Oddity, ...]


def render_page(path: Path, index: int, folder: Path, *, prepare: bool) -> Rendered:
    """The page decoded once in full, with `access.tif`, `thumb.jpg` and, to `prepare` recognition, `ocr.png` written.

    `access.tif` is a pyramid of 256-pixel JPEG tiles in 8-bit sRGB or grey, upright, converted from the embedded
    profile; `ocr.png` has the page's own pixels upright, 1-bit where they were, with its resolution (where the
    file has none, one too small to be believed: the engine then goes by the size of the letters). Limits are the
    caller's: `read_facts` names pages beyond them. Safe to repeat: files are replaced.

    Raises:
        MemoryError: the page takes more memory than this process may use.
        MunimentError: the files could not be written.
    """
    try:
        with listening() as complaints, _scratch(folder) as scratch:
            source = open_page(path, index)
            held, oddities = decode(
                source, complaints, lambda image: image if source.in_memory else _held(image, scratch)
            )
            page = source.facts
            with _writing(folder, path):
                if prepare:
                    _write_reading(held, page, folder / READING)
                _write_access(_upright(colour.for_screen(held, page), page), folder / ACCESS)
                _write_thumbnail(folder)
    except UnreadableImageError as error:
        return Rendered(0, 0, None, (error.oddity,))
    return Rendered(page.width, page.height, page.dpi, oddities)


def verify_page(path: Path, index: int) -> tuple[Oddity, ...]:
    """What is odd about the page once it is decoded in full; nothing is written. The same measure as `render_page`.

    Raises:
        MemoryError: the page takes more memory than this process may use.
    """
    try:
        with listening() as complaints:
            return decode(open_page(path, index), complaints, pyvips.Image.avg)[1]
    except UnreadableImageError as error:
        return (error.oddity,)


def _held(image: Any, scratch: Path) -> Any:
    """The decoded picture where it can be read more than once: in memory, or when it is big in a scratch file."""
    size = image.width * image.height * image.bands * (2 if image.format == "ushort" else 1)
    if size <= IN_MEMORY:
        return image.copy_memory()
    image.vipssave(str(scratch))
    return pyvips.Image.vipsload(str(scratch))


def _upright(image: Any, page: ImageFacts) -> Any:
    for turn in TURNS.get(page.orientation, ()):
        image = getattr(image, turn)()
    image = image.copy()
    if "orientation" in image.get_fields():
        image.remove("orientation")
    return image


def _write_reading(held: Any, page: ImageFacts, to: Path) -> None:
    image = colour.for_reading(held)
    image = image.extract_band(1) if image.bands == 3 and not page.colour else image
    dots = page.dpi / 25.4 if page.dpi else UNKNOWN
    image = _upright(image, page).copy(xres=dots, yres=dots)
    image.pngsave(str(to), compression=1, filter="none", bitdepth=1 if page.mode == "1" else 8, keep="none")


def _write_access(image: Any, to: Path) -> None:
    image.tiffsave(
        str(to),
        compression="jpeg",
        Q=QUALITY,
        tile=True,
        tile_width=TILE,
        tile_height=TILE,
        pyramid=True,
        bigtiff=image.width * image.height * image.bands > CLASSIC_TIFF,
        keep="none",
    )


def _write_thumbnail(folder: Path) -> None:
    image = pyvips.Image.thumbnail(str(folder / ACCESS), LONG_SIDE, height=LONG_SIDE, size="down", no_rotate=True)
    image.jpegsave(str(folder / THUMBNAIL), Q=QUALITY, optimize_coding=True, keep="none")


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    path = folder / DECODED
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def _writing(folder: Path, path: Path) -> Iterator[None]:
    """Leaves nothing half-written, and tells trouble with our own disk from trouble with the page."""
    try:
        yield
    except pyvips.Error as error:
        for name in (ACCESS, THUMBNAIL, READING):
            (folder / name).unlink(missing_ok=True)
        if isinstance(meant := translated(error, 0), MemoryError):
            raise meant from error
        raise MunimentError(
            f'The access copy of "{path.name}" could not be written ({detail(str(error))}): '
            "see whether the disk is full and try again."
        ) from error
