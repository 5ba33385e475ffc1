"""A page of a PDF has the resolution at which all that lies on it can be read."""

from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from core.limits import PageLimits
from images import pdf
from images.facts import read_facts
from images.render import render_page

Layer = tuple[int, int, float, float]  # pixels across and down, and the part of the sheet across and down


def sheet(path: Path, inches: tuple[float, float], *layers: Layer) -> Path:
    """A PDF of one page with each picture in its lower left corner, the first at the bottom."""
    document = pypdfium2.PdfDocument.new()
    width, height = (72 * side for side in inches)
    page = document.new_page(width, height)
    for across, down, wide, high in layers:
        image = pypdfium2.PdfImage.new(document)
        image.set_bitmap(pypdfium2.PdfBitmap.from_pil(Image.new("L", (across, down), 200)))
        image.set_matrix(pypdfium2.PdfMatrix().scale(width * wide, height * high))
        page.insert_obj(image)
    page.gen_content()
    document.save(path)
    document.close()
    return path


@pytest.mark.parametrize(
    ("layers", "size", "dpi"),
    [
        ([], (1200, 900), 300.0),
        ([(72, 54, 0.25, 0.25)], (1200, 900), 300.0),  # an ornament of 72 dpi
        ([(600, 450, 0.25, 0.25)], (1200, 900), 300.0),  # an ornament of 600 dpi
        ([(144, 108, 0.5, 0.5)], (1200, 900), 300.0),  # a picture of 72 dpi in drawn text
        ([(1200, 900, 0.5, 0.5)], (2400, 1800), 600.0),  # a picture of 600 dpi in drawn text
        ([(400, 300, 1, 1)], (400, 300), 100.0),  # a scan
        ([(400, 300, 1, 1), (300, 225, 0.25, 0.25)], (400, 300), 100.0),  # a scan with a stamp
        ([(400, 300, 1, 1), (1200, 900, 1, 1)], (1200, 900), 300.0),  # a scan with its letters in a mask
        ([(400, 300, 1, 1), (1600, 1200, 1, 1)], (1600, 1200), 400.0),
        ([(1600, 1200, 1, 1), (400, 300, 1, 1)], (1600, 1200), 400.0),
        ([(400, 300, 1, 1), (400, 300, 1, 1)], (1200, 900), 300.0),
    ],
)
def test_a_page_is_as_fine_as_what_lies_on_it(
    tmp_path: Path, layers: list[Layer], size: tuple[int, int], dpi: float
) -> None:
    path = sheet(tmp_path / "a.pdf", (4, 3), *layers)
    (page,) = read_facts(path, PageLimits()).pages
    assert ((page.width, page.height), page.dpi) == (size, dpi)
    rendered = render_page(path, 0, tmp_path, prepare=False)
    assert ((rendered.width, rendered.height), rendered.dpi, rendered.oddities) == (size, dpi, ())


@pytest.mark.parametrize(
    ("layers", "size", "dpi"),
    [
        ([], (1153, 865), 288.18),
        ([(1000, 750, 0.5, 0.5)], (1151, 863), 287.68),
        ([(500, 375, 1, 1), (1150, 862, 1, 1)], (1153, 865), 288.18),
        ([(1000, 750, 1, 1)], (1000, 750), 250.0),
    ],
)
def test_a_resolution_is_lowered_until_the_page_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layers: list[Layer], size: tuple[int, int], dpi: float
) -> None:
    monkeypatch.setattr(pdf, "MOST", 1_000_000)
    found = read_facts(sheet(tmp_path / "a.pdf", (4, 3), *layers), PageLimits())
    assert found.oddities == ()
    assert [((page.width, page.height), page.dpi) for page in found.pages] == [(size, dpi)]


def test_a_scan_that_is_too_large_is_named_and_not_made_smaller(tmp_path: Path) -> None:
    found = read_facts(sheet(tmp_path / "a.pdf", (4, 3), (1600, 1200, 1, 1)), PageLimits(megapixels=1))
    assert [(odd.kind, odd.detail) for odd in found.oddities] == [("image-too-large", "1600 x 1200")]
    assert [(page.width, page.height) for page in found.pages] == [(1600, 1200)]
