from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from core.item import Item, Rights
from core.submission import Submission
from ingest.batches import read_batch
from ingest.describe import describe, dublin_core, wants_text

BY = "http://creativecommons.org/licenses/by/4.0/"
GOOD = {"item": "f", "dc.title": "T", "dc.language": "de", "dc.rights": BY}


def submission(record: Mapping[str, str]) -> Submission:
    return Submission(folder="f", path=Path("f"), files=(), record=record)


def test_a_whole_row_becomes_an_item() -> None:
    record = {
        "item": "f",
        "dc.identifier": " X 1 ",
        "dc.title": "A; title",
        "dc.creator": "Sophocles; Campbell, Lewis",
        "dc.creator [2]": "Third, A.",
        "DC:Date": "1881",
        "language": "grc; ger-Latf|en",
        "dc.rights": "https://creativecommons.org/licenses/by/4.0",
        "collection": " Classics / Greek //",
        "ocr.model": "grc+eng",
        "shelfmark": "ignored",
    }
    assert describe(submission(record), "b") == (
        Item(
            id="",
            source_key="Classics/Greek\nX 1",
            title="A; title",
            collection="Classics/Greek",
            metadata=(
                ("dc.identifier", ("X 1",)),
                ("dc.title", ("A; title",)),
                ("dc.creator", ("Sophocles", "Campbell, Lewis", "Third, A.")),
                ("dc.date", ("1881",)),
                ("dc.language", ("grc; ger-Latf|en",)),
                ("dc.rights", ("https://creativecommons.org/licenses/by/4.0",)),
            ),
            languages=("grc", "de-Latf", "en"),
            date="1881",
            rights=Rights(uri=BY),
            ocr_model="grc+eng",
            batch_name="b",
        ),
        (),
    )


@pytest.mark.parametrize(
    ("written", "collection"),
    [
        ("Maps\nand  plans", "Maps and plans"),
        ("Maps\r\n/\tLake\x00\x1f district \u2028", "Maps/Lake district"),
        ("A/ \n /\x07/B", "A/B"),
        ("\n/\x85", "Unsorted"),
    ],
)
def test_a_collection_is_a_path_on_one_line(written: str, collection: str) -> None:
    assert describe(submission({**GOOD, "collection": written}), "b")[0].collection == collection


def test_without_a_row_the_folder_is_the_title() -> None:
    item, problems = describe(submission({}), "b")
    assert (item.title, item.collection, item.source_key) == ("f", "Unsorted", "folder:b/f")
    assert [each.code for each in problems] == ["metadata-missing", "metadata-language-missing"]


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({}, []),
        ({"dc.title": " "}, ["metadata-title-missing"]),
        ({"dc.language": ""}, ["metadata-language-missing"]),
        ({"dc.language": "", "ocr.model": "frk"}, []),
        ({"dc.language": "", "dc.type": "Image; StillImage"}, []),
        ({"dc.language": "de; klingon-ish"}, ["metadata-language-unknown"]),
        ({"dc.language": "xx"}, ["metadata-language-unknown", "metadata-language-missing"]),
        ({"dc.date": "about 1905"}, ["metadata-date-unclear"]),
        ({"dc.rights": ""}, ["metadata-rights-missing"]),
        ({"dc.rights": "CC BY 4.0"}, ["metadata-rights-mapped"]),
        ({"dc.rights": "Public domain"}, ["metadata-rights-not-a-uri"]),
        ({"dc.description": "x" * 10_001}, ["metadata-too-long"]),
    ],
)
def test_doubts_have_codes(change: dict[str, str], codes: list[str]) -> None:
    _, problems = describe(submission({**GOOD, **change}), "b")
    assert [each.code for each in problems] == codes


@pytest.mark.parametrize(
    ("written", "rights"),
    [
        (BY, Rights(uri=BY)),
        ("CC BY 4.0", Rights(uri=BY, statement="CC BY 4.0")),
        ("Public domain", Rights(statement="Public domain")),
        ("", Rights()),
    ],
)
def test_rights_are_an_address_or_the_words(written: str, rights: Rights) -> None:
    assert describe(submission({**GOOD, "dc.rights": written}), "b")[0].rights == rights


@pytest.mark.parametrize(
    ("kind", "extra", "read"),
    [
        ("Text", {}, True),
        ("", {}, True),
        ("Image", {}, False),
        ("Still Image", {}, False),
        ("http://purl.org/dc/dcmitype/StillImage", {}, False),
        ("Text; StillImage", {}, True),
        ("Image", {"ocr": "Yes"}, True),
        ("Image", {"ocr.model": "eng"}, True),
        ("Text", {"ocr": "no"}, False),
        ("Text", {"dc.language": "zxx"}, False),
    ],
)
def test_pictures_are_not_read_unless_asked(kind: str, extra: dict[str, str], read: bool) -> None:
    item, _ = describe(submission({**GOOD, "dc.type": kind, **extra}), "b")
    assert wants_text(item) is read


def test_values_are_clean_text() -> None:
    terms = dublin_core({"dc.title": " a\x00b\ud800 u\u0308 ", "dc.subject": "x;;y| z"})
    assert terms == {"dc.title": ("a b  ü",), "dc.subject": ("x", "y", "z")}


def test_a_repeated_term_under_two_names_adds_up() -> None:
    assert dublin_core({"title": "A", "dcterms.title": "B", "dc.title [2]": "C"}) == {"dc.title": ("A", "B", "C")}


def test_the_description_does_not_depend_on_where_the_folder_lies() -> None:
    one = submission(GOOD)
    assert describe(one, "b") == describe(replace(one, path=Path("/elsewhere/f")), "b")


@pytest.mark.scans
def test_real_rows(shared_data: Path) -> None:
    batch = read_batch(shared_data / "scans/books")
    items = {each.folder: describe(each, batch.name)[0] for each in batch.submissions}
    assert {folder: item.languages for folder, item in items.items() if item.languages != ("en",)} == {
        "sophocles-1881": ("grc", "en"),
        "kant-1784": ("de",),
        "kant-1784-jp2": ("de",),
        "bebel-1879": ("de",),
        "sorbonne-1863": ("fr",),
        "der-herold-1839": ("de",),
    }
    assert items["vanity-of-sciences"].date == "16XX"
    assert items["sorbonne-1863"].title == "Extrait d’un livre français de 1863 (NuBIS 1dkv)"
    assert items["abroad-1882"].values("dc.creator") == ("Crane, Thomas", "Houghton, Ellen E.")
