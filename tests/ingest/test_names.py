import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.names import folded, is_inside, is_litter, is_picture, is_text, natural_key, shown, starts_like_a_scan


def test_pages_are_ordered_as_people_count() -> None:
    names = ["page10.tif", "page2.tif", "Page1.tif", "cover.tif", "b/1.tif", "a/2.tif", "a/10.tif"]
    expected = ["a/2.tif", "a/10.tif", "b/1.tif", "cover.tif", "Page1.tif", "page2.tif", "page10.tif"]
    assert sorted(names, key=natural_key) == expected


@pytest.mark.parametrize(
    "names",
    [
        ["0012.tif", "0012-1.tif", "0012-2.tif", "0012a.tif", "0013.tif"],
        ["letter.tif", "letter-2.tif", "letter-10.tif"],
        ["scan.jpg", "scan (1).jpg", "scan (2).jpg"],
        ["page.tif", "page2.tif", "page10.tif"],
        ["1.jpg", "1.tif", "1.2.tif", "1.10.tif"],
        ["vol", "vol. 2", "vol. 10", "vol 3"],
        ["St. Gallen 2", "St. Gallen 10"],
        ["a.b/1.tif", "a.b/1-2.tif", "a.c/1.tif"],
        ["a/1.tif", "a/x.tif", "a.tif", "a1.tif"],
        [".1.tif", ".2", ".10"],
    ],
)
def test_an_extension_counts_after_the_name_before_it(names: list[str]) -> None:
    backwards = names[::-1]
    assert sorted(backwards, key=natural_key) == names


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**6), unique=True))
def test_numbers_in_names_order_by_value(numbers: list[int]) -> None:
    names = sorted((f"scan_{number}.tif" for number in numbers), key=natural_key)
    assert [int(re.findall(r"\d+", name)[0]) for name in names] == sorted(numbers)


@settings(deadline=None)
@given(st.lists(st.text(st.characters(exclude_characters="\0")), unique=True))
def test_the_order_is_total_and_does_not_depend_on_where_one_starts(names: list[str]) -> None:
    backwards = names[::-1]
    assert sorted(names, key=natural_key) == sorted(backwards, key=natural_key)


@settings(deadline=None)
@given(st.text())
def test_what_people_read_has_no_control_characters(name: str) -> None:
    assert shown(name).isprintable() or not re.search(r"[\x00-\x1f\x7f\u202e\u2066]", shown(name))
    shown(name).encode()


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("a\nb.tif", r"a\nb.tif"),
        ("gpj.\u202efit", r"gpj.\u202efit"),
        ("caf\udce9.tif", r"caf\xe9.tif"),
        ("ä.tif", "ä.tif"),
    ],
)
def test_names_are_escaped_for_people(name: str, seen: str) -> None:
    assert shown(name) == seen


@pytest.mark.parametrize(
    "name", [".DS_Store", "Thumbs.db", "a/._0001.tif", "desktop.ini", "~$notes.docx", "__MACOSX", "Icon\r"]
)
def test_litter_is_known(name: str) -> None:
    assert is_litter(name)


@pytest.mark.parametrize("name", ["0001.tif", "notes.txt", "metadata.csv"])
def test_everything_else_is_no_litter(name: str) -> None:
    assert not is_litter(name)


@pytest.mark.parametrize(
    "name", ["../a", "/etc/passwd", "~/a", "C:\\a", "C:a", "a/../../b", "\\\\server\\a", "%HOME%/a", "", "a\0"]
)
def test_names_that_lead_outside(name: str) -> None:
    assert not is_inside(name)


@pytest.mark.parametrize("name", ["a", "./a", "a/b", "a\\b", "a..b", "0001 (2).tif"])
def test_names_that_stay_inside(name: str) -> None:
    assert is_inside(name)


def test_composed_and_decomposed_letters_are_one_name() -> None:
    assert folded("a\u0308.tif") == folded("ä.tif")


def test_pictures_are_meant_as_pages_whatever_their_format() -> None:
    assert [is_picture(name) for name in ("a.TIFF", "a.gif", "a.heic", "a.txt", "a")] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_a_scan_is_known_by_its_first_bytes() -> None:
    heads = [b"II*\0....", b"%PDF-1.7", b"\xff\xd8\xff\xe0", b"GIF89a", b"", b"PK\x03\x04"]
    assert [starts_like_a_scan(head) for head in heads] == [True, True, True, False, False, False]


def test_a_name_of_other_bytes_is_no_text() -> None:
    assert (is_text("ä.tif"), is_text("caf\udce9.tif")) == (True, False)
