"""The small resources that manifests and collections are made of."""

from typing import Any

from core.item import Page
from manifests import addresses
from manifests.words import words

THUMBNAIL_PIXELS = 400


def resource(address: str, kind: str, media_type: str, label: str = "", profile: str = "") -> dict[str, Any]:
    """Something that can be fetched: its address, IIIF type, media type, English label and profile."""
    return drop_empty(
        {
            "id": address,
            "type": kind,
            "label": words(label, language="en") if label else None,
            "format": media_type,
            "profile": profile,
        }
    )


def image_service(base: str, page: Page) -> dict[str, Any]:
    """The Image API 3 service of a page, level 2."""
    return {"id": addresses.image(base, page.image_id), "type": "ImageService3", "profile": "level2"}


def thumbnail(base: str, page: Page) -> dict[str, Any]:
    """The page in a square of 400 pixels, never enlarged (Image 3.0, 4.2: `!w,h`), with the size it will have.

    It names no service: viewers shall take this one size, which caches know, and not ask for sizes of their own.
    """
    scale = min(THUMBNAIL_PIXELS / max(page.facts.width, page.facts.height), 1)
    # The image service refuses a square that is larger than the image, as the validator of the IIIF demands.
    size = "max" if scale == 1 else f"!{THUMBNAIL_PIXELS},{THUMBNAIL_PIXELS}"
    return {
        **resource(f"{addresses.image(base, page.image_id)}/full/{size}/0/default.jpg", "Image", "image/jpeg"),
        "height": max(1, round(page.facts.height * scale)),
        "width": max(1, round(page.facts.width * scale)),
    }


def thumbnail_of(base: str, image_id: str) -> dict[str, Any]:
    """A thumbnail of an image of unknown size: the one made at ingest, since a service might refuse any size."""
    return resource(addresses.thumbnail(base, image_id), "Image", "image/jpeg")


def drop_empty(document: dict[str, Any]) -> dict[str, Any]:
    """The document without properties that are None, empty text or empty lists; `items` stays, empty or not."""
    return {key: value for key, value in document.items() if key == "items" or value not in (None, "", [], {})}
