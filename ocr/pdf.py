"""The searchable PDF: each page its image, with the words that were read lying invisibly over it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pikepdf
from pikepdf import Array, Dictionary, Job, Name, Pdf, Stream

from core.errors import OcrError
from core.text import PageText
from ocr.glyphless import codes_for, make_font
from ocr.jpeg import Jpeg, read_jpeg
from ocr.markup import clean
from ocr.text_layer import text_layer

_POINTS_PER_INCH = 72
_ASSUMED_DPI = 300.0
_MAX_POINTS = 14_400  # ISO 32000-1, annex C: what every reader can show
_PART_BYTES = 48_000_000
_COLOUR_SPACES = {1: Name.DeviceGray, 3: Name.DeviceRGB}


@dataclass(frozen=True, slots=True)
class PdfPage:
    """One page: its image as a JPEG file (grey or sRGB, upright), its text or None, dots per inch (0: 300 assumed)."""

    image: Path
    text: PageText | None
    dpi: float = 0


def write_pdf(pages: Sequence[PdfPage], dest: Path, *, title: str, languages: tuple[str, ...]) -> None:
    """Writes the document to `dest`, ready to be shown while it loads (linearised); it appears there whole or not.

    The images' bytes are carried as they are. Memory stays near the size of one part of 48 MB, whatever the number
    of pages: parts are written first and then put together.

    Raises:
        OcrError: there is no page, or a page's image is not a JPEG file of grey or RGB.
        OSError: a file cannot be read or written.
    """
    if not pages:
        raise OcrError(f'"{title}" has no pages: a PDF cannot be made of it.')
    with TemporaryDirectory(dir=dest.resolve().parent, prefix=".pdf-") as scratch:
        parts = [_write_part(part, Path(scratch) / f"{number}.pdf") for number, part in enumerate(_parts(pages))]
        joined, finished = Path(scratch) / "joined.pdf", Path(scratch) / "finished.pdf"
        _join(parts, joined)
        with Pdf.open(joined) as whole:
            _describe(whole, title, languages)
            whole.save(finished, linearize=True)
        finished.replace(dest)


def _join(parts: Sequence[Path], joined: Path) -> None:
    """Puts the parts together without loading them, as `Pdf.pages.extend` would."""
    Job(["muniment", "--empty", "--pages", *map(str, parts), "--", str(joined)]).run()


def _parts(pages: Sequence[PdfPage]) -> Iterator[list[PdfPage]]:
    part: list[PdfPage] = []
    size = 0
    for page in pages:
        weight = page.image.stat().st_size
        if part and size + weight > _PART_BYTES:
            yield part
            part, size = [], 0
        part.append(page)
        size += weight
    yield part


def _write_part(pages: list[PdfPage], place: Path) -> Path:
    codes = codes_for([" ", *(word.text for page in pages if page.text for word in page.text.words())])
    with Pdf.new() as pdf:
        font = make_font(pdf, codes)
        for page in pages:
            _add_page(pdf, page, font, codes)
        pdf.save(place)
    return place


def _add_page(pdf: Pdf, page: PdfPage, font: pikepdf.Object, codes: dict[str, int]) -> None:
    jpeg = read_jpeg(page.image)
    if jpeg.components not in _COLOUR_SPACES:
        raise OcrError(f'"{page.image.name}" is neither grey nor RGB: make the access copy of the page again.')
    width, height = _points(jpeg, page.dpi)
    content = f"q {width:.3f} 0 0 {height:.3f} 0 0 cm /Image Do Q\n".encode("ascii")
    if page.text:
        content += text_layer(page.text, width, height, codes)
    resources = Dictionary(XObject=Dictionary(Image=_image(pdf, jpeg)), Font=Dictionary(Text=font))
    sheet = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, round(width, 3), round(height, 3)]),
        Resources=resources,
        Contents=pdf.make_indirect(Stream(pdf, content)),
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(sheet)))


def _points(jpeg: Jpeg, dpi: float) -> tuple[float, float]:
    """The page's size in points: that of the paper, as far as readers can show it."""
    scale = _POINTS_PER_INCH / (dpi if dpi > 0 else _ASSUMED_DPI)
    scale = min(scale, _MAX_POINTS / max(jpeg.width, jpeg.height))
    return jpeg.width * scale, jpeg.height * scale


def _image(pdf: Pdf, jpeg: Jpeg) -> pikepdf.Object:
    entries = Dictionary(
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=jpeg.width,
        Height=jpeg.height,
        BitsPerComponent=8,
        ColorSpace=_COLOUR_SPACES[jpeg.components],
        Filter=Name.DCTDecode,
    )
    return pdf.make_indirect(Stream(pdf, jpeg.data, entries))


def _describe(pdf: Pdf, title: str, languages: tuple[str, ...]) -> None:
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    if languages:
        pdf.Root.Lang = pikepdf.String(clean(languages[0]))
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata["dc:title"] = clean(title)
        if languages:
            metadata["dc:language"] = {clean(language) for language in languages}
