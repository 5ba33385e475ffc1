"""Whether anything stands on a page that could be read: a cheap look at a reduction of it, and in doubt yes."""

from typing import Any, Final

import pyvips

# A reduction of the page to this many pixels a side, or up to twice as many: a figure of a page number is
# still eight of them high, even on a newspaper, and the grain of paper and the noise of a scanner are averaged out.
LONG_SIDE: Final = 1200
# How far a pixel stands off its surroundings, of 255. Faint pencil stands off by 20 and more, the noise of a scanner by
# 2 or 3 once it is reduced.
CONTRAST: Final = 12
SURROUNDINGS: Final = 8.0  # the sigma of the blur that says what a pixel's surroundings are: no letter is so wide
# A mark is a place where most rows, or most columns, of a small square are touched: a stroke of any direction is one,
# dots of dust are not.
SQUARE: Final = 8
TOUCHED: Final = 6
EDGE: Final = 0.015  # of each side left out: the rim that a scanner draws; figures stand further inside


def is_blank(grey: Any) -> bool:
    """True when the page shows nothing but its paper and single specks; one figure or pencil stroke is something.

    `grey` is the whole picture in one band of 8 bits. Marks darker and lighter than their surroundings count alike.
    Bleed-through, stains with an edge and hairs count as something: to read an empty page costs a second, not to
    read a written one loses it.
    """
    spots = _spots(_without_edge(_reduced(grey)))
    return not any(_has_marks(spots, across, down) for across, down in ((SQUARE, 1), (1, SQUARE)))


def _reduced(grey: Any) -> Any:
    factor = max(grey.width, grey.height) // LONG_SIDE
    return (grey.shrink(factor, factor) if factor > 1 else grey).copy_memory()


def _without_edge(small: Any) -> Any:
    x, y = int(small.width * EDGE), int(small.height * EDGE)
    return small.crop(x, y, small.width - 2 * x, small.height - 2 * y)


def _spots(small: Any) -> Any:
    """1 where a pixel stands off its surroundings, else 0."""
    return (((small - small.gaussblur(SURROUNDINGS)).abs() > CONTRAST) & 1).copy_memory()


def _has_marks(spots: Any, across: int, down: int) -> bool:
    """Counts how many of a square's rows (or columns, when it is first summed down) are touched by a spot."""
    touched = (spots.conv(_ones(across, down), precision="integer") > 0) & 1
    return bool(touched.conv(_ones(down, across), precision="integer").max() >= TOUCHED)


def _ones(across: int, down: int) -> Any:
    return pyvips.Image.new_from_array([[1] * across] * down)
