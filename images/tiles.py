"""Single tiles of the pyramid: nearly all that deep zoom asks for, and the cheapest to give.

A whole tile is handed out as it lies in the file. A tile at the right or lower edge is padded in the file: it alone is
decoded, cut and encoded again, and remembered, as about a quarter of a page's tiles are such.
"""

import math
from dataclasses import dataclass
from typing import Any, Final

import pyvips

from images.pyramid import AccessCopy, Level, NotAtOnceError, Pyramid
from images.remembered import Remembered
from images.requests import Plan
from images.vips import prepare

QUALITY: Final = 80
EDGES: Final = Remembered(24 * 1024 * 1024)


@dataclass(frozen=True, slots=True)
class Place:
    """A tile in the pyramid, and how much of it, from its top left corner, shows the picture (pixels of its level)."""

    number: int
    level: Level
    column: int
    row: int
    width: int
    height: int


def tile(copy: AccessCopy, plan: Plan) -> bytes | None:
    """The JPEG, when the plan is for one tile of one level; else None.

    Raises:
        ChangedError: the copy is not what it was when it was read in full.
        NotAtOnceError: the copy is not patient, and the tile is not in memory.
    """
    place = _place(copy.pyramid, plan)
    if place is None:
        return None
    if place.width == place.height == place.level.tile:
        return copy.tile(place.level, place.column, place.row)
    key = (copy.pyramid.digest, place.number, place.column, place.row, plan.width, plan.height)
    data = EDGES.get(key)
    if data is None:
        if not copy.patient:
            raise NotAtOnceError
        data = _cut(copy, place, plan)
        EDGES.put(key, data)
    return data


def _place(pyramid: Pyramid, plan: Plan) -> Place | None:
    """The tile that the plan is for, whatever way a viewer rounds the sizes of reduced edges."""
    number = max(0, round(math.log2(plan.w / plan.width)))
    if number >= len(pyramid.levels):
        return None
    level = pyramid.levels[number]
    span = level.tile << number
    reach = min(span, pyramid.width - plan.x), min(span, pyramid.height - plan.y)
    if plan.x % span or plan.y % span or (plan.w, plan.h) != reach:
        return None
    column, row = plan.x // span, plan.y // span
    width = min(level.tile, level.width - column * level.tile)
    height = min(level.tile, level.height - row * level.tile)
    near = abs(plan.width - width) <= 1 and abs(plan.height - height) <= 1
    whole = width == height == level.tile and (plan.width, plan.height) != (width, height)
    return Place(number, level, column, row, width, height) if min(width, height) > 0 and near and not whole else None


def fitted(image: Any, width: int, height: int) -> Any:
    """The picture in this size, which differs by a pixel at the most: a viewer rounds up where the pyramid rounds down.

    The last column or row is doubled or left out; that is nearer to the truth than to move all pixels by a fraction.
    """
    return image if (image.width, image.height) == (width, height) else image.embed(0, 0, width, height, extend="copy")


def _cut(copy: AccessCopy, place: Place, plan: Plan) -> bytes:
    prepare()
    image: Any = pyvips.Image.jpegload_buffer(copy.tile(place.level, place.column, place.row))
    image = image.crop(0, 0, place.width, place.height)
    image = fitted(image, plan.width, plan.height)
    return bytes(image.jpegsave_buffer(Q=QUALITY, keep="none"))
