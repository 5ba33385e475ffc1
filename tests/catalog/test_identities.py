"""Ids are minted once and stay with their item and their images."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog import items
from catalog.database import Catalog, open_catalog
from catalog.values import ItemEntry, Reservation
from core import ids
from core.text import PageText

MakeEntry = Callable[..., ItemEntry]
MakeText = Callable[..., PageText]

A, B, C = ("a", 0), ("b", 0), ("b", 1)


def test_the_same_key_gets_the_same_ids(cat: Catalog) -> None:
    first = items.reserve(cat, "key", images=[A, B, C])
    assert all(map(ids.is_id, (first.item_id, *first.page_ids)))
    assert len({first.item_id, *first.page_ids}) == 4
    assert items.reserve(cat, "key", images=[A, B, C]) == first
    other = items.reserve(cat, "other", images=[A, B, C])
    assert not {first.item_id, *first.page_ids} & {other.item_id, *other.page_ids}


def test_pages_keep_their_ids_when_they_move_and_when_they_come_back(cat: Catalog) -> None:
    first = items.reserve(cat, "key", images=[A, B])
    a, b = first.page_ids
    moved = items.reserve(cat, "key", images=[C, B, A])
    assert moved == Reservation(first.item_id, (moved.page_ids[0], b, a))
    assert moved.page_ids[0] not in (a, b)
    assert items.reserve(cat, "key", images=[A]) == Reservation(first.item_id, (a,))


def test_ids_outlive_saving(cat: Catalog, make_entry: MakeEntry) -> None:
    entry = make_entry(None, None, source_key="key")
    reserved = items.reserve(cat, "key", images=[(file.sha256, 0) for file in entry.files])
    pages = tuple(replace(page, id=id) for page, id in zip(entry.item.pages, reserved.page_ids, strict=True))
    files = tuple(replace(file, sha256=file.sha256) for file in entry.files)
    entry = replace(entry, item=replace(entry.item, id=reserved.item_id, pages=pages), files=files, derived={})
    items.save(cat, entry)
    items.save(cat, entry)
    assert items.reserve(cat, "key", images=[(file.sha256, 0) for file in entry.files]) == reserved


def test_a_rebuilt_item_brings_its_ids_back(cat: Catalog, make_entry: MakeEntry) -> None:
    entry = make_entry(None, None, source_key="key")
    reserved_before = items.reserve(cat, "key", images=[(entry.files[0].sha256, 0)])
    items.save(cat, entry)
    assert reserved_before.item_id != entry.item.id
    assert items.reserve(cat, "key", images=[(file.sha256, 0) for file in entry.files]) == Reservation(
        entry.item.id, tuple(page.id for page in entry.item.pages)
    )


def test_an_item_that_is_in_keeps_its_source_key(cat: Catalog, make_entry: MakeEntry) -> None:
    first, second = make_entry(None, source_key="key"), make_entry(None, source_key="key")
    items.save(cat, first)
    items.save(cat, second)
    held = items.held(cat, "key")
    assert held is not None
    assert held.item == first.item


def test_a_removed_item_leaves_no_trace(cat: Catalog, make_entry: MakeEntry, make_text: MakeText) -> None:
    entry = make_entry(make_text("words"))
    items.save(cat, entry)
    items.remove(cat, entry.item.id)
    items.remove(cat, entry.item.id)
    assert items.get(cat, entry.item.id) is None
    assert items.held(cat, "batch/one") is None
    assert items.text(cat, entry.item.pages[0].id) is None
    assert items.files(cat, entry.item.id) == ()
    assert list(items.all_copies(cat)) == []
    assert items.reserve(cat, "batch/one", images=[]).item_id != entry.item.id


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    opened = open_catalog(f"sqlite:///{tmp_path_factory.mktemp('ids')}/catalog.db")
    yield opened
    opened.close()


IMAGES = st.tuples(st.sampled_from("abc"), st.integers(0, 1))


@given(st.lists(st.lists(IMAGES, max_size=6), min_size=1, max_size=4))
@settings(max_examples=30, deadline=None)
def test_equal_images_are_told_apart_and_every_image_keeps_its_id(
    shelf: Catalog, deliveries: list[list[tuple[str, int]]]
) -> None:
    key = ids.mint()
    known: dict[tuple[str, int, int], str] = {}
    for images in deliveries:
        page_ids = items.reserve(shelf, key, images=images).page_ids
        assert len(set(page_ids)) == len(images)
        for place, (image, page_id) in enumerate(zip(images, page_ids, strict=True)):
            assert known.setdefault((*image, images[:place].count(image)), page_id) == page_id
    assert len(set(known.values())) == len(known)
