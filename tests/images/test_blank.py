"""A page is called blank only when nothing stands on it: in doubt it is read."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pyvips

from core.limits import PageLimits
from images import colour
from images.blank import is_blank
from images.decode import open_page
from images.facts import read_facts

SCANS = Path(__file__).resolve().parents[3] / "shared/data/scans"
SIZES = [(1240, 1754), (2480, 3508), (4960, 7016)]  # A4 at 150, 300 and 600 dots an inch


def paper(width: int, height: int, *, tone: int = 225, noise: float = 3.0, seed: int = 1) -> Any:
    """Paper that is darker to one side, with the noise of a scanner."""
    light = pyvips.Image.xyz(width, height)[0] * (-30 / width) + tone
    grain = pyvips.Image.gaussnoise(499, 499, sigma=noise, mean=0, seed=seed).copy_memory()
    grain = grain.replicate(-(-width // 499), -(-height // 499)).crop(0, 0, width, height)
    return (light + grain).cast("uchar").copy_memory()


def with_text(page: Any, text: str, *, points: float, contrast: int, at: tuple[float, float]) -> Any:
    """The page with words of this size, supposing A4, so much darker than the paper, at a place from 0 to 1."""
    ink = pyvips.Image.text(text, font=f"DejaVu Serif {points}", dpi=round(page.width / 8.27))
    dark = ink.embed(round(page.width * at[0]), round(page.height * at[1]), page.width, page.height)
    return (page - dark * (contrast / 255)).cast("uchar")


def with_dust(page: Any, *, millimetres: float = 0.3) -> Any:
    """The page with twenty black specks of this size, supposing A4."""
    side = max(1, round(page.width / 210 * millimetres))
    for number in range(20):
        place = (37 * number % 97 + 1) / 100 * page.width, (61 * number % 89 + 2) / 100 * page.height
        page = page.draw_rect([20], round(place[0]), round(place[1]), side, side, fill=True)
    return page


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("make", [paper, lambda *size: paper(*size, tone=140), lambda *size: with_dust(paper(*size))])
def test_paper_with_noise_tone_and_dust_is_blank(make: Callable[..., Any], size: tuple[int, int]) -> None:
    assert is_blank(make(*size))


@pytest.mark.parametrize("tone", [0, 128, 255])
def test_an_even_picture_of_any_size_is_blank(tone: int) -> None:
    for size in ((1, 1), (3, 900), (700, 500)):
        assert is_blank((pyvips.Image.black(*size) + tone).cast("uchar"))


@pytest.mark.parametrize("size", SIZES)
def test_one_small_figure_is_something(size: tuple[int, int]) -> None:
    for seed, figure in enumerate("17"):
        page = with_text(paper(*size, seed=seed), figure, points=8, contrast=120, at=(0.9, 0.03))
        assert not is_blank(page), figure


@pytest.mark.parametrize("size", SIZES)
def test_a_faint_note_is_something(size: tuple[int, int]) -> None:
    assert not is_blank(with_text(paper(*size), "fol. 17 verso", points=12, contrast=35, at=(0.05, 0.93)))


def test_light_writing_on_a_dark_page_is_something() -> None:
    page = with_text(paper(2480, 3508), "No. 12", points=10, contrast=120, at=(0.4, 0.5))
    assert not is_blank(page.invert())


@pytest.mark.parametrize("points", [6, 10, 24, 96])
def test_a_single_line_in_black_and_white_is_something(points: int) -> None:
    white = (pyvips.Image.black(2480, 3508) + 255).cast("uchar")
    line = with_text(white, "finis", points=points, contrast=255, at=(0.1, 0.4)) > 128
    assert not is_blank(line)


def pages() -> Iterator[tuple[Path, int]]:
    for path in sorted(SCANS.rglob("*")):
        if path.is_file() and path.suffix != ".csv":
            yield from ((path, page.index) for page in read_facts(path, PageLimits()).pages)


@pytest.mark.scans
@pytest.mark.parametrize(("path", "index"), list(pages()), ids=lambda part: getattr(part, "stem", str(part)))
def test_no_scanned_page_is_blank(path: Path, index: int) -> None:
    picture = colour.for_reading(open_page(path, index).image.copy_memory())
    assert not is_blank(picture.extract_band(1) if picture.bands == 3 else picture)
