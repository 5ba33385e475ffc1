"""The text of a page as annotations on its canvas: one a printed line, where viewers can select and show it."""

from typing import Any

import iiif_prezi3

from core.item import Item, Page
from core.text import Line, PageText
from manifests import addresses
from manifests.manifest import checked
from manifests.words import language_key, words


def build_annotation_page(item: Item, page: Page, text: PageText, base: str) -> dict[str, Any]:
    """The lines of a page in reading order, motivation `supplementing` (Presentation 3.0, 5.6).

    Words stay in ALTO. The target is plain text ending in `#xywh=`, which more viewers understand than an object.
    A language is named only where the page has exactly one: which of several a line is in, nobody knows.
    """
    address = addresses.annotations(base, item.id, page.id)
    tags = text.languages or item.languages
    language = language_key(tags[0]) if len(tags) == 1 else "none"
    return checked(
        iiif_prezi3.AnnotationPage,
        {
            "id": address,
            "type": "AnnotationPage",
            "label": words(f"Text of page {page.label or page.number}", language="en"),
            "items": [
                {
                    "id": f"{address}/line/{number}",
                    "type": "Annotation",
                    "motivation": "supplementing",
                    "body": _body(line, language),
                    "target": addresses.canvas(base, item.id, page.id, line.box),
                }
                for number, line in enumerate(text.lines(), 1)
                if line.words
            ],
        },
    )


def _body(line: Line, language: str) -> dict[str, str]:
    body = {"type": "TextualBody", "value": line.text, "format": "text/plain"}
    return body if language == "none" else {**body, "language": language}
