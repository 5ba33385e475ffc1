from dataclasses import replace

import pytest

from core.item import Item, Rights
from manifests.description import description, metadata, rights


def rows(item: Item) -> list[tuple[str, list[str]]]:
    return [(row["label"]["en"][0], next(iter(row["value"].values()))) for row in metadata(item)]


def test_rows_follow_the_record(book: Item) -> None:
    assert rows(book) == [
        ("Other title", ["Berlinische Monatsschrift"]),
        ("Creator", ["Kant, Immanuel"]),
        ("Language", ["German (Fraktur)"]),
        ("Type", ["Text"]),
        ("Format", ["Book"]),
        ("Shelf mark", ["Ab 12"]),
    ]


def test_switches_of_the_engine_are_not_published(book: Item) -> None:
    switches = (("ocr", ("yes",)), ("ocr.model", ("frk",)))
    item = replace(book, languages=(), metadata=(*switches, ("dc.ocr", ("By hand",)), ("local.shelf", ("A 1",))))
    assert rows(item) == [("Ocr", ["By hand"]), ("Shelf", ["A 1"])]


def test_a_language_nobody_knows_is_shown_as_delivered(book: Item) -> None:
    item = replace(book, languages=(), metadata=(("dc.language", ("Volapük, I think",)),))
    assert rows(item) == [("Language", ["Volapük, I think"])]


def test_languages_are_shown_though_the_record_has_no_column(book: Item) -> None:
    assert rows(replace(book, languages=("grc", "en"), metadata=())) == [("Language", ["Ancient Greek", "English"])]


@pytest.mark.parametrize(
    ("languages", "label"),
    [
        (("en",), {"en": ["T"]}),
        (("de-1901",), {"de": ["T"]}),
        (("grc", "en"), {"none": ["T"]}),
        ((), {"none": ["T"]}),
        (("1234",), {"none": ["T"]}),
    ],
)
def test_the_title_has_a_language_where_there_is_one(
    book: Item, languages: tuple[str, ...], label: dict[str, list[str]]
) -> None:
    assert description(replace(book, title="T", languages=languages))["label"] == label


def test_an_item_without_a_title_is_called_by_its_id(book: Item) -> None:
    assert description(replace(book, title="", languages=()))["label"] == {"none": ["f38zg8w7qkwv"]}


def statement(text: str) -> dict[str, object]:
    return {"requiredStatement": {"label": {"en": ["Rights"]}, "value": {"none": [text]}}}


@pytest.mark.parametrize(
    ("known", "shown"),
    [
        (Rights(), {}),
        (
            Rights(uri="http://rightsstatements.org/vocab/InC/1.0/"),
            {"rights": "http://rightsstatements.org/vocab/InC/1.0/"},
        ),
        (Rights(statement="Ask us"), statement("Ask us")),
        (Rights(uri="https://example.org/terms"), statement("https://example.org/terms")),
        (
            Rights(uri="http://creativecommons.org/licenses/by/4.0/", statement="Photo: A. B."),
            {"rights": "http://creativecommons.org/licenses/by/4.0/"} | statement("Photo: A. B."),
        ),
        (
            Rights(uri="http://creativecommons.org.evil.example/licenses/"),
            statement("http://creativecommons.org.evil.example/licenses/"),
        ),
    ],
)
def test_only_known_addresses_become_rights(known: Rights, shown: dict[str, object]) -> None:
    assert rights(known) == shown
