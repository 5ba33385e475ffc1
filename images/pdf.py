"""Pages of PDF files: what they hold, and each one rendered at the resolution of its own images.

A scanned page is one image that fills the sheet; it is shown pixel for pixel. All other pages are rendered at the
resolution of their finest image that is no ornament, and at 300 dots an inch at least: their letters may be drawn, or
lie in a layer of their own. Where that would be more than 400 megapixels, the resolution is lowered.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as raw

from core.images import FileFacts, ImageFacts, Oddity
from core.limits import PageLimits
from images.problems import UnreadableImageError, damaged
from images.resolution import dots_per_inch

MEDIA_TYPE: Final = "application/pdf"
POINTS: Final = 72.0
READABLE: Final = 300.0  # dots an inch at which small print can be read
PASSWORD: Final = 4  # FPDF_ERR_PASSWORD
COPYING: Final = 1 << 4  # ISO 32000-1, table 22, bit 5
FILLS: Final = 0.98
COUNTS: Final = 0.2  # a smaller image is a logo or an ornament, not the page
DEPTH: Final = 3
HAIR: Final = 0.01  # pixels
# The settings may allow fewer or more: then a rule refuses the page, and its size is the same whoever asks for it.
MOST: Final = PageLimits().megapixels * 1_000_000
STEP: Final = 0.99  # by which a resolution that is too high is lowered at a time
GREY_SPACES: Final = (raw.FPDF_COLORSPACE_DEVICEGRAY, raw.FPDF_COLORSPACE_CALGRAY)


@dataclass(frozen=True, slots=True)
class Picture:
    """An image on a page: its pixels, bits a pixel, the part of the sheet it covers, and how it is packed."""

    width: int
    height: int
    bits: int
    grey: bool
    share: float
    dpi: float
    packing: str


def read_pdf(path: Path, limits: PageLimits) -> FileFacts:
    """The facts of every page of a PDF; nothing is rendered.

    Raises:
        UnreadableImageError: the file cannot be opened, asks for a password, or has too many pages.
    """
    with _opened(path) as document:
        count = len(document)
        if count > limits.pages:
            raise UnreadableImageError("pages-too-many", str(count))
        if not count:
            raise UnreadableImageError("pdf-damaged", "it has no pages")
        oddities = list(_document_oddities(document))
        pages = []
        for index in range(count):
            facts, odd = _page_facts(document, index, limits)
            pages.append(facts)
            oddities += odd
    return FileFacts(media_type=MEDIA_TYPE, pages=tuple(pages), oddities=tuple(oddities))


def pdf_page(path: Path, index: int) -> ImageFacts:
    """The facts of one page; raises as `read_pdf` does."""
    with _opened(path) as document:
        return _page_facts(document, index, PageLimits())[0]


def render_pdf(path: Path, facts: ImageFacts) -> tuple[bytes, int, int]:
    """The page's pixels row by row, width and height: one byte a pixel when it is grey, else red, green, blue.

    Raises:
        UnreadableImageError: the page cannot be rendered.
    """
    bands, form = (3, raw.FPDFBitmap_BGR) if facts.colour else (1, raw.FPDFBitmap_Gray)
    flags = raw.FPDF_ANNOT | (raw.FPDF_REVERSE_BYTE_ORDER if facts.colour else raw.FPDF_GRAYSCALE)
    with _opened(path) as document:
        page = _page(document, facts.index)
        try:
            bitmap = pypdfium2.PdfBitmap.new_native(facts.width, facts.height, form)
        except pypdfium2.PdfiumError as error:
            raise MemoryError(f"{facts.width} x {facts.height} pixels") from error
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, facts.width, facts.height)
        _draw(bitmap, page, facts, flags)
        return _without_padding(bytes(bitmap.buffer), bitmap.stride, facts.width * bands), facts.width, facts.height


def _draw(bitmap: Any, page: Any, facts: ImageFacts, flags: int) -> None:
    """Draws the page a hair inside the bitmap: rounding would else widen an image by a pixel, and blur all of it."""
    width, height = page.get_size()
    across, down = (facts.width - 2 * HAIR) / width, (facts.height - 2 * HAIR) / height
    matrix = raw.FS_MATRIX(across, 0, 0, down, HAIR, HAIR)
    raw.FPDF_RenderPageBitmapWithMatrix(bitmap, page, matrix, raw.FS_RECTF(0, 0, facts.width, facts.height), flags)


def _without_padding(data: bytes, stride: int, row: int) -> bytes:
    if stride == row:
        return data
    view = memoryview(data)
    return b"".join(view[at : at + row] for at in range(0, len(data), stride))


def packed_pictures(path: Path, index: int) -> Iterator[tuple[str, bytes]]:
    """The images of a page that are whole JPEG or JPEG 2000 files inside: "DCTDecode" or "JPXDecode", and the bytes.

    The renderer shows a cut-off picture without a word, so whoever vouches for the page decodes them apart.
    """
    with _opened(path) as document:
        for each in _images(_page(document, index)):
            filters = each.get_filters()
            if filters and filters[-1] in ("DCTDecode", "JPXDecode"):
                yield filters[-1], bytes(each.get_data(decode_simple=True))


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == PASSWORD:
            raise UnreadableImageError("pdf-password") from error
        raise UnreadableImageError("pdf-damaged", "its structure cannot be read") from error
    try:
        yield document
    finally:
        document.close()


def _document_oddities(document: Any) -> Iterator[Oddity]:
    encrypted = raw.FPDF_GetSecurityHandlerRevision(document) >= 0
    if encrypted and not raw.FPDF_GetDocPermissions(document) & COPYING:
        yield Oddity("pdf-restricted")
    if not raw.FPDF_DocumentHasValidCrossReferenceTable(document):
        yield Oddity("pdf-repaired")


def _page(document: Any, index: int) -> Any:
    try:
        return document[index]
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise damaged(f"page {index + 1} cannot be opened", index) from error


def _page_facts(document: Any, index: int, limits: PageLimits) -> tuple[ImageFacts, list[Oddity]]:
    page = _page(document, index)
    width, height = page.get_size()
    if width <= 0 or height <= 0:
        raise damaged(f"page {index + 1} has no size", index)
    pictures = [_picture(each, width * height) for each in _images(page)]
    oddities = [
        Oddity("image-too-large", f"{each.width} x {each.height}", index)
        for each in pictures
        if each.width * each.height > limits.megapixels * 1e6
    ]
    main = max(pictures, key=lambda each: each.share, default=None)
    dpi = _scan_resolution(pictures) or _mixed_resolution(pictures, width, height)
    across, down = _pixels(width, height, dpi)
    alone = len(pictures) == 1 and main is not None and main.share >= FILLS
    if alone and main is not None:
        across, down = _snap(across, down, main)
    grey = alone and main is not None and main.grey
    facts = ImageFacts(
        index=index,
        width=across,
        height=down,
        mode=("1" if main and main.bits == 1 else "L") if grey else "RGB",
        bits=1 if grey and main and main.bits == 1 else 8,
        dpi=dots_per_inch(dpi, 1.0),
        compression=main.packing if main else "",
        profile=None if pictures else "sRGB",  # colours of drawn pages are sRGB by definition of the renderer
    )
    return facts, oddities


def _scan_resolution(pictures: list[Picture]) -> float:
    """The resolution of the one picture that is the page, whatever small ones lie beside it; 0 when there is none."""
    counting = [each for each in pictures if each.share >= COUNTS]
    return counting[0].dpi if len(counting) == 1 and counting[0].share >= FILLS else 0.0


def _mixed_resolution(pictures: list[Picture], width: float, height: float) -> float:
    """A resolution at which the finest picture that counts and drawn letters can be read, within `MOST` pixels."""
    dpi = max([READABLE, *(each.dpi for each in pictures if each.share >= COUNTS)])
    while math.prod(_pixels(width, height, dpi)) > MOST:
        dpi *= STEP
    return dpi


def _pixels(width: float, height: float, dpi: float) -> tuple[int, int]:
    return max(round(width / POINTS * dpi), 1), max(round(height / POINTS * dpi), 1)


def _snap(across: int, down: int, main: Picture) -> tuple[int, int]:
    """The image's own size where it differs from the computed one by rounding alone."""
    for width, height in ((main.width, main.height), (main.height, main.width)):
        if abs(across - width) <= max(2, width // 100) and abs(down - height) <= max(2, height // 100):
            return width, height
    return across, down


def _images(page: Any) -> Iterator[Any]:
    return iter(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=DEPTH))


def _picture(each: Any, sheet: float) -> Picture:
    about = each.get_metadata()
    left, bottom, right, top = each.get_bounds()
    area = max((right - left) * (top - bottom), 1e-6)
    dpi = (about.width * about.height / area) ** 0.5 * POINTS
    filters = each.get_filters()
    return Picture(
        width=about.width,
        height=about.height,
        bits=about.bits_per_pixel,
        grey=about.colorspace in GREY_SPACES or about.bits_per_pixel == 1,
        share=min(area / sheet, 1.0),
        dpi=round(dpi, 1),
        packing=filters[-1] if filters else "none",
    )
