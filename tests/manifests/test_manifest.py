import json
from dataclasses import replace
from typing import Any

import iiif_prezi3
import pytest

from core.images import ImageFacts
from core.item import Item, Page
from manifests.manifest import build_manifest, opens_like_a_book

MANIFEST = "https://scans.example.org/iiif/presentation/3/f38zg8w7qkwv"
IMAGE = "https://scans.example.org/iiif/image/3"
PAGES = "https://scans.example.org/items/f38zg8w7qkwv/pages"


def resized(item: Item, width: int, height: int) -> Item:
    facts = ImageFacts(index=0, width=width, height=height, mode="L", bits=8)
    return replace(item, pages=tuple(replace(page, facts=facts) for page in item.pages))


def described(item: Item, **values: tuple[str, ...]) -> Item:
    return replace(item, metadata=tuple((f"dc.{term}", some) for term, some in values.items()))


def test_a_manifest_of_one_page_in_full(book: Item, base: str) -> None:
    item = replace(book, pages=book.pages[:1], metadata=(("dc.creator", ("Kant, Immanuel",)),))
    thumbnail = {
        "id": f"{IMAGE}/page1.1/full/!400,400/0/default.jpg",
        "type": "Image",
        "format": "image/jpeg",
        "height": 400,
        "width": 267,
    }
    assert build_manifest(item, base, texts={"page1"}) == {
        "@context": "http://iiif.io/api/presentation/3/context.json",
        "id": f"{MANIFEST}/manifest",
        "type": "Manifest",
        "label": {"de-Latf": ["Was ist Aufklärung?"]},
        "metadata": [
            {"label": {"en": ["Creator"]}, "value": {"none": ["Kant, Immanuel"]}},
            {"label": {"en": ["Language"]}, "value": {"en": ["German (Fraktur)"]}},
        ],
        "rights": "http://creativecommons.org/publicdomain/mark/1.0/",
        "navDate": "1784-12-01T00:00:00Z",
        "thumbnail": [thumbnail],
        "homepage": [
            {
                "id": "https://scans.example.org/items/f38zg8w7qkwv",
                "type": "Text",
                "format": "text/html",
                "label": {"none": ["Was ist Aufklärung?"]},
                "language": ["en"],
            }
        ],
        "rendering": [
            {
                "id": "https://scans.example.org/items/f38zg8w7qkwv/item.pdf",
                "type": "Text",
                "label": {"en": ["PDF"]},
                "format": "application/pdf",
            },
            {
                "id": "https://scans.example.org/items/f38zg8w7qkwv/text",
                "type": "Text",
                "label": {"en": ["Text"]},
                "format": "text/plain",
            },
        ],
        "partOf": [
            {
                "id": "https://scans.example.org/iiif/presentation/3/collection/Books/Enlightenment",
                "type": "Collection",
                "label": {"none": ["Enlightenment"]},
            }
        ],
        "service": [
            {"id": "https://scans.example.org/iiif/search/2/f38zg8w7qkwv", "type": "SearchService2"},
            {
                "@context": "http://iiif.io/api/search/1/context.json",
                "@id": "https://scans.example.org/iiif/search/1/f38zg8w7qkwv",
                "@type": "SearchService1",
                "profile": "http://iiif.io/api/search/1/search",
            },
        ],
        "items": [
            {
                "id": f"{MANIFEST}/canvas/page1",
                "type": "Canvas",
                "label": {"none": ["1"]},
                "height": 1500,
                "width": 1000,
                "thumbnail": [thumbnail],
                "items": [
                    {
                        "id": f"{MANIFEST}/canvas/page1/page",
                        "type": "AnnotationPage",
                        "items": [
                            {
                                "id": f"{MANIFEST}/canvas/page1/image",
                                "type": "Annotation",
                                "motivation": "painting",
                                "body": {
                                    "id": f"{IMAGE}/page1.1/full/max/0/default.jpg",
                                    "type": "Image",
                                    "format": "image/jpeg",
                                    "height": 1500,
                                    "width": 1000,
                                    "service": [
                                        {"id": f"{IMAGE}/page1.1", "type": "ImageService3", "profile": "level2"}
                                    ],
                                },
                                "target": f"{MANIFEST}/canvas/page1",
                            }
                        ],
                    }
                ],
                "seeAlso": [
                    {
                        "id": f"{PAGES}/page1/alto.xml",
                        "type": "Dataset",
                        "label": {"en": ["Text with coordinates (ALTO)"]},
                        "format": "application/xml",
                        "profile": "http://www.loc.gov/standards/alto/v4/alto-4-4.xsd",
                    },
                    {
                        "id": f"{PAGES}/page1/hocr.html",
                        "type": "Dataset",
                        "label": {"en": ["Text with coordinates (hOCR)"]},
                        "format": "text/vnd.hocr+html",
                        "profile": "http://kba.cloud/hocr-spec/1.2/",
                    },
                ],
                "rendering": [
                    {
                        "id": f"{PAGES}/page1/text.txt",
                        "type": "Text",
                        "label": {"en": ["Text of this page"]},
                        "format": "text/plain",
                    }
                ],
                "annotations": [{"id": f"{MANIFEST}/annotations/page1", "type": "AnnotationPage"}],
            }
        ],
    }


def test_only_pages_with_text_link_to_it(book: Item, base: str) -> None:
    canvases = build_manifest(book, base, texts=["page2"])["items"]
    assert [("annotations" in canvas, "seeAlso" in canvas, "rendering" in canvas) for canvas in canvases] == [
        (False, False, False),
        (True, True, True),
        (False, False, False),
    ]


def test_an_item_without_text_offers_no_search(book: Item, base: str) -> None:
    manifest = build_manifest(book, base, texts=[])
    assert "service" not in manifest
    assert [rendering["format"] for rendering in manifest["rendering"]] == ["application/pdf"]


def test_addresses_follow_the_page_and_not_its_place(book: Item, base: str) -> None:
    def ids(item: Item) -> dict[str, Any]:
        canvases = build_manifest(item, base, texts=["page1"])["items"]
        return {canvas["id"]: canvas["items"][0]["items"][0]["body"]["id"] for canvas in canvases}

    turned = tuple(replace(page, number=number, label=f"x{number}") for number, page in enumerate(book.pages[::-1], 1))
    assert ids(replace(book, pages=turned)) == ids(book)


def test_a_new_version_of_an_image_changes_its_address_and_not_the_canvas(book: Item, base: str) -> None:
    newer = replace(book, pages=(replace(book.pages[0], version=2),))
    canvas = build_manifest(newer, base, texts=[])["items"][0]
    assert canvas["id"] == f"{MANIFEST}/canvas/page1"
    assert canvas["items"][0]["items"][0]["body"]["service"][0]["id"] == f"{IMAGE}/page1.2"


@pytest.mark.parametrize(
    ("page", "asked", "shown"),
    [
        ((30, 20), "max", (30, 20)),
        ((400, 20), "max", (400, 20)),
        ((401, 200), "!400,400", (400, 200)),
        ((20, 800), "!400,400", (10, 400)),
    ],
)
def test_a_thumbnail_is_never_larger_than_its_image(
    book: Item, base: str, page: tuple[int, int], asked: str, shown: tuple[int, int]
) -> None:
    manifest = build_manifest(resized(book, *page), base, texts=[])
    assert manifest["thumbnail"] == manifest["items"][0]["thumbnail"]
    assert manifest["thumbnail"] == [
        {
            "id": f"{IMAGE}/page1.1/full/{asked}/0/default.jpg",
            "type": "Image",
            "format": "image/jpeg",
            "width": shown[0],
            "height": shown[1],
        }
    ]


def test_a_strip_keeps_a_thumbnail_of_one_pixel(book: Item, base: str) -> None:
    thumbnail = build_manifest(resized(book, 40000, 10), base, texts=[])["thumbnail"][0]
    assert (thumbnail["width"], thumbnail["height"]) == (400, 1)


@pytest.mark.parametrize(
    ("language", "direction"),
    [
        ("ar", "right-to-left"),
        ("he-IL", "right-to-left"),
        ("az-Arab", "right-to-left"),
        ("yi-Latn", None),
        ("de", None),
    ],
)
def test_the_first_language_turns_the_pages(book: Item, base: str, language: str, direction: str | None) -> None:
    item = replace(book, languages=(language, "en"))
    assert build_manifest(item, base, texts=[]).get("viewingDirection") == direction


@pytest.mark.parametrize(
    ("kind", "form", "opens"),
    [
        (("Text",), ("Book",), True),
        (("text",), ("Newspaper, 4 pages bound",), False),
        (("Text",), ("Newspaper",), True),
        (("Text",), ("Newspaper article",), False),
        (("Text",), ("Typescript on letterhead",), False),
        (("Text",), (), False),
        ((), ("Pamphlet",), True),
        (("Image",), ("Book",), False),
        (("StillImage",), ("Photograph album",), False),
    ],
)
def test_what_opens_like_a_book(book: Item, kind: tuple[str, ...], form: tuple[str, ...], opens: bool) -> None:
    assert opens_like_a_book(described(book, type=kind, format=form)) is opens


def test_two_pages_and_scans_of_whole_openings_do_not_open(book: Item) -> None:
    assert not opens_like_a_book(replace(book, pages=book.pages[:2]))
    assert not opens_like_a_book(resized(book, 3000, 2000))
    wide = replace(book.pages[0], facts=ImageFacts(index=0, width=9, height=5, mode="L", bits=8))
    assert opens_like_a_book(replace(book, pages=(wide, *book.pages[1:])))


def test_iiif_prezi3_reads_it_back_without_loss_but_for_its_references(book: Item, base: str) -> None:
    manifest = build_manifest(book, base, texts=[])
    context, document = manifest["@context"], {key: manifest[key] for key in manifest if key != "@context"}
    written = iiif_prezi3.Manifest(**document).jsonld_dict()
    assert context == written["@context"]
    assert [str(canvas["id"]) for canvas in written["items"]] == [canvas["id"] for canvas in manifest["items"]]


def test_an_image_without_a_size_is_refused(book: Item, base: str) -> None:
    facts = ImageFacts(index=0, width="wide", height=1, mode="L", bits=8)  # type: ignore[arg-type]
    pages: tuple[Page, ...] = (replace(book.pages[0], facts=facts),)
    with pytest.raises((TypeError, ValueError)):
        build_manifest(replace(book, pages=pages), base, texts=[])


def test_the_address_of_the_house_can_be_put_in_later(book: Item) -> None:
    kept = json.dumps(build_manifest(book, "https://muniment.invalid", texts=["page1"]))
    served = json.loads(kept.replace("https://muniment.invalid", "http://127.0.0.1:8080"))
    assert served == build_manifest(book, "http://127.0.0.1:8080", texts=["page1"])
