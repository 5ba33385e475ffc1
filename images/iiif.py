"""The image server's answers from an access copy: pictures, and the description that viewers begin with.

Source: IIIF Image API 3.0.0; level 2 of its compliance document and what else is cheap.
"""

from pathlib import Path
from typing import Any, Final

import pyvips

from images.pyramid import Pyramid, raw_tile, read_pyramid
from images.requests import (
    FORMATS,
    MOST_PIXELS,
    BadRequest,
    ImageRequest,
    NotSupported,
    Plan,
    parse,
    resolve,
)
from images.requests import canonical as canonical_address
from images.vips import prepare

__all__ = ["BadRequest", "ImageRequest", "NotSupported", "canonical", "info", "parse", "render"]

CONTEXT: Final = "http://iiif.io/api/image/3/context.json"
PROFILE: Final = "level2"
QUALITY: Final = 80
WHITE: Final = 255
SMALLEST: Final = 64
FEATURES: Final = (
    "canonicalLinkHeader",
    "mirroring",
    "profileLinkHeader",
    "rotationArbitrary",
    "sizeUpscaling",
)


def render(access: Path, request: ImageRequest) -> tuple[bytes, str]:
    """The encoded picture and its media type. Only the level of the pyramid that is needed is read.

    Raises:
        BadRequest: the request does not fit the picture.
        FileNotFoundError: there is no access copy.
        UnreadableImageError: the access copy is damaged.
    """
    pyramid = read_pyramid(access)
    plan = resolve(request, pyramid.width, pyramid.height)
    tile = _ready_tile(access, pyramid, plan, request)
    return (tile or _made(access, pyramid, plan, request)), FORMATS[request.format]


def info(image_url: str, access: Path) -> dict[str, Any]:
    """The `info.json` of the picture at this address; raises as `render` does."""
    pyramid = read_pyramid(access)
    factors = [2**number for number in range(len(pyramid.levels))]
    sizes = [
        {"type": "Size", "width": width, "height": height}
        for width, height in ((_part(pyramid.width, each), _part(pyramid.height, each)) for each in reversed(factors))
        if width * height <= MOST_PIXELS and (max(width, height) >= SMALLEST or len(factors) == 1)
    ]
    tile = pyramid.levels[0].tile
    return {
        "@context": CONTEXT,
        "id": image_url,
        "type": "ImageService3",
        "protocol": "http://iiif.io/api/image",
        "profile": PROFILE,
        "width": pyramid.width,
        "height": pyramid.height,
        "maxArea": MOST_PIXELS,
        "sizes": sizes,
        "tiles": [{"type": "Tile", "width": tile, "height": tile, "scaleFactors": factors}],
        "preferredFormats": ["jpg"],
        "extraFormats": ["webp"],
        "extraQualities": ["bitonal", "color", "gray"],
        "extraFeatures": list(FEATURES),
    }


def canonical(image_url: str, request: ImageRequest, access: Path) -> str:
    """The canonical address of what is asked for, for the `Link` header; raises as `render` does."""
    pyramid = read_pyramid(access)
    return canonical_address(image_url, request, pyramid.width, pyramid.height)


def _ready_tile(access: Path, pyramid: Pyramid, plan: Plan, request: ImageRequest) -> bytes | None:
    """The tile as it lies in the file, when the request is for exactly one whole tile as JPEG."""
    plain = request.format == "jpg" and not request.mirror and request.rotation == 0
    if not plain or request.quality not in ("default", "color"):
        return None
    factor = plan.w // plan.width
    number = factor.bit_length() - 1
    if factor.bit_count() != 1 or number >= len(pyramid.levels):
        return None
    level = pyramid.levels[number]
    span = level.tile * factor
    whole = (plan.w, plan.h, plan.width, plan.height) == (span, span, level.tile, level.tile)
    if not whole or plan.x % span or plan.y % span:
        return None
    return raw_tile(access, level, plan.x // span, plan.y // span)


def _made(access: Path, pyramid: Pyramid, plan: Plan, request: ImageRequest) -> bytes:
    prepare()
    image = _taken(access, pyramid, plan)
    if request.mirror:
        image = image.fliphor()
    image = _turned(image, request)
    return _encoded(_coloured(image, request.quality), request)


def _taken(access: Path, pyramid: Pyramid, plan: Plan) -> Any:
    """The region in its final size, from the smallest level that has enough pixels."""
    number = pyramid.deepest(min(plan.w / plan.width, plan.h / plan.height))
    level = pyramid.levels[number]
    image = pyvips.Image.tiffload(str(access), page=number)
    across, down = level.width / pyramid.width, level.height / pyramid.height
    left, top = min(int(plan.x * across), level.width - 1), min(int(plan.y * down), level.height - 1)
    width = max(1, min(round((plan.x + plan.w) * across), level.width) - left)
    height = max(1, min(round((plan.y + plan.h) * down), level.height) - top)
    image = image.crop(left, top, width, height)
    if (width, height) == (plan.width, plan.height):
        return image
    if plan.width > width and plan.height > height:  # enlarging shows nothing new: the cheap way is good enough
        return image.resize(plan.width / width, vscale=plan.height / height, kernel="linear")
    return image.thumbnail_image(plan.width, height=plan.height, size="force")


def _turned(image: Any, request: ImageRequest) -> Any:
    quarter = {0.0: None, 90.0: "rot90", 180.0: "rot180", 270.0: "rot270"}
    if request.rotation in quarter:
        name = quarter[request.rotation]
        return getattr(image, name)() if name else image
    around = [WHITE] * image.bands
    if request.format != "jpg":
        image, around = image.bandjoin(WHITE), [*around, 0]
    return image.rotate(request.rotation, background=around)


def _coloured(image: Any, quality: str) -> Any:
    if quality not in ("gray", "bitonal"):
        return image
    image = image.colourspace("b-w")
    return (image[0] > WHITE // 2) if quality == "bitonal" else image


def _encoded(image: Any, request: ImageRequest) -> bytes:
    match request.format:
        case "png":
            depth = 1 if request.quality == "bitonal" and image.bands == 1 else 8
            data = image.pngsave_buffer(compression=6, bitdepth=depth, keep="none")
        case "webp":
            data = image.webpsave_buffer(Q=QUALITY, keep="none")
        case _:
            data = image.jpegsave_buffer(Q=QUALITY, keep="none")
    return bytes(data)


def _part(length: int, factor: int) -> int:
    return -(-length // factor)
