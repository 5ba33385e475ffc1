"""The picture for text recognition: without colour and no larger than its letters need, so that it reads for less.

What an engine spends grows with the pixels of a page and with their colours, what it reads does not: every rule here
was held against pages that people had transcribed (`benchmarks/reading.py`).
"""

import re
from dataclasses import dataclass
from typing import Any, Final

import pyvips

from core.images import ImageFacts

LUMA: Final = [[0.3, 0.5, 0.2]]  # red, green and blue as Tesseract (Leptonica) itself weighs them
# A quarter of the strokes are thinner than the one that is measured. Where that one has seven pixels, half of them
# do; below two and a half, letters begin to be lost.
STROKE: Final = 2.5
SMALL: Final = 1500  # the long side of a picture that is small for a page: none is reduced to less
ROWS: Final = 256  # as many are looked at to measure strokes, spread over the page
USUAL_DPI: Final = 300.0  # what is said when a file says nothing: an engine's own guess splits lines more often
LEAST_DPI: Final = 100.0  # less is the habit of a program (72, 96), not the measure of a scan
INK: Final = re.compile(b"\xff+")


@dataclass(frozen=True, slots=True)
class Reading:
    """A picture with its bits a pixel (1 or 8), its resolution, and the page's pixels to one of its own (`scale`)."""

    image: Any
    bits: int
    dpi: float
    scale: float = 1.0


def for_engine(grey: Any, page: ImageFacts) -> Reading:
    """What the engine is to read of a whole page in one band of 8 bits: reduced where thick strokes allow it.

    What is reduced becomes grey, for the edges of its letters; nothing else is changed. Grey is not made black and
    white: that spared a tenth to a fifth more, but two pages of thirty lost 0.016 and 0.028 of their characters.
    """
    bits = 1 if page.mode == "1" else 8
    ink = grey <= (127 if bits == 1 else threshold(histogram(grey)))
    factor = reduction(max(grey.width, grey.height), stroke(ink))
    if factor > 1:
        return Reading(grey.shrink(factor, factor), 8, USUAL_DPI, float(factor))
    return Reading(grey, bits, page.dpi if page.dpi and page.dpi >= LEAST_DPI else USUAL_DPI)


def grey(image: Any) -> Any:
    """The picture of one or three bands in one band of 8 bits."""
    if image.bands == 1:
        return image
    return (image.recomb(pyvips.Image.new_from_array(LUMA)) + 0.5).cast("uchar").copy(interpretation="b-w")


def reduction(long_side: int, stroke: int) -> int:
    """By how much a page of this size with strokes so many pixels wide is to be reduced; 1: not at all."""
    return max(1, min(int(stroke / STROKE), long_side // SMALL))


def stroke(ink: Any) -> int:
    """The width in pixels, along the rows, that a quarter of all strokes do not exceed; 0 when there are none.

    `ink` is 255 where the page is dark. On a page that is mostly dark the light places are taken for the strokes.
    """
    step = max(1, ink.height // ROWS)
    rows = ink.subsample(1, step)
    rows = rows.invert() if rows.avg() > 127 else rows
    parted = rows.embed(0, 0, rows.width + 1, rows.height)  # a light column, so that no stroke goes on in the next row
    widths = sorted(map(len, INK.findall(parted.write_to_memory())))
    return widths[len(widths) // 4] if widths else 0


def histogram(grey: Any) -> tuple[int, ...]:
    """How many pixels have each of the 256 values."""
    counts = memoryview(grey.hist_find().cast("uint").write_to_memory()).cast("I")
    return (*counts, *[0] * (256 - len(counts)))


def threshold(counts: tuple[int, ...]) -> int:
    """The largest value of the dark pixels, so that dark and light lie as far apart as they can.

    N. Otsu, IEEE Transactions on Systems, Man, and Cybernetics 9, 1979.
    """
    pixels, light = sum(counts), sum(value * count for value, count in enumerate(counts))
    below = dark = 0
    found, furthest = 0, -1.0
    for value, count in enumerate(counts[:-1]):
        below += count
        dark += value * count
        if 0 < below < pixels:
            apart = below * (pixels - below) * (dark / below - (light - dark) / (pixels - below)) ** 2
            if apart > furthest:
                found, furthest = value, apart
    return found
