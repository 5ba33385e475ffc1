"""The picture for recognition is as small and as plain as its letters allow."""

from typing import Any

import pytest
import pyvips
from hypothesis import given
from hypothesis import strategies as some

from core.images import ImageFacts
from images.reading import SMALL, STROKE, Reading, for_engine, grey, histogram, reduction, stroke, threshold


def facts(mode: str = "L", dpi: float | None = 400.0) -> ImageFacts:
    return ImageFacts(index=0, width=0, height=0, mode=mode, bits=8, dpi=dpi)


def bars(width: int, height: int, wide: int, *, dark: int = 30, light: int = 220) -> Any:
    """Upright strokes of this width with gaps three times as wide."""
    place = pyvips.Image.xyz(width, height)[0] % (4 * wide)
    return (place < wide).ifthenelse(dark, light).cast("uchar").copy(interpretation="b-w").copy_memory()


def summary(reading: Reading) -> tuple[int, int, int, float, float]:
    return reading.image.width, reading.image.height, reading.bits, reading.dpi, reading.scale


@pytest.mark.parametrize(
    ("page", "mode", "expected"),
    [
        (bars(2400, 1600, 4), "L", (2400, 1600, 8, 400.0, 1.0)),  # thin strokes: as it is
        (bars(2400, 1600, 4, dark=0, light=255), "1", (2400, 1600, 1, 400.0, 1.0)),
        (bars(6000, 4000, 8), "RGB", (2000, 1333, 8, 300.0, 3.0)),  # thick strokes: reduced
        (bars(6000, 4000, 8, dark=0, light=255), "1", (2000, 1333, 8, 300.0, 3.0)),
        (bars(3200, 1600, 60), "L", (1600, 800, 8, 300.0, 2.0)),  # never below the size of a small picture
        (bars(1200, 800, 8), "L", (1200, 800, 8, 400.0, 1.0)),  # nor is a small one reduced
        (bars(1200, 800, 8, dark=0, light=255), "1", (1200, 800, 1, 400.0, 1.0)),
    ],
)
def test_size_and_depth_follow_the_strokes_and_the_size(page: Any, mode: str, expected: tuple[float, ...]) -> None:
    assert summary(for_engine(page, facts(mode))) == expected


@pytest.mark.parametrize("dpi", [None, 72.0, 96.0])
def test_a_resolution_that_nobody_scans_at_is_not_believed(dpi: float | None) -> None:
    assert for_engine(bars(1200, 800, 8), facts(dpi=dpi)).dpi == 300.0


def test_colours_weigh_what_they_weigh_for_the_engine() -> None:
    image = pyvips.Image.black(8, 8, bands=3).linear([1, 1, 1], [100, 50, 200]).cast("uchar")
    assert grey(image)(0, 0) == [0.3 * 100 + 0.5 * 50 + 0.2 * 200]
    assert grey(image).bands == 1


@pytest.mark.parametrize("wide", [1, 2, 5, 17])
def test_the_stroke_is_measured_in_pixels_whichever_side_is_dark(wide: int) -> None:
    ink = bars(1700, 700, wide) <= 127
    assert stroke(ink) == wide
    assert stroke(ink.invert()) == wide


def test_rows_are_not_joined_into_one_stroke() -> None:
    edge = pyvips.Image.black(40, 40).draw_rect([255], 37, 0, 3, 40, fill=True)
    assert stroke(edge.draw_rect([255], 0, 0, 3, 40, fill=True)) == 3


def test_a_page_without_ink_has_no_stroke() -> None:
    assert stroke(pyvips.Image.black(40, 40)) == 0


def test_small_print_decides_and_not_the_headline() -> None:
    page = bars(2400, 1200, 24).join(bars(2400, 1200, 3), "vertical")
    assert stroke(page <= 127) == 3


@given(some.integers(1, 20_000), some.integers(0, 400), some.integers(0, 400))
def test_thicker_strokes_never_mean_a_larger_picture(long_side: int, one: int, other: int) -> None:
    thin, thick = sorted((one, other))
    assert 1 <= reduction(long_side, thin) <= reduction(long_side, thick)


@given(some.integers(1, 20_000), some.integers(0, 400))
def test_reduced_pages_keep_their_strokes_and_their_size(long_side: int, width: int) -> None:
    factor = reduction(long_side, width)
    assert factor == 1 or (width / factor >= STROKE and long_side / factor >= SMALL)


def test_every_value_of_a_picture_is_counted() -> None:
    picture = pyvips.Image.xyz(256, 3)[0].cast("uchar")
    assert histogram(picture) == (3,) * 256
    assert histogram(pyvips.Image.black(5, 5)) == (25, *[0] * 255)


def test_the_threshold_lies_between_two_humps() -> None:
    counts = [0] * 256
    counts[40:60], counts[200:220] = [5] * 20, [80] * 20
    assert 59 <= threshold(tuple(counts)) < 200


@given(some.lists(some.integers(0, 1000), min_size=256, max_size=256))
def test_the_threshold_leaves_something_on_both_sides(counts: list[int]) -> None:
    found = threshold(tuple(counts))
    used = [value for value, count in enumerate(counts) if count]
    assert len(used) < 2 or used[0] <= found < used[-1]
