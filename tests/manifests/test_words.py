from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manifests import languages
from manifests.words import language_key, nav_date, plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<b>bold</b>", "<b>bold</b> "),
        ("a < b > c", "a < b > c"),
        ("<", "<"),
        ("<>", "<> "),
        ("half \ud83d", "half ?"),
        ("", ""),
    ],
)
def test_text_is_never_taken_for_html(text: str, shown: str) -> None:
    assert plain(text) == shown


@settings(deadline=None)
@given(st.text(st.characters()))
def test_what_is_written_is_never_html_and_always_utf8(text: str) -> None:
    shown = plain(text)
    assert not (shown.startswith("<") and shown.endswith(">"))
    assert shown.encode().decode() == shown


@pytest.mark.parametrize(
    ("edtf", "moment"),
    [
        ("1784-12-05", "1784-12-05T00:00:00Z"),
        ("1784-12", "1784-12-01T00:00:00Z"),
        ("1784", "1784-01-01T00:00:00Z"),
        ("1900-02-29", None),
        ("0000", None),
        ("16XX", None),
        ("1905?", None),
        ("1905~", None),
        ("1905/1906", None),
        ("-0044", None),
        ("Y-17000", None),
        ("1784-21", None),
        ("", None),
    ],
)
def test_only_certain_dates_shelve_an_item(edtf: str, moment: str | None) -> None:
    assert nav_date(edtf) == moment


@settings(deadline=None)
@given(st.dates())
def test_every_day_is_its_own_first_moment(day: date) -> None:
    assert datetime.fromisoformat(nav_date(day.isoformat()) or "").date() == day


@pytest.mark.parametrize(
    ("tag", "key"),
    [
        ("en", "en"),
        ("de-1901", "de"),
        ("zh-Hant-TW", "zh-Hant-TW"),
        ("x", "none"),
        ("", "none"),
        ("12", "none"),
        ("dé", "none"),
    ],
)
def test_keys_of_language_maps(tag: str, key: str) -> None:
    assert language_key(tag) == key


@pytest.mark.parametrize(
    ("tag", "name"),
    [("de", "German"), ("de-Latf", "German (Fraktur)"), ("de-AT", "German (AT)"), ("tlh", "tlh"), ("LA", "Latin")],
)
def test_names_of_languages(tag: str, name: str) -> None:
    assert languages.name(tag) == name
