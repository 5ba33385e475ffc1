"""What is made of a page in one decoding: access copy, thumbnail, and the picture for text recognition."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pyvips

from core.errors import MunimentError
from core.images import ImageFacts, Oddity
from images import colour, reading
from images.blank import is_blank
from images.decode import Source, decode, open_page, upright
from images.problems import UnreadableImageError
from images.vips import Complaints, detail, listening, translated

ACCESS: Final = "access.tif"
THUMBNAIL: Final = "thumb.jpg"
READING: Final = "ocr.png"
DECODED: Final = "decoded.v"
TILE: Final = 256
QUALITY: Final = 80
LONG_SIDE: Final = 400
IN_MEMORY: Final = 256 * 1024 * 1024
CLASSIC_TIFF: Final = 2**31


@dataclass(frozen=True, slots=True)
class Rendered:
    """What was made: size in pixels of the upright page, its resolution if known, and what was odd.

    When an oddity's code is an error the page could not be decoded: width and height are 0 and no file was written.
    `scale` is the page's pixels to one pixel of `ocr.png`, whose resolution is `reading_dpi` (None: unknown); when
    `blank`, nothing stands on the page to be read and there is no `ocr.png`.
    """

    width: int
    height: int
    dpi: float | None
    oddities: tuple[Oddity, ...]
    scale: float = 1.0
    reading_dpi: float | None = None
    blank: bool = False


def render_page(path: Path, index: int, folder: Path, *, prepare: bool) -> Rendered:
    """The page decoded once in full, with `access.tif`, `thumb.jpg` and, to `prepare` recognition, `ocr.png` written.

    `access.tif` is a pyramid of 256-pixel JPEG tiles in 8-bit sRGB or grey, upright, converted from the embedded
    profile; `ocr.png` is the upright page as `images.reading` makes it from the page's own values, no profile applied.
    On a blank page there is none, and "page-blank" is among the oddities. Limits are the caller's: `read_facts` names
    pages beyond them. Safe to repeat: files are replaced.

    Raises:
        MemoryError: the page takes more memory than this process may use.
        MunimentError: the files could not be written.
    """
    try:
        with listening() as complaints, _scratch(folder) as scratch:
            source = open_page(path, index)
            if prepare or source.in_memory or source.facts.orientation > 1:
                made = _write_held(source, complaints, folder, scratch, prepare=prepare)
            else:
                made = _write_straight(source, complaints, folder)
            with _writing(folder, path):
                _write_thumbnail(folder)
    except UnreadableImageError as error:
        return Rendered(0, 0, None, (error.oddity,))
    return made


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


def _write_held(source: Source, complaints: Complaints, folder: Path, scratch: Path, *, prepare: bool) -> Rendered:
    """Decodes into memory or the scratch file, because the picture is gone through more than once, or turned."""
    held, oddities = decode(source, complaints, lambda image: image if source.in_memory else _held(image, scratch))
    page = source.facts
    made = Rendered(page.width, page.height, page.dpi, oddities)
    with _writing(folder, source.path):
        if prepare:
            made = _write_reading(held, page, folder / READING, made)
        _write_access(upright(colour.for_screen(held, page), page), folder / ACCESS)
    return made


def _write_straight(source: Source, complaints: Complaints, folder: Path) -> Rendered:
    """Decodes into the access copy without ever holding the picture whole.

    libvips tells trouble with what it reads and with what it writes by the same error: only then the page is decoded
    once more, to know whose fault it was.
    """
    page = source.facts
    try:
        _, oddities = decode(
            source, complaints, lambda image: _write_access(colour.for_screen(image, page), folder / ACCESS)
        )
    except UnreadableImageError as error:
        (folder / ACCESS).unlink(missing_ok=True)
        if error.oddity.kind in {oddity.kind for oddity in verify_page(source.path, page.index)}:
            raise
        raise _not_written(source.path, error.oddity.detail) from error
    return Rendered(page.width, page.height, page.dpi, oddities)


def _held(image: Any, scratch: Path) -> Any:
    """The decoded picture where it can be read more than once: in memory, or when it is big in a scratch file."""
    size = image.width * image.height * image.bands * (2 if image.format == "ushort" else 1)
    if size <= IN_MEMORY:
        return image.copy_memory()
    image.vipssave(str(scratch))
    return pyvips.Image.vipsload(str(scratch))


def _write_reading(held: Any, page: ImageFacts, to: Path, made: Rendered) -> Rendered:
    own = colour.for_reading(held)
    own = own.extract_band(1) if own.bands == 3 and not page.colour else own
    grey = upright(reading.grey(own), page)
    grey = grey.copy_memory() if own.bands == 3 or page.orientation > 1 else grey  # it is gone through several times
    if is_blank(grey):
        to.unlink(missing_ok=True)
        return replace(made, oddities=(*made.oddities, Oddity("page-blank", "", page.index)), blank=True)
    found = reading.for_engine(grey, page)
    dots = found.dpi / 25.4
    image = found.image.copy(xres=dots, yres=dots)
    image.pngsave(str(to), compression=1, filter="none", bitdepth=found.bits, keep="none")
    return replace(made, scale=found.scale, reading_dpi=found.dpi)


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
        raise _not_written(path, detail(str(error))) from error


def _not_written(path: Path, why: str) -> MunimentError:
    return MunimentError(
        f'The access copy of "{path.name}" could not be written ({why}): see whether the disk is full and try again.'
    )
