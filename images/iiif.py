"""The image server's answers from an access copy: pictures, and the description that viewers begin with.

Source: IIIF Image API 3.0.0; level 2 of its compliance document and what else is cheap.
"""

from typing import Any, Final

import pyvips

from images.pyramid import AccessCopy, Pyramid
from images.remembered import Remembered
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
from images.tiles import QUALITY, fitted, tile
from images.vips import prepare

__all__ = ["BadRequest", "ImageRequest", "NotSupported", "canonical", "info", "parse", "ready", "render"]

CONTEXT: Final = "http://iiif.io/api/image/3/context.json"
PROFILE: Final = "level2"
WHITE: Final = 255
SMALLEST: Final = 64
SCREEN: Final = 1600
PICTURES: Final = Remembered(16 * 1024 * 1024)
FEATURES: Final = (
    "canonicalLinkHeader",
    "mirroring",
    "profileLinkHeader",
    "rotationArbitrary",
    "sizeUpscaling",
)


def render(copy: AccessCopy, request: ImageRequest) -> tuple[bytes, str]:
    """The encoded picture and its media type. Only the level of the pyramid that is needed is read.

    Raises:
        BadRequest: the request does not fit the picture.
        ChangedError: the copy is not what it was when it was read in full.
    """
    plan = resolve(request, copy.pyramid.width, copy.pyramid.height)
    found = (tile(copy, plan) or _whole(copy, plan, request)) if _plain(request) else None
    return (found or _made(copy, plan, request)), FORMATS[request.format]


def ready(copy: AccessCopy, request: ImageRequest) -> bytes | None:
    """The JPEG that `render` gives, when it is a tile and so costs next to nothing; else None. Raises as it does."""
    return tile(copy, resolve(request, copy.pyramid.width, copy.pyramid.height)) if _plain(request) else None


def info(image_url: str, pyramid: Pyramid) -> dict[str, Any]:
    """The `info.json` of the picture at this address."""
    factors = [2**number for number in range(len(pyramid.levels))]
    sizes = [
        {"type": "Size", "width": width, "height": height}
        for width, height in ((_part(pyramid.width, each), _part(pyramid.height, each)) for each in reversed(factors))
        if width * height <= MOST_PIXELS and (max(width, height) >= SMALLEST or len(factors) == 1)
    ]
    side = pyramid.levels[0].tile
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
        "tiles": [{"type": "Tile", "width": side, "height": side, "scaleFactors": factors}],
        "preferredFormats": ["jpg"],
        "extraFormats": ["webp"],
        "extraQualities": ["bitonal", "color", "gray"],
        "extraFeatures": list(FEATURES),
    }


def canonical(image_url: str, request: ImageRequest, pyramid: Pyramid) -> str:
    """The canonical address of what is asked for, for the `Link` header; raises as `render` does."""
    return canonical_address(image_url, request, pyramid.width, pyramid.height)


def _plain(request: ImageRequest) -> bool:
    """True for a JPEG without any turning or colouring."""
    return (
        request.format == "jpg"
        and not request.mirror
        and request.rotation == 0
        and request.quality in ("default", "color")
    )


def _whole(copy: AccessCopy, plan: Plan, request: ImageRequest) -> bytes | None:
    """The whole picture in a size for a screen, remembered: a page of the viewer shows it to reader after reader."""
    if max(plan.width, plan.height) > SCREEN or (plan.w, plan.h) != (copy.pyramid.width, copy.pyramid.height):
        return None
    key = (copy.pyramid.digest, plan.width, plan.height)
    data = PICTURES.get(key)
    if data is None:
        data = _made(copy, plan, request)
        PICTURES.put(key, data)
    return data


def _made(copy: AccessCopy, plan: Plan, request: ImageRequest) -> bytes:
    prepare()
    image = _taken(copy, plan)
    if request.mirror:
        image = image.fliphor()
    image = _turned(image, request)
    return _encoded(_coloured(image, request.quality), request)


def _taken(copy: AccessCopy, plan: Plan) -> Any:
    """The region in its final size, from the smallest level that has enough pixels, give or take one by rounding."""
    pyramid = copy.pyramid
    number = pyramid.deepest(min(plan.w / max(1, plan.width - 1), plan.h / max(1, plan.height - 1)))
    level = pyramid.levels[number]
    image = pyvips.Image.tiffload(str(copy.path), page=number)
    across, down = level.width / pyramid.width, level.height / pyramid.height
    left, top = min(int(plan.x * across), level.width - 1), min(int(plan.y * down), level.height - 1)
    width = max(1, min(round((plan.x + plan.w) * across), level.width) - left)
    height = max(1, min(round((plan.y + plan.h) * down), level.height) - top)
    image = image.crop(left, top, width, height)
    if abs(plan.width - width) <= 1 and abs(plan.height - height) <= 1 and min(width, height) >= SMALLEST:
        return fitted(image, plan.width, plan.height)
    if number == 0 and plan.width > width and plan.height > height:
        # Enlarging shows nothing new: the cheap way is good enough.
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
