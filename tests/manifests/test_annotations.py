from dataclasses import replace

from core.item import Item
from core.text import PageText
from manifests.annotations import build_annotation_page
from manifests.manifest import build_manifest

PAGE = "https://scans.example.org/iiif/presentation/3/f38zg8w7qkwv/annotations/page1"
CANVAS = "https://scans.example.org/iiif/presentation/3/f38zg8w7qkwv/canvas/page1"


def annotation(number: int, text: str, box: str) -> dict[str, object]:
    return {
        "id": f"{PAGE}/line/{number}",
        "type": "Annotation",
        "motivation": "supplementing",
        "body": {"type": "TextualBody", "value": text, "format": "text/plain", "language": "de-Latf"},
        "target": f"{CANVAS}#xywh={box}",
    }


def test_every_line_with_words_is_an_annotation(book: Item, lines: PageText, base: str) -> None:
    assert build_annotation_page(book, book.pages[0], lines, base) == {
        "@context": "http://iiif.io/api/presentation/3/context.json",
        "id": PAGE,
        "type": "AnnotationPage",
        "label": {"en": ["Text of page 1"]},
        "items": [
            annotation(1, "Sapere aude!", "10,20,100,12"),
            annotation(2, "Habe Muth", "10,40,100,12"),
            annotation(3, "dich", "10,90,50,12"),
        ],
    }


def test_the_text_knows_its_language_better_than_the_item(book: Item, lines: PageText, base: str) -> None:
    page = build_annotation_page(book, book.pages[0], replace(lines, languages=("la",)), base)
    assert {item["body"]["language"] for item in page["items"]} == {"la"}


def test_with_several_languages_none_is_named(book: Item, lines: PageText, base: str) -> None:
    page = build_annotation_page(book, book.pages[0], replace(lines, languages=("grc", "en")), base)
    assert not any("language" in item["body"] for item in page["items"])


def test_a_page_without_words_has_no_annotations(book: Item, base: str) -> None:
    assert build_annotation_page(book, book.pages[0], PageText(10, 10, ()), base)["items"] == []


def test_the_manifest_names_this_very_page(book: Item, lines: PageText, base: str) -> None:
    canvas = build_manifest(book, base, texts=["page1"])["items"][0]
    page = build_annotation_page(book, book.pages[0], lines, base)
    assert canvas["annotations"] == [{"id": page["id"], "type": "AnnotationPage"}]
    assert {item["target"].partition("#")[0] for item in page["items"]} == {canvas["id"]}
