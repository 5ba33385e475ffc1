"""Everything we write against the official JSON schema, and the schema against what is known to be broken."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.images import ImageFacts
from core.item import Item, Page, Rights
from core.text import Box, PageText
from manifests.annotations import build_annotation_page
from manifests.collections import build_collection
from manifests.manifest import build_manifest
from manifests.search import SearchMatch, search2

pytestmark = pytest.mark.scans

BASE = "https://muniment.invalid"
BROKEN = {"broken_choice", "broken_collection", "broken_simple_image"} | {
    "non_cc_license",
    "old_format_label",
    "rights_lang_issues",
}
TEXT = st.text(max_size=30)
PAGES = st.lists(
    st.builds(
        Page,
        id=st.text("0123456789bcdfghjkmnpqrstvwxz", min_size=12, max_size=12),
        number=st.integers(1, 9999),
        label=TEXT,
        file=st.just("masters/0001.tif"),
        source_name=TEXT,
        facts=st.builds(
            ImageFacts,
            index=st.integers(0, 3),
            width=st.integers(1, 40000),
            height=st.integers(1, 40000),
            mode=st.just("L"),
            bits=st.just(8),
        ),
        version=st.integers(1, 9),
    ),
    max_size=4,
    unique_by=lambda page: page.id,
).map(tuple)
RIGHTS = st.sampled_from(
    [
        Rights(),
        Rights(statement="Ask us <first>"),
        Rights(uri="http://creativecommons.org/licenses/by/4.0/"),
        Rights(uri="http://rightsstatements.org/vocab/InC/1.0/", statement="Family archive"),
        Rights(uri="https://example.org/terms"),
    ]
)
ITEMS = st.builds(
    Item,
    id=st.just("f38zg8w7qkwv"),
    source_key=TEXT,
    title=TEXT,
    collection=st.text(min_size=1, max_size=20),
    metadata=st.lists(
        st.tuples(
            st.sampled_from(["dc.title", "dc.creator", "dc.language", "dc.format", "dc.description", "x.y", "odd"]),
            st.lists(TEXT, max_size=2).map(tuple),
        ),
        max_size=5,
        unique_by=lambda row: row[0],
    ).map(tuple),
    languages=st.lists(
        st.sampled_from(["en", "de-Latf", "de-1901", "grc", "ar", "x-odd", "zh-Hant-TW"]), max_size=2
    ).map(tuple),
    date=st.sampled_from(["", "1784", "1784-12", "1784-02-30", "16XX", "1900/1910", "1905-03-25"]),
    rights=RIGHTS,
    pages=PAGES,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(item=ITEMS, with_text=st.booleans())
def test_any_item_makes_a_valid_manifest(iiif_errors: Any, item: Item, with_text: bool) -> None:
    texts = {page.id for page in item.pages} if with_text else set()
    assert iiif_errors(build_manifest(item, BASE, texts=texts)) == []


def test_annotation_pages_are_valid(iiif_errors: Any, book: Item, lines: PageText) -> None:
    assert iiif_errors(build_annotation_page(book, book.pages[0], lines, BASE)) == []
    assert iiif_errors(build_annotation_page(book, book.pages[0], PageText(1, 1, ()), BASE)) == []


@pytest.mark.parametrize("path", ["", "Unsorted", "Zeitungen/Östliches Blatt & mehr"])
def test_collections_are_valid(iiif_errors: Any, path: str) -> None:
    items = [("f38zg8w7qkwv", "Kant", "page1.1"), ("b", "", "")]
    assert iiif_errors(build_collection(path, "Title", items, [("a/b", "B")], BASE, about="Old things")) == []
    assert iiif_errors(build_collection(path, "Title", [], [], BASE)) == []


def test_matches_of_a_search_are_valid_annotations(iiif_errors: Any) -> None:
    answer = search2("f38zg8w7qkwv", BASE, "q", [SearchMatch("p1", "found", "before ", " after", Box(1, 2, 3, 4))])
    for page in (answer, *answer["annotations"]):
        assert iiif_errors({name: page[name] for name in ("id", "type", "items")}) == []


def fixtures(shared_data: Path) -> dict[str, Any]:
    folder = shared_data / "conformance/iiif-schema/fixtures/3"
    return {
        path.stem: json.loads(path.read_text().replace("{{ page.major }}", "3")) for path in sorted(folder.glob("*"))
    }


def test_the_schema_tells_broken_fixtures_from_sound_ones(iiif_errors: Any, shared_data: Path) -> None:
    assert {name for name, resource in fixtures(shared_data).items() if iiif_errors(resource)} == BROKEN


@pytest.mark.parametrize(
    ("what", "wrong"),
    [
        ("label", "plain words"),
        ("label", {"en": "not a list"}),
        ("rights", "https://creativecommons.org/licenses/by/4.0/"),
        ("items", [{"id": f"{BASE}/c", "type": "Canvas", "height": 10, "items": []}]),
        ("homepage", {"id": f"{BASE}/h", "type": "Text"}),
        ("behavior", ["pagd"]),
        ("navDate", "1784"),
        ("unheard", "of"),
    ],
)
def test_one_wrong_property_in_our_manifest_is_noticed(iiif_errors: Any, book: Item, what: str, wrong: Any) -> None:
    manifest = build_manifest(book, BASE, texts=[])
    assert iiif_errors(manifest) == []
    assert iiif_errors(manifest | {what: wrong}) != []
