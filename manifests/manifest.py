"""An item as a IIIF Presentation 3.0 manifest: a canvas a page, named by page ids that stay for ever."""

import re
from collections.abc import Collection
from typing import Any

import iiif_prezi3

from core.item import Item, Page
from manifests import addresses, languages
from manifests.description import description
from manifests.parts import drop_empty, image_service, resource, thumbnail
from manifests.services import search_services
from manifests.words import nav_date, words

ALTO = "http://www.loc.gov/standards/alto/v4/alto-4-4.xsd"
HOCR = "http://kba.cloud/hocr-spec/1.2/"

_BOUND = re.compile(
    r"\b(books?|booklets?|pamphlets?|brochures?|volumes?|newspapers?|periodicals?|magazines?|journals?|issues?|atlas(es)?|"
    r"albums?|codex|codices|monographs?)\b",
    re.IGNORECASE,
)
_LOOSE = re.compile(r"\b(articles?|clippings?|cuttings?|pages?|leaf|leaves|sheets?|loose)\b", re.IGNORECASE)


def build_manifest(item: Item, base: str, *, texts: Collection[str]) -> dict[str, Any]:
    """The manifest as JSON-LD, checked once as a whole by iiif-prezi3's models.

    Args:
        item: an item with its id and its pages.
        base: the public address without a slash at its end.
        texts: ids of the pages that have text; only these get annotations and links to ALTO, hOCR and text.

    Raises:
        ValueError: iiif-prezi3 refuses the item (pydantic's ValidationError): it has no id, or an image no size.
    """
    # Canvases go in as one list: make_canvas would validate all that is there again for each new one.
    return checked(
        iiif_prezi3.Manifest,
        {
            "id": addresses.manifest(base, item.id),
            "type": "Manifest",
            **description(item),
            **_behaviour(item),
            "navDate": nav_date(item.date),
            "thumbnail": [thumbnail(base, item.pages[0])] if item.pages else [],
            "homepage": [_homepage(item, base)],
            "rendering": _renderings(item, base, texts),
            "partOf": [_collection(item, base)],
            "service": search_services(base, item.id) if texts else [],
            "items": [build_canvas(item, page, base, has_text=page.id in texts) for page in item.pages],
        },
    )


def build_canvas(item: Item, page: Page, base: str, *, has_text: bool) -> dict[str, Any]:
    """One page as a canvas; its coordinates are the pixels of the upright image."""
    canvas = addresses.canvas(base, item.id, page.id)
    size = {"height": page.facts.height, "width": page.facts.width}
    painting = {
        "id": f"{canvas}/image",
        "type": "Annotation",
        "motivation": "painting",
        "body": {
            **resource(f"{addresses.image(base, page.image_id)}/full/max/0/default.jpg", "Image", "image/jpeg"),
            **size,
            "service": [image_service(base, page)],
        },
        "target": canvas,
    }
    return {
        "id": canvas,
        "type": "Canvas",
        "label": words(page.label or str(page.number)),
        **size,
        "thumbnail": [thumbnail(base, page)],
        "items": [{"id": f"{canvas}/page", "type": "AnnotationPage", "items": [painting]}],
        **(_text_links(item, page, base) if has_text else {}),
    }


def checked(model: type[iiif_prezi3.Base], document: dict[str, Any]) -> dict[str, Any]:
    """The document after one validation by a model of iiif-prezi3; empty properties are left out, nothing is added.

    What comes back is the document, not the model written out: iiif-prezi3 writes a reference to an annotation page as
    an embedded page without items, and viewers would then never fetch the text.

    Raises:
        ValueError: the model refuses it.
    """
    kept = drop_empty(document)
    model(**kept)
    return {"@context": "http://iiif.io/api/presentation/3/context.json", **kept}


def _text_links(item: Item, page: Page, base: str) -> dict[str, Any]:
    def about(name: str, kind: str, media_type: str, label: str, profile: str = "") -> dict[str, Any]:
        return resource(addresses.page_file(base, item.id, page.id, name), kind, media_type, label, profile)

    return {
        "seeAlso": [
            about("alto.xml", "Dataset", "application/xml", "Text with coordinates (ALTO)", ALTO),
            about("hocr.html", "Dataset", "text/vnd.hocr+html", "Text with coordinates (hOCR)", HOCR),
        ],
        "rendering": [about("text.txt", "Text", "text/plain", "Text of this page")],
        "annotations": [{"id": addresses.annotations(base, item.id, page.id), "type": "AnnotationPage"}],
    }


def _renderings(item: Item, base: str, texts: Collection[str]) -> list[dict[str, Any]]:
    pdf = resource(addresses.item_pdf(base, item.id), "Text", "application/pdf", "PDF")
    text = resource(addresses.item_text(base, item.id), "Text", "text/plain", "Text")
    return [pdf, text] if texts else [pdf]


def _homepage(item: Item, base: str) -> dict[str, Any]:
    page = resource(addresses.item_page(base, item.id), "Text", "text/html")
    return {**page, "label": words(item.title or item.id), "language": ["en"]}


def _collection(item: Item, base: str) -> dict[str, Any]:
    name = item.collection.rpartition("/")[2]
    return {"id": addresses.collection(base, item.collection), "type": "Collection", "label": words(name)}


def _behaviour(item: Item) -> dict[str, Any]:
    turned = {"viewingDirection": "right-to-left"} if languages.right_to_left(item.languages) else {}
    return {**turned, **({"behavior": ["paged"]} if opens_like_a_book(item) else {})}


def opens_like_a_book(item: Item) -> bool:
    """True when viewers should show openings of two pages: a bound text of three or more mostly upright pages.

    Cuttings and loose sheets do not open; nor do scans that show an opening each, which are wider than high.
    """
    kind = " ".join(item.values("dc.format"))
    types = {value.lower() for value in item.values("dc.type")}
    upright = sum(page.facts.height > page.facts.width for page in item.pages)
    return (
        len(item.pages) > 2
        and (not types or "text" in types)
        and bool(_BOUND.search(kind))
        and not _LOOSE.search(kind)
        and upright * 2 > len(item.pages)
    )
