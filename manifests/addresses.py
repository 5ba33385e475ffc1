"""Every address that stands in a IIIF document: one place, so that nobody joins strings to make one.

`base` is the public address without a slash at its end, for example `https://scans.example.org`.
"""

from urllib.parse import quote, urlencode

from core.text import Box

# Stands for `base` in manifests that are kept as files, so that the house can move to another address.
PLACEHOLDER = "https://muniment.invalid"


def item_page(base: str, item_id: str) -> str:
    """The page of the item for people."""
    return f"{base}/items/{item_id}"


def item_text(base: str, item_id: str) -> str:
    """The plain text of the whole item."""
    return f"{base}/items/{item_id}/text"


def item_pdf(base: str, item_id: str) -> str:
    """The item as a PDF."""
    return f"{base}/items/{item_id}/item.pdf"


def page_file(base: str, item_id: str, page_id: str, name: str) -> str:
    """A file about one page: `alto.xml`, `hocr.html` or `text.txt`."""
    return f"{base}/items/{item_id}/pages/{page_id}/{name}"


def manifest(base: str, item_id: str) -> str:
    """The manifest of the item."""
    return f"{base}/iiif/presentation/3/{item_id}/manifest"


def canvas(base: str, item_id: str, page_id: str, box: Box | None = None) -> str:
    """The page as a canvas, or a rectangle on it (Media Fragments 1.0, pixels from the top left corner)."""
    address = f"{base}/iiif/presentation/3/{item_id}/canvas/{page_id}"
    return f"{address}#xywh={box.x},{box.y},{box.w},{box.h}" if box else address


def annotations(base: str, item_id: str, page_id: str) -> str:
    """The annotation page with the lines of text of one page."""
    return f"{base}/iiif/presentation/3/{item_id}/annotations/{page_id}"


def collection(base: str, path: str) -> str:
    """A collection by its path, parts joined by `/`; the collection of everything has the path ""."""
    return f"{base}/iiif/presentation/3/collection/{quote(path)}".rstrip("/")


def collection_page(base: str, path: str) -> str:
    """The page of a collection for people; of everything: the front page."""
    return f"{base}/collections/{quote(path)}" if path else f"{base}/"


def image(base: str, image_id: str) -> str:
    """The image service of one version of a page (`PAGEID.V`)."""
    return f"{base}/iiif/image/3/{image_id}"


def thumbnail(base: str, image_id: str) -> str:
    """The small picture of one version of a page: at most 400 pixels a side, and there for an image of any size."""
    return f"{base}/thumbs/{image_id}.jpg"


def search(base: str, version: int, item_id: str, query: str | None = None, page: int = 1) -> str:
    """The search service of an item (Content Search 1 or 2), or one page of the answer to a query."""
    service = f"{base}/iiif/search/{version}/{item_id}"
    if query is None:
        return service
    return f"{service}?{urlencode({'q': query} | ({'page': page} if page > 1 else {}))}"
