"""Words that begin so, told one by one, and answers that are the same however they are told."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog import items, vocabulary
from catalog.database import Catalog, open_catalog
from catalog.questions import expression, parse
from catalog.search import search, search_item
from catalog.values import Answer, ItemEntry, Question
from catalog.vocabulary import begun
from core import ids
from core.text import PageText

MakeEntry = Callable[..., ItemEntry]
MakeText = Callable[..., PageText]


def test_the_words_that_begin_so_are_told_in_their_order(
    cat: Catalog, make_entry: MakeEntry, make_text: MakeText
) -> None:
    items.save(cat, make_entry(make_text("Salzes salzig salzes Salzen", "Saal salz-", "men salz"), title="Salzamt"))
    with cat.glancing() as driver:
        assert begun(driver, "page", "salz", 5) == ("salz", "salzen", "salzes", "salzig", "salzmen")
        assert begun(driver, "page", "salz", 4) is None
        assert begun(driver, "page", "salze", 4) == ("salzen", "salzes")
        assert begun(driver, "page", "zzzz", 4) == ()
        assert begun(driver, "item", "salz", 4) == ("salzamt",)
        assert begun(driver, "page", "sal", 9) is None


def test_a_word_that_was_cut_inside_a_letter_is_no_error(
    cat: Catalog, make_entry: MakeEntry, make_text: MakeText
) -> None:
    items.save(cat, make_entry(make_text("abcde" + "д" * 16500, "abcd abcdz")))
    with cat.glancing() as driver:
        assert begun(driver, "page", "abcdz", 9) == ("abcdz",)
        assert begun(driver, "page", "abcd", 9) is None
    assert [search(cat, Question(text=text)).pages_found for text in ("abcd*", "abcdz*", "abcda*")] == [1, 1, 0]


def test_a_begun_word_is_asked_as_the_words_that_are_there() -> None:
    there = {"berlin": ("berlin", "berlins"), "a": ("an",), "x": (), "m": None}
    asked = parse('"zu Berlin"* a* x* m* "zu m"* y')
    assert expression(asked, there.__getitem__) == (
        '("zu berlin" OR "zu berlins") AND "an" AND "x" AND "m"* AND "zu m"* AND "y"'
    )


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    place: Path = tmp_path_factory.mktemp("shelf") / "catalog.db"
    opened = open_catalog(f"sqlite:///{place}")
    yield opened
    opened.close()


LINES = st.lists(st.text("abäßᦰ -", min_size=1, max_size=14), min_size=1, max_size=4)
PAGES = st.lists(LINES, min_size=1, max_size=4)
ASKED = st.text('abä" *', min_size=1, max_size=8).map(lambda asked: f"{asked}*")


@given(pages=PAGES, title=st.text("abc ", min_size=1, max_size=6), asked=ASKED, exact=st.booleans())
@settings(max_examples=150, deadline=None)
def test_answers_are_the_same_word_by_word_and_all_at_once(
    shelf: Catalog,
    make_entry: MakeEntry,
    make_text: MakeText,
    pages: list[list[str]],
    title: str,
    asked: str,
    exact: bool,
) -> None:
    entry = make_entry(*(make_text(*lines) for lines in pages), source_key=ids.mint(), title=title)
    items.save(shelf, entry)
    question = Question(text=asked, exact=exact)

    def answers() -> tuple[Answer, object]:
        return search(shelf, question), search_item(shelf, entry.item.id, asked, exact=exact)

    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(vocabulary, "COVERED", 0)
            by_words = answers()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(vocabulary, "COVERED", 99)
            assert answers() == by_words
    finally:
        items.remove(shelf, entry.item.id)
