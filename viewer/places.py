"""Where things are on a page image: the strip of a hit, and rectangles for an SVG laid over a picture.

All numbers are pixels of the upright page image; SVG scales them, so no style attribute is ever needed.
"""

from dataclasses import dataclass

from catalog.values import PageHit
from core.text import Box
from viewer.links import link

SHAPE, AIR, WIDEST = 6.0, 3.2, 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A crop of the scan around a hit: its address, its size as delivered, and the rectangles to mark in it."""

    src: str
    width: int
    height: int
    view_box: str
    marks: tuple[Box, ...]


def strip(hit: PageHit) -> Strip | None:
    """The strip of the hit's first line, None when the hit has no place."""
    if hit.line is None or not hit.boxes or hit.width < 1 or hit.height < 1:
        return None
    region = around(hit.boxes[0], hit.line, hit.width, hit.height)
    width = min(region.w, WIDEST)
    height = max(1, round(region.h * width / region.w))
    corner = f"{region.x},{region.y},{region.w},{region.h}"
    return Strip(
        src=picture(hit.image_id, f"{width},{height}", corner),
        width=width,
        height=height,
        view_box=f"{region.x} {region.y} {region.w} {region.h}",
        marks=tuple(roomy(box) for box in hit.boxes if meet(box, region)),
    )


def around(word: Box, line: Box, width: int, height: int) -> Box:
    """A rectangle of a strip's shape with the word in its middle, pushed back into the page."""
    tall = min(height, max(24, round(max(word.h, min(line.h, 2 * word.h)) * AIR)))
    wide = min(width, max(round(tall * SHAPE), round(word.w * 1.3)))
    x = word.x + word.w // 2 - wide // 2
    if line.w <= wide:
        x = line.x + line.w // 2 - wide // 2
    y = word.y + word.h // 2 - tall // 2
    return Box(max(0, min(x, width - wide)), max(0, min(y, height - tall)), wide, tall)


def meet(one: Box, other: Box) -> bool:
    """True when the two have a pixel in common."""
    across = one.x < other.x + other.w and other.x < one.x + one.w
    return across and one.y < other.y + other.h and other.y < one.y + one.h


def covers(outer: Box, inner: Box) -> bool:
    """True when the middle of the inner box lies in the outer."""
    x, y = inner.x + inner.w / 2, inner.y + inner.h / 2
    return outer.x <= x <= outer.x + outer.w and outer.y <= y <= outer.y + outer.h


def roomy(box: Box) -> Box:
    """The box with a little air, so that a mark does not touch the letters."""
    air = max(2, box.h // 10)
    return Box(box.x - air, box.y - air, box.w + 2 * air, box.h + 2 * air)


def picture(image_id: str, size: str, region: str = "full") -> str:
    """The address of an image by the Image API."""
    return link("images.image", image_id=image_id, region=region, size=size, rotation="0", quality_format="default.jpg")
