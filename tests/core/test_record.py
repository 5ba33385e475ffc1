from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.images import ImageFacts
from core.item import Access, AccessState, Item, Page, Rights
from core.record import access_from_json, access_json, item_from_json, record_json, structure_json

facts = st.builds(
    ImageFacts,
    index=st.integers(0, 9),
    width=st.integers(1, 9999),
    height=st.integers(1, 9999),
    mode=st.sampled_from(["1", "L", "RGB"]),
    bits=st.sampled_from([1, 8, 16]),
    dpi=st.none() | st.floats(10, 5000),
    orientation=st.integers(1, 8),
    compression=st.text(max_size=8),
    profile=st.none() | st.text(max_size=8),
)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
pages = st.builds(Page, id=words, number=st.integers(1, 9), label=words, file=words, source_name=words, facts=facts)
accesses = st.builds(
    Access,
    state=st.sampled_from(AccessState),
    embargo_until=st.none() | st.dates(),
    warning=words,
    reason=words,
    by=words,
    at=words,
)
items = st.builds(
    Item,
    id=words,
    source_key=words,
    title=words,
    collection=words,
    metadata=st.lists(st.tuples(words, st.lists(words).map(tuple))).map(tuple),
    languages=st.lists(words).map(tuple),
    date=words,
    rights=st.builds(Rights, uri=st.none() | words, statement=words),
    access=accesses,
    ocr_model=words,
    batch=words,
    batch_name=words,
    pages=st.lists(pages, max_size=3).map(tuple),
)


@given(items)
def test_an_item_comes_back_as_it_was_written(item: Item) -> None:
    assert item_from_json(record_json(item), structure_json(item), access_json(item)) == item


@pytest.mark.parametrize(
    "text", [None, "", "{", "[]", "{}", '{"state": "open"}', '{"state": "embargoed", "embargo_until": 3}']
)
def test_access_that_cannot_be_understood_hides_the_item(text: str | None) -> None:
    assert access_from_json(text) == Access(state=AccessState.DRAFT)


@pytest.mark.parametrize(
    ("access", "public"),
    [
        (Access(), False),
        (Access(state=AccessState.PUBLISHED), True),
        (Access(state=AccessState.STAFF), False),
        (Access(state=AccessState.WITHDRAWN), False),
        (Access(state=AccessState.EMBARGOED), False),
        (Access(state=AccessState.EMBARGOED, embargo_until=date(2026, 5, 2)), False),
        (Access(state=AccessState.EMBARGOED, embargo_until=date(2026, 5, 1)), True),
    ],
)
def test_who_may_see_an_item(access: Access, public: bool) -> None:
    assert access.public_on(date(2026, 5, 1)) is public


def test_values_of_a_term() -> None:
    item = Item(id="i", source_key="k", title="t", metadata=(("dc.creator", ("A", "B")),))
    assert (item.values("dc.creator"), item.values("dc.date")) == (("A", "B"), ())
