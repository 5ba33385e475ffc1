"""The grammar of IIIF Image API 3.0 requests, and what a request means for a picture of a given size.

Source: IIIF Image API 3.0.0, sections 4 (parameters) and 4.7 (canonical form).
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

MOST_PIXELS: Final = 36_000_000  # an A4 sheet at 600 dpi in full; larger ones come reduced, or in tiles
QUALITIES: Final = ("default", "color", "gray", "bitonal")
FORMATS: Final = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
KNOWN_FORMATS: Final = ("tif", "gif", "jp2", "pdf")
WHOLE: Final = r"([0-9]{1,9})"
REAL: Final = r"([0-9]{1,9}(?:\.[0-9]{1,10})?|\.[0-9]{1,10})"
PIXELS: Final = re.compile(rf"{WHOLE},{WHOLE},{WHOLE},{WHOLE}")
PERCENT: Final = re.compile(rf"pct:{REAL},{REAL},{REAL},{REAL}")
SIZE: Final = re.compile(rf"(\^?)(?:(max)|pct:{REAL}|(!?){WHOLE},{WHOLE}|{WHOLE},|,{WHOLE})")
ROTATION: Final = re.compile(rf"(!?){REAL}")


class BadRequest(ValueError):  # noqa: N818 - the word of HTTP, and a value, not a failure of ours
    """The request breaks the grammar or asks for what cannot be; the message says what, in one sentence. Answer 400."""


class NotSupported(ValueError):  # noqa: N818 - as above
    """The request is right, but asks for a format that is not offered. Answer 501."""


@dataclass(frozen=True, slots=True)
class Region:
    """The part of the picture: all of it, its middle square, pixels, or per cent of each side."""

    kind: Literal["full", "square", "pixels", "percent"]
    x: float = 0
    y: float = 0
    w: float = 0
    h: float = 0


@dataclass(frozen=True, slots=True)
class Size:
    """The size of the answer: as large as may be, per cent of the region, or width and height, one of them open."""

    kind: Literal["max", "percent", "exact", "within"]
    w: int | None = None
    h: int | None = None
    percent: float = 100
    upscale: bool = False


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """A request that keeps to the grammar; whether it fits a picture is for `resolve` to say."""

    region: Region
    size: Size
    mirror: bool
    rotation: float
    quality: str
    format: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Pixels of the full picture to take, and the size to bring them to."""

    x: int
    y: int
    w: int
    h: int
    width: int
    height: int


@lru_cache(maxsize=4096)  # viewers ask every page of a book for the same tiles
def parse(region: str, size: str, rotation: str, quality_format: str) -> ImageRequest:
    """The request in the four path segments, already percent-decoded.

    Raises:
        BadRequest: a segment breaks the grammar.
        NotSupported: the format is known to the specification but not offered.
    """
    quality, _, ending = quality_format.rpartition(".")
    if ending in KNOWN_FORMATS:
        raise NotSupported(f'The format "{ending}" is not offered: ask for jpg, png or webp.')
    if quality not in QUALITIES or ending not in FORMATS:
        raise BadRequest(f'"{quality_format}" is no quality and format: ask for default.jpg.')
    turn = ROTATION.fullmatch(rotation)
    if turn is None or float(turn[2]) > 360:
        raise BadRequest(f'"{rotation}" is no rotation: ask for 0 to 360, with "!" before it to mirror.')
    return ImageRequest(_region(region), _size(size), turn[1] == "!", float(turn[2]) % 360, quality, ending)


def resolve(request: ImageRequest, width: int, height: int) -> Plan:
    """What the request means for a picture of this size in pixels.

    Raises:
        BadRequest: the region lies outside, the answer would have no pixel, be too large, or larger than asked for.
    """
    x, y, w, h = _pixels(request.region, width, height)
    if x >= width or y >= height or w < 1 or h < 1:
        raise BadRequest(f"The region lies outside the picture of {width} x {height} pixels.")
    w, h = min(w, width - x), min(h, height - y)
    across, down = _scaled(request.size, w, h)
    if across < 1 or down < 1:
        raise BadRequest("The answer would have no pixel: ask for a larger size.")
    if not request.size.upscale and (across > w or down > h):
        raise BadRequest(f'The region has only {w} x {h} pixels: write "^" before the size to enlarge it.')
    if across * down > MOST_PIXELS:
        raise BadRequest(f"The answer would have more than {MOST_PIXELS} pixels: ask for a smaller size.")
    return Plan(x, y, w, h, across, down)


def canonical(image_url: str, request: ImageRequest, width: int, height: int) -> str:
    """The canonical address of what is asked for, under the image's address; raises as `resolve` does."""
    plan = resolve(request, width, height)
    whole = (plan.x, plan.y, plan.w, plan.h) == (0, 0, width, height)
    region = "full" if whole else f"{plan.x},{plan.y},{plan.w},{plan.h}"
    full_size = (plan.width, plan.height) == _scaled(Size("max"), plan.w, plan.h)
    larger = plan.width > plan.w or plan.height > plan.h
    size = "max" if full_size else f"{'^' if larger else ''}{plan.width},{plan.height}"
    turn = f"{'!' if request.mirror else ''}{request.rotation:.10g}"
    return f"{image_url}/{region}/{size}/{turn}/{request.quality}.{request.format}"


def _region(text: str) -> Region:
    if text in ("full", "square"):
        return Region("full" if text == "full" else "square")
    if found := PIXELS.fullmatch(text):
        return Region("pixels", *map(int, found.groups()))
    if found := PERCENT.fullmatch(text):
        return Region("percent", *map(float, found.groups()))
    raise BadRequest(f'"{text}" is no region: ask for full, square, x,y,w,h or pct:x,y,w,h.')


def _size(text: str) -> Size:
    found = SIZE.fullmatch(text)
    if found is None:
        raise BadRequest(f'"{text}" is no size: ask for max, w, or ,h or w,h or !w,h or pct:n.')
    larger, most, percent, within, w, h, only_w, only_h = found.groups()
    upscale = bool(larger)
    if most:
        return Size("max", upscale=upscale)
    if percent:
        if float(percent) > 100 and not upscale:
            raise BadRequest(f'{percent} per cent enlarges the picture: write "^pct:{percent}".')
        return Size("percent", percent=float(percent), upscale=upscale)
    width, height = w or only_w, h or only_h
    return Size(
        "within" if within else "exact",
        int(width) if width else None,
        int(height) if height else None,
        upscale=upscale,
    )


def _pixels(region: Region, width: int, height: int) -> tuple[int, int, int, int]:
    match region.kind:
        case "full":
            return 0, 0, width, height
        case "square":
            side = min(width, height)
            return (width - side) // 2, (height - side) // 2, side, side
        case "pixels":
            return int(region.x), int(region.y), int(region.w), int(region.h)
        case "percent":
            return (
                round(region.x * width / 100),
                round(region.y * height / 100),
                round(region.w * width / 100),
                round(region.h * height / 100),
            )


def _scaled(size: Size, w: int, h: int) -> tuple[int, int]:
    match size.kind:
        case "max":
            # "^max" could mean an enlargement to the limit; nobody gains by it, and the validator expects none.
            factor = min(1.0, (MOST_PIXELS / (w * h)) ** 0.5)
            return (w, h) if factor == 1.0 else (max(1, int(w * factor)), max(1, int(h * factor)))
        case "percent":
            return round(w * size.percent / 100), round(h * size.percent / 100)
        case "within":
            # A frame larger than the region is refused later, as the validator demands, though the text of the
            # specification would let us answer with the region's own size.
            factor = min((size.w or 0) / w, (size.h or 0) / h)
            return (max(1, round(w * factor)), max(1, round(h * factor))) if factor else (0, 0)
        case "exact":
            if size.w is not None and size.h is not None:
                return size.w, size.h
            if size.w is not None:
                return size.w, max(1, round(h * size.w / w))
            return max(1, round(w * (size.h or 0) / h)), size.h or 0
