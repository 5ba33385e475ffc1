"""How the house speaks, and where it puts its marks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.values import PageHit
from core.item import REASON_CLASSES, Rights
from core.text import Box
from viewer import colour, places, rights, words

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(hours=2), "today at 10:00"),
        (timedelta(hours=20), "yesterday at 16:00"),
        (timedelta(days=9), "12 November 2026"),
    ],
)
def test_times_are_said_as_people_say_them(ago: timedelta, said: str) -> None:
    assert words.moment(NOW - ago, NOW).said == said


def test_every_reason_class_has_its_words() -> None:
    assert tuple(words.REASONS) == REASON_CLASSES
    assert tuple(name for name, _ in words.REASON_CHOICES) == REASON_CLASSES


def test_numbers_come_with_their_nouns() -> None:
    assert [words.count(n, "match", "matches") for n in (0, 1, 12408)] == ["0 matches", "1 match", "12,408 matches"]
    assert words.languages(("en", "de-Latf", "en", "x-unknown")) == "English, German (Fraktur) and x-unknown"
    assert [words.size(n) for n in (0, 999, 812_000, 24_300_000, 812_000_000)] == [
        "0 bytes",
        "999 bytes",
        "812 KB",
        "24.3 MB",
        "812 MB",
    ]
    assert [words.minutes(n) for n in (None, 0.4, 1.2, 14, 150)] == [
        "",
        "less than a minute left",
        "about 1 minute left",
        "about 14 minutes left",
        "about 2 hours left",
    ]


@pytest.mark.parametrize(
    ("given_rights", "sentence", "sign"),
    [
        (Rights(statement="Ask Aunt Ida"), "Ask Aunt Ida", ""),
        (
            Rights(uri="http://creativecommons.org/licenses/by-nc-sa/4.0/"),
            "You may use it when you name its maker, do not earn money with it and share what you make of it under "
            "the same terms.",
            "CC BY-NC-SA 4.0",
        ),
        (
            Rights(uri="http://rightsstatements.org/vocab/NoC-US/1.0/"),
            "No copyright in the United States; it may be different elsewhere.",
            "RightsStatements.org: NoC-US",
        ),
    ],
)
def test_rights_are_said_in_plain_words(given_rights: Rights, sentence: str, sign: str) -> None:
    plain = rights.plain(given_rights)
    assert (plain.sentence, plain.sign) == (sentence, sign)


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_any_accent_can_be_read_on_both_papers(accent: tuple[int, int, int]) -> None:
    for ground, towards in ((colour.LIGHT, 0), (colour.DARK, 255)):
        assert colour.contrast(colour.readable(accent, ground, towards=towards), ground) >= colour.ENOUGH


@pytest.mark.parametrize("accent", ["", "red", "#12345", "#1234567", "#12345g", "red;} body{display:none"])
def test_only_a_colour_becomes_the_accent(accent: str) -> None:
    assert colour.theme_css(accent) == ""


sides = st.integers(20, 12_000)


@given(sides, sides, st.data())
def test_a_strip_lies_in_the_page_and_shows_the_word(width: int, height: int, data: st.DataObject) -> None:
    x, y = data.draw(st.integers(0, width - 2)), data.draw(st.integers(0, height - 2))
    word = Box(x, y, data.draw(st.integers(1, width - x)), data.draw(st.integers(1, height - y)))
    line = Box(0, y, width, word.h)
    region = places.around(word, line, width, height)
    assert region.x >= 0
    assert region.y >= 0
    assert region.x + region.w <= width
    assert region.y + region.h <= height
    assert places.meet(word, region)


def test_a_hit_without_a_place_has_no_strip() -> None:
    hit = PageHit(
        page_id="p", image_id="p.1", number=1, label="1", width=9, height=9, snippet=(("a", True),), boxes=(), line=None
    )
    assert places.strip(hit) is None
