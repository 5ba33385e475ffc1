"""Original files to what plain Tesseract is given: one upright PNG a page, in the original's pixels and colour."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from PIL import Image, ImageOps

UNKNOWN_DPI = 300
PLAUSIBLE_DPI = range(50, 4801)
REDUCED = 1  # bit of TIFF's NewSubfileType (tag 254): a smaller version of another image in the file
POINTS = 72
LARGEST = 400_000_000


@dataclass(frozen=True, slots=True)
class Original:
    """One page as PNG, with its size in millions of pixels."""

    png: Path
    megapixels: float


def write_pages(source: Path, folder: Path, stem: str) -> list[Original]:
    """The pages of `source`, in order, as `folder/STEM-N.png`, upright and without alpha, with a resolution tag."""
    originals = []
    for number, (image, dpi) in enumerate(pages(source), 1):
        place = folder / f"{stem}-{number}.png"
        flat = opaque(image)
        flat.save(place, dpi=(dpi, dpi), compress_level=1)
        originals.append(Original(place, flat.width * flat.height / 1e6))
    return originals


def pages(source: Path) -> Iterator[tuple[Image.Image, float]]:
    """Each page of an image file or PDF, upright, with its dots an inch (300 where the file says nothing)."""
    with source.open("rb") as file:
        is_pdf = file.read(5) == b"%PDF-"
    yield from _pdf_pages(source) if is_pdf else _image_pages(source)


def opaque(image: Image.Image) -> Image.Image:
    """The image on white where it was transparent, in a mode that PNG knows; 1-bit and grey stay so."""
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, "white")
        ground.alpha_composite(layer)
        return ground.convert("L" if image.mode == "LA" else "RGB")
    return image if image.mode in ("1", "L", "I;16", "RGB") else image.convert("RGB")


def _image_pages(source: Path) -> Iterator[tuple[Image.Image, float]]:
    before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, LARGEST
    try:
        with Image.open(source) as image:
            for index in range(getattr(image, "n_frames", 1) if image.format == "TIFF" else 1):
                image.seek(index)
                if not _is_reduced(image):
                    yield ImageOps.exif_transpose(image), resolution(image)
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _is_reduced(image: Image.Image) -> bool:
    tags = getattr(image, "tag_v2", {})
    return bool(tags.get(254, 0) & REDUCED)


def resolution(image: Image.Image) -> float:
    """Dots an inch as the file says, or 300 where it says nothing that a scanner could mean."""
    dpi = float(image.info.get("dpi", (0, 0))[0])
    return dpi if round(dpi) in PLAUSIBLE_DPI else UNKNOWN_DPI


def _pdf_pages(source: Path) -> Iterator[tuple[Image.Image, float]]:
    """Pages at the resolution of the largest image on each; the image itself when it is all that the page shows."""
    with pypdfium2.PdfDocument(source) as document:
        for page in document:
            objects = list(page.get_objects())
            images = [one for one in objects if one.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]
            dpi = max((one.get_metadata().horizontal_dpi for one in images), default=UNKNOWN_DPI)
            alone = len(objects) == 1 and len(images) == 1 and not page.get_rotation()
            drawn = images[0].get_bitmap() if alone else page.render(scale=dpi / POINTS)
            yield drawn.to_pil(), dpi
