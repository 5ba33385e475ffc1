import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.language_codes import THREE_LETTERS, TWO_LETTERS
from ingest.languages import normal_tag, split_languages

codes = st.sampled_from(
    [code for line in TWO_LETTERS.split("\n") for code in line.split()[:1]] + ["ger", "grc", "fre", "lat"]
)
scripts = st.sampled_from(["", "-Latf", "-latn", "_CYRL"])
regions = st.sampled_from(["", "-AT", "-419", "-us"])


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("de", "de"),
        ("deu", "de"),
        ("ger", "de"),
        ("GER", "de"),
        ("German", "de"),
        ("ancient greek", "grc"),
        ("de-AT", "de-AT"),
        ("de_latf", "de-Latf"),
        ("ger-Latf-DE", "de-Latf-DE"),
        ("de-1901", "de-1901"),
        ("sr-Latn", "sr-Latn"),
        ("grc", "grc"),
        ("fre", "fr"),
        ("zxx", "zxx"),
        ("en-x-scribe", "en-x-scribe"),
    ],
)
def test_known_ways_to_write_a_language(written: str, tag: str) -> None:
    assert normal_tag(written) == tag


@pytest.mark.parametrize(
    "written", ["", "xx", "qqq", "und", "mul", "deutschland", "de-", "d", "de-Latf-Latf", "en/de", "12"]
)
def test_unknown_languages(written: str) -> None:
    assert normal_tag(written) == ""


@settings(deadline=None)
@given(codes, scripts, regions)
def test_normalising_twice_changes_nothing(code: str, script: str, region: str) -> None:
    once = normal_tag(code + script + region)
    assert once
    assert normal_tag(once) == once


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_answered(text: str) -> None:
    once = normal_tag(text)
    assert normal_tag(once) == once


def test_several_languages() -> None:
    assert split_languages(" de; fr|en,la ;") == ("de", "fr", "en", "la")


def test_the_table_is_whole() -> None:
    rows = [line.split(" ", 2) for line in TWO_LETTERS.strip().splitlines()]
    long = [code for _, codes, _ in rows for code in codes.split("/")]
    rare = [line.split()[0] for line in THREE_LETTERS.strip().splitlines()]
    assert len({short for short, _, _ in rows}) == len(rows) == 184
    assert len(set(long + rare)) == len(long + rare)
    assert all(len(code) == 3 for code in long + rare)
