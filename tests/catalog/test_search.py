"""Words are found as people look for them, and shown where they stand."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog import items
from catalog.database import Catalog, open_catalog
from catalog.matching import places
from catalog.packing import pack, page_words
from catalog.questions import TERMS, Term, expression, parse
from catalog.ranking import MANY
from catalog.search import search, search_item
from catalog.values import ItemEntry, ItemHits, Match, PageHit, Question
from catalog.words import Token, folded, page_tokens
from core import ids
from core.item import Access, AccessState
from core.text import Block, Box, Line, PageText, Word

MakeEntry = Callable[..., ItemEntry]
MakeText = Callable[..., PageText]

HIDDEN = (
    Access(),
    Access(state=AccessState.STAFF),
    Access(state=AccessState.EMBARGOED),
    Access(state=AccessState.EMBARGOED, embargo_until=date(2999, 1, 1)),
    Access(state=AccessState.WITHDRAWN),
)
LETTER = ("Die Königliche Hall, zu Berlin", "am 3. März 1893 ſprach die Kom-", "mission über Straßen", "don't stop")


@pytest.fixture
def letter(cat: Catalog, make_entry: MakeEntry, make_text: MakeText) -> ItemEntry:
    entry = make_entry(
        make_text(*LETTER),
        make_text("nothing here"),
        title="Briefe aus Preußen",
        collection="A/B",
        metadata=(("dc.title", ("Briefe aus Preußen",)), ("dc.creator", ("Kant, Immanuel",))),
    )
    items.save(cat, entry)
    return entry


def pages_of(cat: Catalog, text: str, **more: Any) -> list[str]:
    return [page.page_id for hit in search(cat, Question(text=text, **more)).hits for page in hit.pages]


@pytest.mark.parametrize(
    "text",
    [
        "hall",
        "HALL",
        "konigliche",
        "königliche",
        "KÖNIGLICHE",
        "Königliche",
        "berlin hall",
        '"hall zu berlin"',
        "kön*",
        '"königliche ha"*',
        "sprach",
        "kommission",
        "kom",
        '"kom mission"',
        '"die kommission über"',
        "strassen",
        "straßen",
        "don't",
        "1893",
        "3. März",
        "hall, ,,, --",
        '"hall zu',
        "*hall*",
    ],
)
def test_words_are_found_however_they_are_typed(cat: Catalog, letter: ItemEntry, text: str) -> None:
    assert pages_of(cat, text) == [letter.item.pages[0].id]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        '"',
        '""',
        "*",
        "-",
        "NOT",
        "hall nothing",
        '"hall berlin"',
        "hal",
        "words:hall",
        "hall kant",
        "(",
        "\0",
        "\ue000",
    ],
)
def test_what_is_not_there_is_not_found(cat: Catalog, letter: ItemEntry, text: str) -> None:
    answer = search(cat, Question(text=text))
    assert (answer.pages_found, answer.items_found, answer.hits) == (0, 0, ())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Königliche", True),
        ("Konigliche", False),
        ("königliche", False),
        ("Hall", True),
        ("hall", False),
        ("Kommission", True),
        ("kommission", False),
        ("ſprach", True),
        ("sprach", False),
        ('"Hall, zu"', True),
        ("Kön*", True),
        ("Straßen", True),
        ("Strassen", False),
        ("König", False),
    ],
)
def test_an_exact_question_minds_case_and_diacritics(cat: Catalog, letter: ItemEntry, text: str, found: bool) -> None:
    assert pages_of(cat, text, exact=True) == ([letter.item.pages[0].id] if found else [])
    assert len(search_item(cat, letter.item.id, text, exact=True)) == found


def test_a_hit_shows_where_the_words_stand(cat: Catalog, letter: ItemEntry) -> None:
    page = letter.item.pages[0]
    hall, zu = Box(200, 0, 90, 40), Box(300, 0, 90, 40)
    expected = PageHit(
        page_id=page.id,
        image_id=page.image_id,
        number=1,
        label="1",
        width=1000,
        height=1400,
        snippet=(
            ("Die Königliche ", False),
            ("Hall, zu", True),
            (" Berlin am 3. März 1893 ſprach die Kom- mission über Straßen don't stop", False),
        ),
        boxes=(hall, zu),
        line=Box(0, 0, 1000, 40),
        matches=(
            Match(
                text="Hall, zu",
                before="Die Königliche",
                after="Berlin am 3. März 1893 ſprach",
                box=Box(200, 0, 190, 40),
            ),
        ),
    )
    assert search_item(cat, letter.item.id, '"hall zu"') == (expected,)
    answer = search(cat, Question(text='"hall zu"'))
    assert (answer.pages_found, answer.items_found) == (1, 1)
    assert answer.hits == (
        ItemHits(
            card=items.newest(cat, limit=1)[0], pages_found=1, pages=(replace(expected, matches=()),), in_record=False
        ),
    )


def test_of_many_places_a_search_tells_those_near_the_first(
    cat: Catalog, make_entry: MakeEntry, make_text: MakeText
) -> None:
    text = make_text(*["salt and more salt of the sea"] * 9)
    entry = make_entry(text)
    items.save(cat, entry)
    boxes = tuple(word.box for word in text.words() if word.text == "salt")
    assert search_item(cat, entry.item.id, "salt")[0].boxes == boxes
    assert search(cat, Question(text="salt")).hits[0].pages[0].boxes == boxes[:10]


def test_a_word_cut_by_a_line_has_a_box_on_each(cat: Catalog, letter: ItemEntry) -> None:
    [hit] = search_item(cat, letter.item.id, "kommission")
    first, second = Box(600, 50, 90, 40), Box(0, 100, 90, 40)
    assert hit.boxes == (first, second)
    assert hit.line == Box(0, 50, 1000, 40)
    assert hit.matches == (
        Match(
            text="Kom- mission",
            before="am 3. März 1893 ſprach die",
            after="über Straßen don't stop",
            box=first,
            more=(second,),
        ),
    )


def test_records_are_found_by_title_and_name(cat: Catalog, letter: ItemEntry) -> None:
    for text in ("preussen", "Kant", "Immanuel Kant", "briefe kant"):
        answer = search(cat, Question(text=text))
        assert (answer.pages_found, answer.items_found) == (0, 1)
        assert answer.hits[0].in_record
    assert search(cat, Question(text="preußen", exact=True)).hits == ()
    assert search(cat, Question(text="Preußen", exact=True)).items_found == 1


def test_switches_of_the_engine_are_not_searched(cat: Catalog, make_entry: MakeEntry, make_text: MakeText) -> None:
    switches = (("ocr", ("yes",)), ("ocr.model", ("frk",)))
    told = (("dc.subject", ("Harbours",)), ("local.shelf", ("Ab 12",)))
    items.save(cat, make_entry(make_text("words"), metadata=(*switches, *told)))
    asked = ("yes", "frk", "harbours", '"ab 12"')
    assert [search(cat, Question(text=text)).items_found for text in asked] == [0, 0, 1, 1]


def test_readers_find_nothing_hidden(cat: Catalog, letter: ItemEntry) -> None:
    items.set_access(cat, letter.item.id, Access(state=AccessState.STAFF), 2, letter.files)
    assert pages_of(cat, "hall") == []
    assert pages_of(cat, "hall", public_only=False) == [letter.item.pages[0].id]


def test_a_search_stays_in_its_collection_and_its_item(
    cat: Catalog, letter: ItemEntry, make_entry: MakeEntry, make_text: MakeText
) -> None:
    other = make_entry(make_text("hall hall"), source_key="other", collection="AB")
    items.save(cat, other)
    mine, its = letter.item.pages[0].id, other.item.pages[0].id
    assert set(pages_of(cat, "hall")) == {mine, its}
    assert pages_of(cat, "hall", collection="A") == [mine]
    assert pages_of(cat, "hall", collection="A/B") == [mine]
    assert pages_of(cat, "hall", collection="AB") == [its]
    assert pages_of(cat, "hall", item=other.item.id) == [its]


def test_results_come_in_pages_and_best_first(cat: Catalog, make_entry: MakeEntry, make_text: MakeText) -> None:
    for number in range(5):
        text = make_text("salt " * (number + 1) + "and other words " * 10)
        items.save(cat, make_entry(text, text, text, text, source_key=f"k{number}", title=f"Item {number}"))
    first = search(cat, Question(text="salt", per_page=2))
    second = search(cat, Question(text="salt", per_page=2, page=2))
    third = search(cat, Question(text="salt", per_page=2, page=3))
    assert [hit.card.title for answer in (first, second, third) for hit in answer.hits] == [
        f"Item {number}" for number in (4, 3, 2, 1, 0)
    ]
    assert {(answer.pages_found, answer.items_found) for answer in (first, second, third)} == {(20, 5)}
    assert [(hit.pages_found, len(hit.pages)) for hit in first.hits] == [(4, 2), (4, 2)]
    assert search(cat, Question(text="salt", per_page=2, page=4)).hits == ()


def test_what_was_replaced_or_removed_is_not_found(cat: Catalog, make_entry: MakeEntry, make_text: MakeText) -> None:
    before = make_entry(make_text("first words"), title="Old")
    items.save(cat, before)
    after = make_entry(make_text("second words"), title="New", item_id=before.item.id)
    items.save(cat, after)
    items.save(cat, after)
    assert pages_of(cat, "first") == []
    assert search(cat, Question(text="old")).items_found == 0
    assert pages_of(cat, "words") == [after.item.pages[0].id]
    items.remove(cat, before.item.id)
    assert search(cat, Question(text="words")).items_found == 0


def test_what_hardly_anybody_reads_to_its_end_is_not_counted_to_its_end(
    cat: Catalog, make_entry: MakeEntry, make_text: MakeText
) -> None:
    many = [make_text("salt and water")] * MANY
    items.save(cat, make_entry(*many, source_key="many", title="Many"))
    all_of_it = search(cat, Question(text="salt"))
    assert (all_of_it.pages_found, all_of_it.items_found, all_of_it.counted) == (MANY, 1, True)
    items.save(cat, make_entry(make_text("salt salt salt"), source_key="dense", title="Dense"))
    first, second = (search(cat, Question(text="salt", per_page=1, page=page)) for page in (1, 2))
    told = [(answer.pages_found, answer.counted, answer.goes_on) for answer in (first, second)]
    assert told == [(MANY, False, True), (MANY, False, False)]
    assert [(hit.card.title, hit.pages_found) for answer in (first, second) for hit in answer.hits] == [
        ("Dense", 1),
        ("Many", MANY),
    ]


def test_what_is_hidden_is_in_no_figure_and_no_snippet(
    cat: Catalog, make_entry: MakeEntry, make_text: MakeText
) -> None:
    shown = make_entry(make_text("salt in the open"), source_key="shown", title="Salt shown", collection="A/B")
    items.save(cat, shown)
    for number, access in enumerate(HIDDEN):
        dense = [make_text("salt salt salt secret")] * 3
        items.save(cat, make_entry(*dense, source_key=f"h{number}", title="Salt hidden", collection="A", access=access))
    for question in (
        Question(text="salt"),
        Question(text="salt", collection="A"),
        Question(text="salt", exact=True),
        Question(text="sal*"),
        Question(text="salt", per_page=1),
    ):
        answer = search(cat, question)
        assert (answer.pages_found, answer.items_found, answer.goes_on) == (1, 1, False)
        assert [page.page_id for hit in answer.hits for page in hit.pages] == [shown.item.pages[0].id]
    assert search(cat, Question(text="secret")).items_found == 0
    assert search(cat, Question(text="salt", public_only=False)).items_found == 1 + len(HIDDEN)


def test_a_title_comes_before_texts_and_the_densest_page_before_others(
    cat: Catalog, make_entry: MakeEntry, make_text: MakeText
) -> None:
    rest = " and other words" * 30
    thin, dense = make_text(f"salt{rest}"), make_text(f"salt salt salt salt{rest}")
    items.save(cat, make_entry(thin, source_key="thin", title="Thin"))
    items.save(cat, make_entry(thin, thin, thin, thin, dense, source_key="dense", title="Dense"))
    items.save(cat, make_entry(thin, source_key="title", title="On salt"))
    by_name = (("dc.creator", ("Salt, Anna",)),)
    items.save(cat, make_entry(make_text("nothing"), source_key="name", title="Name", metadata=by_name))
    hits = search(cat, Question(text="salt")).hits
    assert [(hit.card.title, hit.in_record) for hit in hits] == [
        ("On salt", True),
        ("Dense", False),
        ("Name", True),
        ("Thin", False),
    ]
    assert [page.number for page in hits[1].pages] == [5, 1]


def test_letters_that_the_index_does_not_know_find_nothing(
    cat: Catalog, make_entry: MakeEntry, make_text: MakeText
) -> None:
    page = make_text("salt salt salt ᦰ ᦰ ᦰ")
    items.save(cat, make_entry(page, page, page))
    for asked in ("ᦰ*", "ᦰ"):
        found = search(cat, Question(text=asked))
        assert (found.pages_found, found.hits) == (0, ())


PIECES_OF_PAGES = st.lists(
    st.lists(st.text("abÄß1-,¬ ", min_size=1, max_size=4), min_size=0, max_size=3), min_size=1, max_size=6
)
ASKED = st.text('abÄß1-," *', min_size=1, max_size=8)


@given(lines=PIECES_OF_PAGES, asked=ASKED, exact=st.booleans())
@settings(max_examples=400, deadline=None)
def test_the_places_found_in_parts_of_a_page_are_those_of_the_whole(
    lines: list[list[str]], asked: str, exact: bool
) -> None:
    rows = tuple(Line(Box(0, 0, 9, 9), tuple(Word(word, Box(0, 0, 9, 9), 1) for word in line)) for line in lines)
    page = page_words(pack(PageText(9, 9, (Block(Box(0, 0, 9, 9), rows),))))
    whole, sides = page_tokens([line for line in lines if line])
    terms = parse(asked)
    expected = {
        tuple(sorted({word for token in stream[at : at + len(term.tokens)] for word in token.words}))
        for term in terms
        for stream in (whole, *sides)
        for at in range(len(stream) - len(term.tokens) + 1)
        if stands(stream[at : at + len(term.tokens)], term, exact=exact)
    }
    assert places(page, terms, exact=exact) == tuple(sorted(expected))


def stands(tokens: list[Token], term: Term, *, exact: bool) -> bool:
    """True when the term's words are these, one by one; the last may only begin so where the term has a star."""
    have = [token.exact if exact else token.folded for token in tokens]
    want = [token.exact if exact else token.folded for token in term.tokens]
    return have[:-1] == want[:-1] and (have[-1] == want[-1] or (term.prefix and have[-1].startswith(want[-1])))


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    place: Path = tmp_path_factory.mktemp("shelf") / "catalog.db"
    opened = open_catalog(f"sqlite:///{place}")
    yield opened
    opened.close()


@given(text=st.text() | st.text("\"*()^:+-{}ab '\0NOTANDOR", max_size=60), exact=st.booleans())
@settings(max_examples=200, deadline=None)
def test_no_question_is_an_error(shelf: Catalog, text: str, exact: bool) -> None:
    assert search(shelf, Question(text=text, exact=exact)).hits == ()
    assert search_item(shelf, "nothing", text, exact=exact) == ()


PIECES = st.text("aeäßſKÉn1-.,’'¬=", min_size=1, max_size=7)
LINES = st.lists(st.lists(PIECES, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=4)


@given(lines=LINES)
@settings(max_examples=60, deadline=None)
def test_every_word_of_a_page_is_found_where_it_stands(
    shelf: Catalog, make_entry: MakeEntry, make_text: MakeText, lines: list[str]
) -> None:
    text = make_text(*lines)
    entry = make_entry(text, source_key=ids.mint())
    items.save(shelf, entry)
    try:
        for word in text.words():
            asked = f'"{word.text.upper()}"'
            if any(character.isalnum() for character in word.text):
                [hit] = search_item(shelf, entry.item.id, asked)
                assert word.box in hit.boxes
                answer = search(shelf, Question(text=asked))
                [near] = answer.hits[0].pages
                assert answer.items_found == 1
                assert near.boxes == hit.boxes[: len(near.boxes)] != ()
                assert (near.line, near.snippet) == (hit.line, hit.snippet)
                assert "".join(piece for piece, _ in hit.snippet).strip("… ") in " ".join(text.text.split())
    finally:
        items.remove(shelf, entry.item.id)


def test_a_question_is_understood() -> None:
    told = [
        ([token.folded for token in term.tokens], term.prefix) for term in parse('Straße "zu  Berlin"* kön* don\'t "x')
    ]
    assert told == [
        (["strasse"], False),
        (["zu", "berlin"], True),
        (["kon"], True),
        (["don", "t"], False),
        (["x"], False),
    ]
    assert expression(parse('"zu Berlin"* a*')) == '"zu berlin"* AND "a"*'
    assert len(parse(" ".join(map(str, range(100))))) == TERMS


@given(st.text(), st.text())
def test_folding_knows_no_case_and_folds_once(one: str, two: str) -> None:
    assert folded(folded(one)) == folded(one)
    assert folded(f"{one} {two}").split() == [*folded(one).split(), *folded(two).split()]
