"""What a file is and what its header says, by its content and never by its name; nothing is decoded."""

from pathlib import Path
from typing import Final

from core.images import FileFacts, ImageFacts, Oddity
from core.limits import PageLimits
from images import jp2, jpeg, pdf, png, tiff_pages
from images.problems import UnreadableImageError, damaged

HEAD: Final = 1024
ACCEPTED: Final = (
    (b"II*\0", tiff_pages.MEDIA_TYPE),
    (b"MM\0*", tiff_pages.MEDIA_TYPE),
    (b"II+\0", tiff_pages.MEDIA_TYPE),
    (b"MM\0+", tiff_pages.MEDIA_TYPE),
    (b"\xff\xd8\xff", jpeg.MEDIA_TYPE),
    (png.SIGNATURE, png.MEDIA_TYPE),
    (jp2.SIGNATURE, jp2.MEDIA_TYPE),
    (jp2.CODE_STREAM, jp2.MEDIA_TYPE),
    (b"%PDF-", pdf.MEDIA_TYPE),
)
REFUSED: Final = (
    (0, b"GIF8", "image/gif", "a GIF image"),
    (0, b"BM", "image/bmp", "a BMP image"),
    (8, b"WEBP", "image/webp", "a WebP image"),
    (4, b"ftypheic", "image/heic", "a HEIC photograph"),
    (4, b"ftypmif1", "image/heif", "a HEIF photograph"),
    (4, b"ftypavif", "image/avif", "an AVIF image"),
    (0, b"\xff\x0a", "image/jxl", "a JPEG XL image"),
    (0, b"\0\0\0\x0cJXL ", "image/jxl", "a JPEG XL image"),
    (0, b"8BPS", "image/vnd.adobe.photoshop", "a Photoshop document"),
    (0, b"AT&TFORM", "image/vnd.djvu", "a DjVu document"),
    (0, b"%!PS", "application/postscript", "a PostScript file"),
    (0, b"PK\x03\x04", "application/zip", "a ZIP archive or an office document"),
    (0, b"\xd0\xcf\x11\xe0", "application/x-ole-storage", "an old office document"),
)

ONE_PAGE: Final = {
    jpeg.MEDIA_TYPE: jpeg.read_jpeg,
    png.MEDIA_TYPE: png.read_png,
    jp2.MEDIA_TYPE: jp2.read_jp2,
}
MANY_PAGES: Final = {tiff_pages.MEDIA_TYPE: tiff_pages.read_tiff, pdf.MEDIA_TYPE: pdf.read_pdf}


def read_facts(path: Path, limits: PageLimits) -> FileFacts:
    """The file's media type, its page images in order, and everything odd about it.

    Only headers are read, by small steps. A file that cannot be understood has an oddity that says why; a page beyond
    the limits has the oddity "image-too-large" (detail: "WIDTH x HEIGHT") and its facts all the same, so that the
    message can name its size. Details of other kinds: the number of frames ("image-animated"), of pages found
    ("image-directory-loop", "pages-too-many"), else words that fit into the sentence of the problem.

    Raises:
        OSError: the file cannot be read at all.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    media_type = sniff(head)
    if media_type not in ONE_PAGE and media_type not in MANY_PAGES:
        return FileFacts(media_type=media_type, pages=(), oddities=(_foreign(head),))
    try:
        facts = _read(path, media_type, limits)
    except UnreadableImageError as error:
        return FileFacts(media_type=media_type, pages=(), oddities=(error.oddity,))
    too_large = tuple(
        Oddity("image-too-large", f"{page.width} x {page.height}", page.index)
        for page in facts.pages
        if page.megapixels > limits.megapixels
        and not any(odd.kind == "image-too-large" and odd.page == page.index for odd in facts.oddities)
    )
    return FileFacts(media_type=media_type, pages=facts.pages, oddities=facts.oddities + too_large)


def sniff(head: bytes) -> str:
    """The media type by the first bytes of the file, "" when they are unknown; needs the first 1024."""
    for magic, media_type in ACCEPTED:
        if head.startswith(magic):
            return media_type
    if b"%PDF-" in head:  # ISO 32000-1, annex H: readers accept a header within the first 1024 bytes
        return pdf.MEDIA_TYPE
    return next((kind for at, magic, kind, _ in REFUSED if head[at : at + len(magic)] == magic), "")


def find_page(path: Path, index: int) -> tuple[str, int, ImageFacts]:
    """The file's media type, the number of the page's directory (TIFF; else the index), and the page's facts.

    Raises:
        UnreadableImageError: there is no such page.
    """
    with path.open("rb") as stream:
        media_type = sniff(stream.read(HEAD))
    if media_type == tiff_pages.MEDIA_TYPE:
        return media_type, *tiff_pages.find_page(path, index)
    if media_type == pdf.MEDIA_TYPE:
        return media_type, index, pdf.pdf_page(path, index)
    if media_type not in ONE_PAGE or index != 0:
        raise damaged(f"it has no page {index + 1}", index)
    return media_type, index, ONE_PAGE[media_type](path).pages[0]


def _read(path: Path, media_type: str, limits: PageLimits) -> FileFacts:
    if media_type in ONE_PAGE:
        return ONE_PAGE[media_type](path)
    return MANY_PAGES[media_type](path, limits)


def _foreign(head: bytes) -> Oddity:
    if not head:
        return Oddity("file-empty")
    for at, magic, _, name in REFUSED:
        if head[at : at + len(magic)] == magic:
            return Oddity("format-not-accepted", name)
    return Oddity("format-unknown")
