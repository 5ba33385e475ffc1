"""An item goes in whole, comes out equal, and keeps its ids."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from catalog import audits, copies, items
from catalog.database import Catalog
from catalog.fixity_values import Read
from catalog.search import search
from catalog.shelves import _listed
from catalog.texts import pack, unpack
from catalog.values import CopyView, HeldItem, ImageView, ItemCard, ItemEntry, ItemView, Question
from core.errors import CatalogError, NotFoundError
from core.events import Deed
from core.fixity import FixityOutcome, StoredFile
from core.item import Access, AccessState
from core.text import Block, Box, Engine, Line, PageText, Word

MakeEntry = Callable[..., ItemEntry]
MakeText = Callable[..., PageText]

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LITERAL = {"literal_binds": True}


def test_a_saved_item_comes_out_as_it_went_in(cat: Catalog, make_entry: MakeEntry, make_text: MakeText) -> None:
    text = make_text("Die Königliche Hall, zu Berlin", "zwei")
    entry = make_entry(text, None)
    items.save(cat, entry)
    first, second = entry.item.pages
    assert items.get(cat, entry.item.id) == ItemView(
        item=entry.item,
        version=1,
        added=entry.at,
        changed=entry.at,
        derived=entry.derived,
        has_text=frozenset({first.id}),
        batch_id="b",
        public=True,
    )
    assert items.held(cat, "batch/one") == HeldItem(
        item=entry.item, version=1, fingerprint="print", state=AccessState.PUBLISHED
    )
    assert items.text(cat, first.id) == text
    assert items.text(cat, second.id) is None
    assert items.page_texts(cat, entry.item.id) == {first.id: text}
    assert items.files(cat, entry.item.id) == entry.files
    assert items.file(cat, entry.item.id, first.file) == entry.files[0]
    assert items.image(cat, f"{first.id}.1") == ImageView(
        item_id=entry.item.id,
        page_id=first.id,
        derived=f"d{first.id}",
        width=1000,
        height=1400,
        access=entry.item.access,
    )
    assert items.image(cat, f"{first.id}.2") is None
    assert items.newest(cat, limit=5) == (
        ItemCard(
            id=entry.item.id,
            title="A title",
            date="1893",
            collection="Unsorted",
            pages=2,
            first_page_id=first.id,
            first_image_id=f"{first.id}.1",
            state=AccessState.PUBLISHED,
            added=entry.at,
        ),
    )
    assert list(items.all_copies(cat)) == [
        CopyView(
            item_id=entry.item.id,
            store=store,
            file=file,
            last_read=entry.at,
            outcome=FixityOutcome.INTACT,
            since=entry.at,
        )
        for store in ("copy", "s3")
        for file in entry.files
    ]


def test_saving_again_keeps_the_day_it_came(cat: Catalog, make_entry: MakeEntry, make_text: MakeText) -> None:
    entry = make_entry(make_text("one"), None)
    items.save(cat, entry)
    later = replace(entry, version=2, fingerprint="new", at=entry.at + timedelta(days=1))
    items.save(cat, later)
    items.save(cat, later)
    view = items.get(cat, entry.item.id)
    assert view is not None
    assert (view.version, view.added, view.changed) == (2, entry.at, later.at)
    assert items.count(cat) == 1


def test_a_copy_of_an_earlier_version_is_still_to_be_audited(cat: Catalog, make_entry: MakeEntry) -> None:
    entry = make_entry(None, None, stores=("s3",))
    items.save(cat, entry)
    fewer = replace(entry, item=replace(entry.item, pages=entry.item.pages[:1]), files=entry.files[:1])
    items.save(cat, fewer)
    assert items.files(cat, entry.item.id) == entry.files[:1]
    assert [copy.file for copy in items.all_copies(cat)] == list(entry.files)


def test_files_with_one_key_have_one_copy(cat: Catalog, make_entry: MakeEntry) -> None:
    entry = make_entry(None, None, stores=("s3",))
    first, second = entry.files
    twin = replace(second, key=first.key, sha512=first.sha512, sha256=first.sha256)
    items.save(cat, replace(entry, files=(first, twin)))
    assert items.files(cat, entry.item.id) == (first, twin)
    assert [copy.file for copy in items.all_copies(cat)] == [first]


def test_only_a_full_read_says_something_about_a_copy(cat: Catalog, make_entry: MakeEntry) -> None:
    entry = make_entry(None, stores=("s3",))
    items.save(cat, entry)
    [file] = entry.files
    at, altered = entry.at + timedelta(hours=1), FixityOutcome.ALTERED
    read = Read(store="s3", key=file.key, outcome=altered, expected="a", found="b", size=9, at=at, agent="k")
    audits.record(cat, [read], Deed(kind="fixity check", agent="k", at=at))
    items.save(cat, replace(entry, at=at + timedelta(hours=1)))
    told = {"last_read": at, "audited": at, "outcome": altered, "since": entry.at}
    found = CopyView(item_id=entry.item.id, store="s3", file=file, **told)  # type: ignore[arg-type]
    assert list(items.all_copies(cat)) == [found]


def test_all_copies_come_in_portions_and_each_once(
    cat: Catalog, make_entry: MakeEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "MANY", 2)
    entry = make_entry(None, None, None)
    items.save(cat, entry)
    assert [(copy.store, copy.file) for copy in items.all_copies(cat)] == [
        (store, file) for store in ("copy", "s3") for file in entry.files
    ]


def test_an_item_appears_and_disappears_with_its_access(cat: Catalog, make_entry: MakeEntry) -> None:
    entry = make_entry(None, access=Access())
    items.save(cat, entry)
    today = datetime.now(UTC).date()
    withdrawn = Access(state=AccessState.WITHDRAWN, reason="rights", by="k", at="2026-11-21T12:00:00Z")
    for version, (access, public) in enumerate(
        [
            (Access(state=AccessState.PUBLISHED), True),
            (Access(state=AccessState.STAFF), False),
            (Access(state=AccessState.EMBARGOED, embargo_until=today), True),
            (Access(state=AccessState.EMBARGOED, embargo_until=today + timedelta(days=1)), False),
            (Access(state=AccessState.EMBARGOED), False),
            (withdrawn, False),
        ],
        2,
    ):
        items.set_access(cat, entry.item.id, access, version, entry.files)
        view = items.get(cat, entry.item.id)
        assert view is not None
        assert (view.item.access, view.version, view.public) == (access, version, public)
        assert (items.count(cat), items.count(cat, public_only=False)) == (int(public), 1)
        assert len(items.newest(cat, limit=9)) == len(items.collections(cat)) == int(public)
        image = items.image(cat, entry.item.pages[0].image_id)
        assert image is not None
        assert image.access == access
        assert items.tombstone(cat, entry.item.id) == (withdrawn if access == withdrawn else None)
    with pytest.raises(NotFoundError, match='no item "x"'):
        items.set_access(cat, "x", withdrawn, 2, ())


def test_new_files_of_an_access_change_have_copies(cat: Catalog, make_entry: MakeEntry) -> None:
    entry = make_entry(None)
    items.save(cat, entry)
    access_file = StoredFile(logical="metadata/access.json", key="v2/access", size=3, sha512="x", sha256="y")
    items.set_access(cat, entry.item.id, Access(), 2, (*entry.files, access_file))
    assert items.files(cat, entry.item.id) == (*entry.files, access_file)
    assert {(copy.store, copy.file) for copy in items.all_copies(cat)} == {
        (store, file) for store in ("copy", "s3") for file in (*entry.files, access_file)
    }


def test_an_access_change_counts_as_read_where_it_was_written(cat: Catalog, make_entry: MakeEntry) -> None:
    entry = make_entry(None, stores=("s3", "lost"))
    items.save(cat, entry)
    access_file = StoredFile(logical="metadata/access.json", key="v2/access", size=3, sha512="x", sha256="y")
    files = (*entry.files, access_file)
    for _ in range(2):
        items.set_access(cat, entry.item.id, Access(), 2, files, stores=("s3", "new"))
    assert {(copy.store, copy.file) for copy in items.all_copies(cat)} == {
        *((store, file) for store in ("s3", "new") for file in files),
        ("lost", entry.files[0]),
    }


@pytest.mark.parametrize("way", ["save", "set_access"])
def test_no_slower_deed_undoes_a_withdrawal(cat: Catalog, make_entry: MakeEntry, way: str) -> None:
    early, late = "2026-11-21T12:00:00+00:00", "2026-11-21T12:00:01+00:00"
    slow = Access(state=AccessState.PUBLISHED, at=early)
    entry = make_entry(None, access=slow)
    items.save(cat, entry)
    items.hide(cat, entry.item.id, Access(state=AccessState.WITHDRAWN, reason="privacy", at=late))
    if way == "save":
        items.save(cat, entry)
    else:
        items.set_access(cat, entry.item.id, slow, 2, entry.files)
    view = items.get(cat, entry.item.id)
    assert view is not None
    assert (view.public, view.item.access.state) == (False, AccessState.WITHDRAWN)
    items.set_access(cat, entry.item.id, Access(state=AccessState.PUBLISHED, at=late + "x"), 3, entry.files)
    anew = items.get(cat, entry.item.id)
    assert anew is not None
    assert anew.public


@pytest.mark.parametrize("way", ["save", "set_access"])
def test_a_store_that_joins_later_has_the_earlier_versions_too(cat: Catalog, make_entry: MakeEntry, way: str) -> None:
    entry = make_entry(None, None, stores=("s3",))
    items.save(cat, entry)
    later, files = entry.at + timedelta(days=1), entry.files[:1]
    if way == "save":
        fewer = replace(entry.item, pages=entry.item.pages[:1])
        items.save(cat, replace(entry, item=fewer, files=files, stores=("s3", "new"), at=later))
    else:
        items.set_access(cat, entry.item.id, Access(), 2, files, stores=("s3", "new"))
        view = items.get(cat, entry.item.id)
        assert view is not None
        later = view.changed
    assert list(items.all_copies(cat)) == [
        CopyView(item_id=entry.item.id, store=store, file=file, last_read=at, outcome=FixityOutcome.INTACT, since=at)
        for store, at in (("new", later), ("s3", entry.at))
        for file in entry.files
    ]


def test_a_hidden_item_is_gone_for_readers_at_once(cat: Catalog, make_entry: MakeEntry, make_text: MakeText) -> None:
    entry = make_entry(make_text("hall"))
    items.save(cat, entry)
    before, copies_before = items.get(cat, entry.item.id), list(items.all_copies(cat))
    assert before is not None
    assert search(cat, Question(text="hall")).items_found == 1
    withdrawn = Access(state=AccessState.WITHDRAWN, reason="rights", by="k", at="2026-11-21T12:00:00Z")
    items.hide(cat, entry.item.id, withdrawn)
    items.hide(cat, entry.item.id, withdrawn)
    hidden = replace(before, item=replace(entry.item, access=withdrawn), public=False)
    assert items.get(cat, entry.item.id) == hidden
    assert search(cat, Question(text="hall")).hits == ()
    assert (items.newest(cat, limit=9), items.count(cat), items.collections(cat)) == ((), 0, ())
    image = items.image(cat, entry.item.pages[0].image_id)
    assert image is not None
    assert image.access == withdrawn
    assert (items.files(cat, entry.item.id), list(items.all_copies(cat))) == (entry.files, copies_before)
    with pytest.raises(NotFoundError, match='no item "x"'):
        items.hide(cat, "x", withdrawn)


def test_an_item_that_a_store_lacks_is_seen_by_staff_alone(
    cat: Catalog, make_entry: MakeEntry, make_text: MakeText
) -> None:
    entry = replace(make_entry(make_text("hall")), waiting=True)
    items.save(cat, entry)
    items.set_access(cat, entry.item.id, entry.item.access, 2, entry.files)
    image_id = entry.item.pages[0].image_id
    staff_only = replace(entry.item.access, state=AccessState.STAFF)
    view, image, held = items.get(cat, entry.item.id), items.image(cat, image_id), items.held(cat, "batch/one")
    assert view is not None
    assert image is not None
    assert held is not None
    [card] = items.newest(cat, limit=9, public_only=False)
    assert (view.public, view.waiting, view.shown_as) == (False, True, "stored")
    assert (card.waiting, card.shown_as, held.waiting) == (True, "stored", True)
    assert view.item.access == entry.item.access
    assert image.access == staff_only
    assert search(cat, Question(text="hall")).hits == ()
    assert search(cat, Question(text="hall", public_only=False)).items_found == 1
    assert (items.newest(cat, limit=9), items.count(cat), items.collections(cat)) == ((), 0, ())
    assert items.waiting(cat) == (entry.item.id,)
    items.release(cat, entry.item.id)
    items.release(cat, entry.item.id)
    view, image = items.get(cat, entry.item.id), items.image(cat, image_id)
    assert view is not None
    assert image is not None
    assert (view.public, view.waiting, view.shown_as) == (True, False, "published")
    assert image.access == entry.item.access
    assert (search(cat, Question(text="hall")).items_found, items.count(cat), items.waiting(cat)) == (1, 1, ())
    with pytest.raises(NotFoundError, match='no item "x"'):
        items.release(cat, "x")


def test_a_withdrawn_item_is_withdrawn_though_it_waits(cat: Catalog, make_entry: MakeEntry) -> None:
    withdrawn = Access(state=AccessState.WITHDRAWN, reason="rights", by="k", at="2026-11-21T12:00:00Z")
    entry = replace(make_entry(None, access=withdrawn), waiting=True)
    items.save(cat, entry)
    view, image = items.get(cat, entry.item.id), items.image(cat, entry.item.pages[0].image_id)
    assert view is not None
    assert image is not None
    assert (view.shown_as, image.access) == ("withdrawn", withdrawn)


def test_collections_count_their_children(cat: Catalog, make_entry: MakeEntry) -> None:
    for key, collection in enumerate(["A/B", "A/B", "A/C/D", "A0", "Unsorted", "a"]):
        items.save(cat, make_entry(source_key=str(key), collection=collection))
    assert [(card.path, card.title, card.items, card.parent) for card in items.collections(cat)] == [
        ("A", "A", 3, None),
        ("A/B", "B", 2, "A"),
        ("A/C", "C", 1, "A"),
        ("A/C/D", "D", 1, "A/C"),
        ("A0", "A0", 1, None),
        ("Unsorted", "Unsorted", 1, None),
        ("a", "a", 1, None),
    ]
    assert items.count(cat, collection="A") == 3
    assert {card.collection for card in items.newest(cat, limit=9, collection="A/C")} == {"A/C/D"}


def test_the_newest_come_first(cat: Catalog, make_entry: MakeEntry) -> None:
    for day in range(3):
        items.save(cat, make_entry(source_key=str(day), title=str(day), at=NOON + timedelta(days=day % 2)))
    assert [card.title for card in items.newest(cat, limit=9)] == ["1", "2", "0"]
    assert [card.title for card in items.newest(cat, limit=1, offset=1)] == ["2"]


@pytest.mark.parametrize("collection", [None, "A"])
@pytest.mark.parametrize("public_only", [True, False])
def test_the_parts_of_a_list_are_the_list(
    cat: Catalog, make_entry: MakeEntry, collection: str | None, public_only: bool
) -> None:
    for number in range(9):
        access = Access(state=AccessState.DRAFT if number % 4 == 3 else AccessState.PUBLISHED)
        at, path = NOON + timedelta(days=number % 3), ["A", "A/B", "C"][number % 3]
        items.save(cat, make_entry(source_key=str(number), at=at, collection=path, access=access))
    asked = {"collection": collection, "public_only": public_only}
    whole = items.newest(cat, limit=99, **asked)  # type: ignore[arg-type]
    assert len(whole) == items.count(cat, **asked) > 3  # type: ignore[arg-type]
    for limit in (1, 2, 3, 20):
        for offset in range(len(whole) + 3):
            part = items.newest(cat, limit=limit, offset=offset, **asked)  # type: ignore[arg-type]
            assert part == whole[offset : offset + limit]


@pytest.mark.parametrize(("collection", "index"), [(None, "ix_items_added"), ("A", "ix_items_collection_added")])
def test_lists_are_walked_in_their_order(
    cat: Catalog, make_entry: MakeEntry, collection: str | None, index: str
) -> None:
    items.save(cat, make_entry(collection="A"))
    with cat.reading() as connection:
        query = _listed(connection, collection, True, 3).limit(3).compile(connection, compile_kwargs=LITERAL)
        plan = [row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN {query}"))]
    walks = [step for step in plan if " items " in step]
    assert [step.split(" INDEX ")[1].split()[0] for step in walks] == [index]
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan[: plan.index(walks[0]) + 2]


def test_cards_are_had_for_any_number_of_ids(cat: Catalog, make_entry: MakeEntry) -> None:
    entries = [make_entry(source_key=key, title=key) for key in "ab"]
    for entry in entries:
        items.save(cat, entry)
    unknown = [f"unknown-{number}" for number in range(1001)]
    found = items.cards(cat, [entries[1].item.id, *unknown, entries[0].item.id])
    assert {key: card.title for key, card in found.items()} == {entries[0].item.id: "a", entries[1].item.id: "b"}
    assert items.cards(cat, []) == {}


def test_equal_images_under_another_key_are_noticed(cat: Catalog, make_entry: MakeEntry) -> None:
    entry = make_entry(None, source_key="one", image_fingerprint="same")
    items.save(cat, entry)
    assert items.held_by_images(cat, "same") == entry.item.id
    assert items.held_by_images(cat, "else") is None


def test_a_page_without_words_has_no_text_to_show(cat: Catalog, make_entry: MakeEntry, make_text: MakeText) -> None:
    entry = make_entry(make_text())
    items.save(cat, entry)
    view = items.get(cat, entry.item.id)
    assert view is not None
    assert view.has_text == frozenset()
    assert items.text(cat, entry.item.pages[0].id) == make_text()


def test_a_time_without_a_zone_is_refused(cat: Catalog, make_entry: MakeEntry) -> None:
    with pytest.raises(CatalogError, match="no zone"):
        items.save(cat, make_entry(None, at=NOON.replace(tzinfo=None)))
    assert items.count(cat, public_only=False) == 0


PIXELS = st.integers(0, 2**16 - 1) | st.integers(-(2**31), 2**31 - 1)  # small ones are kept in half the room
BOXES = st.builds(Box, *[PIXELS] * 4)
WORDS = st.builds(Word, st.text(), BOXES, st.floats(0, 1))
LINES = st.builds(Line, BOXES, st.lists(WORDS, max_size=4).map(tuple))
BLOCKS = st.builds(Block, BOXES, st.lists(LINES, max_size=3).map(tuple))
ENGINES = st.none() | st.builds(Engine, st.text(), st.text(), st.lists(st.tuples(st.text(), st.text())).map(tuple))
PAGES = st.builds(
    PageText,
    st.integers(0),
    st.integers(0),
    st.lists(BLOCKS, max_size=3).map(tuple),
    st.lists(st.text()).map(tuple),
    ENGINES,
)


@given(PAGES)
@settings(deadline=None)
def test_what_was_read_comes_back_as_it_was(page: PageText) -> None:
    assert unpack(pack(page)) == page
