"""Stores that come, go, are emptied and come back: what is noted, what is left alone, and who waits for whom."""

from collections.abc import Callable
from pathlib import Path

import pytest

from catalog import audits, batches, cases, chain, copies, items, known_stores
from catalog.fixity_values import CaseKind, CaseState
from core.errors import StorageError, StoreUnavailableError
from core.item import AccessState
from core.settings import Settings
from storage.layout import object_id
from storage.ocfl import read_inventory, store_id
from workflow import catching_up, crashing, intents, pages, shelving, storekeeping, visibility
from workflow.itemwork import ItemWork
from workflow.receiving import check_batch
from workflow.workshop import Workshop

MakeBatch = Callable[..., Path]
LETTER = {"letter": ["Dear Mother"]}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    stores = f"one=file:{tmp_path}/one;two=file:{tmp_path}/two;three=file:{tmp_path}/three?role=later"
    return Settings(home=tmp_path / "home", workers=1, stores=stores)


def take_in(shop: Workshop, folder: Path, *, publish: bool = True) -> tuple[str, str]:
    """Ids of the one item of the folder and of its batch, taken in as the flow does."""
    (work,) = check_batch(shop, folder)[1]
    return work_off(shop, work, publish=publish)


def work_off(shop: Workshop, work: ItemWork, *, publish: bool = True) -> tuple[str, str]:
    batch = batches.create(shop.catalog, name="b", path="/b", publish=publish, new_version=False, agent="somebody")
    view = batches.get(shop.catalog, batch)
    assert view is not None
    pages.reserve(shop, work)
    pages.stage_masters(shop, work)
    for page in work.described.pages:
        pages.read_page(shop, work, page)
    shelving.shelve(shop, work, view)
    return work.described.id, batch


def heads(shop: Workshop, item: str) -> list[int]:
    found = [read_inventory(store, object_id(item)) for store in shop.stores]
    return [inventory.head if inventory else 0 for inventory in found]


def states(shop: Workshop) -> list[str]:
    return [seen.state for seen in storekeeping.look(shop)]


def told(shop: Workshop, item: str) -> list[tuple[str, str]]:
    """Kind and store of every event of the item."""
    return [(event.deed.kind, event.deed.store) for event in chain.of_item(shop.catalog, item)]


def test_a_new_store_is_laid_out_once_and_its_files_are_in_the_chain(shop: Workshop) -> None:
    assert states(shop) == ["well", "well", "well"]
    assert states(shop) == ["well", "well", "well"]
    known = {store.name: store.store_id for store in known_stores.listing(shop.catalog)}
    assert known == {store.name: store_id(store) for store in shop.stores}
    assert [(event.deed.kind, event.deed.store) for event in chain.events(shop.catalog)] == [
        ("creation", name) for name in ("one", "two", "three")
    ]
    held = audits.of_item(shop.catalog, "", "one")
    assert "store.json" in {copy.key for copy in held}
    assert {copy.event for copy in held} == {1}
    assert sorted(one.key for one in shop.stores[0].listing("canaries/")) == [
        "canaries/bad-1",
        "canaries/good-1",
        "canaries/good-2",
        "canaries/good-3",
    ]


def test_every_copy_of_an_item_has_the_event_that_says_what_it_must_be(shop: Workshop, make_batch: MakeBatch) -> None:
    item, _ = take_in(shop, make_batch(items=LETTER))
    assert told(shop, item)[-2:] == [("ingestion", ""), ("replication", "two")]
    catching_up.catch_up(shop)
    assert told(shop, item)[-1] == ("replication", "three")
    visibility.withdraw(shop, item, reason="rights", agent="somebody")
    for store in shop.stores[:2]:
        held = audits.of_item(shop.catalog, item, store.name)
        assert {copy.key for copy in held} == {one.key for one in store.listing("ocfl/") if item in one.key}
        for copy in held:
            assert copy.event is not None
            event = chain.get(shop.catalog, copy.event)
            assert event is not None
            row = [copy.logical, copy.key, copy.size, copy.sha512, copy.sha256]
            assert row in event.deed.facts["files"]


def test_an_emptied_store_is_one_case_and_nothing_is_written_to_it(
    shop: Workshop, make_batch: MakeBatch, tmp_path: Path
) -> None:
    take_in(shop, make_batch(items=LETTER))
    (tmp_path / "two").rename(tmp_path / "aside")
    (tmp_path / "two").mkdir()
    assert states(shop) == ["well", "swapped", "well"]
    assert states(shop) == ["well", "swapped", "well"]
    (case,) = cases.not_closed(shop.catalog)
    assert (case.kind, case.store, case.state, case.recurrences) == (CaseKind.STORE_SWAPPED, "two", CaseState.OPEN, 0)
    assert "muniment replicate --to two --accept" in case.hint
    item, _ = take_in(shop, make_batch("more", {"note": ["Second"]}))
    assert catching_up.catch_up(shop) == 2  # both items, to the store "three"
    assert list((tmp_path / "two").iterdir()) == []
    assert heads(shop, item) == [1, 0, 1]


def test_a_store_that_is_itself_again_is_well_and_its_case_is_over_with_the_next_audit(
    shop: Workshop, tmp_path: Path
) -> None:
    states(shop)
    (tmp_path / "two").rename(tmp_path / "aside")
    (tmp_path / "two").mkdir()
    states(shop)
    (tmp_path / "two").rmdir()
    (tmp_path / "aside").rename(tmp_path / "two")
    assert states(shop) == ["well", "well", "well"]
    assert [case.state for case in cases.not_closed(shop.catalog)] == [CaseState.REPAIRED]


def test_another_stores_id_and_a_copy_of_a_store_are_swapped_too(shop: Workshop, tmp_path: Path) -> None:
    states(shop)
    one, two = tmp_path / "one/store.json", tmp_path / "two/store.json"
    two.write_bytes(one.read_bytes())
    assert states(shop) == ["well", "swapped", "well"]


def test_a_new_item_waits_unseen_for_a_required_store_that_is_away(
    shop: Workshop, make_batch: MakeBatch, tmp_path: Path
) -> None:
    states(shop)
    (tmp_path / "two").rename(tmp_path / "aside")
    item, _ = take_in(shop, make_batch(items=LETTER))
    view = items.get(shop.catalog, item)
    assert view is not None
    assert (view.waiting, view.public, view.item.access.state) == (True, False, AccessState.PUBLISHED)
    assert 'waits to be copied to "two"' in storekeeping.waits_for(shop, item)
    assert states(shop) == ["well", "away", "well"]
    (tmp_path / "aside").rename(tmp_path / "two")
    catching_up.catch_up(shop)
    view = items.get(shop.catalog, item)
    assert view is not None
    assert (view.waiting, view.public, heads(shop, item)) == (False, True, [1, 1, 1])
    assert copies.holders(shop.catalog, item) == ("one", "three", "two")
    assert catching_up.catch_up(shop) == 0


def test_a_store_that_goes_away_while_an_item_is_committed_is_waited_for(
    shop: Workshop, make_batch: MakeBatch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def step(name: str) -> None:
        if name == "commit.committed":
            (tmp_path / "two").rename(tmp_path / "aside")

    states(shop)
    monkeypatch.setattr(crashing, "step", step)
    item, _ = take_in(shop, make_batch(items=LETTER))
    view = items.get(shop.catalog, item)
    assert view is not None
    assert (view.version, view.waiting) == (1, True)
    (tmp_path / "aside").rename(tmp_path / "two")
    catching_up.catch_up(shop)
    assert heads(shop, item) == [1, 1, 1]


def test_an_item_goes_into_the_second_store_while_the_first_is_away(
    shop: Workshop, make_batch: MakeBatch, tmp_path: Path
) -> None:
    states(shop)
    (tmp_path / "one").rename(tmp_path / "aside")
    item, _ = take_in(shop, make_batch(items=LETTER))
    (tmp_path / "aside").rename(tmp_path / "one")
    assert heads(shop, item) == [0, 1, 0]
    catching_up.catch_up(shop)
    assert heads(shop, item) == [1, 1, 1]
    assert intents.unfinished(shop.home) == ()


def test_an_item_never_waits_for_a_store_that_is_caught_up_later(
    shop: Workshop, make_batch: MakeBatch, tmp_path: Path
) -> None:
    states(shop)
    (tmp_path / "three").rename(tmp_path / "aside")
    item, _ = take_in(shop, make_batch(items=LETTER))
    view = items.get(shop.catalog, item)
    assert view is not None
    assert (view.waiting, view.public) == (False, True)


def test_a_visible_item_stays_so_and_its_new_version_is_caught_up(
    shop: Workshop, make_batch: MakeBatch, tmp_path: Path
) -> None:
    item, _ = take_in(shop, make_batch(items=LETTER))
    (tmp_path / "one").rename(tmp_path / "aside")
    take_in(shop, make_batch(letter="Another title", items=LETTER))
    view = items.get(shop.catalog, item)
    assert view is not None
    assert (view.public, view.version, view.item.title) == (True, 2, "Another title")
    (tmp_path / "aside").rename(tmp_path / "one")
    (tmp_path / "two").rename(tmp_path / "aside")
    with pytest.raises(StorageError, match="No required store that answers can take"):
        visibility.withdraw(shop, item, reason="rights", agent="somebody")
    (tmp_path / "aside").rename(tmp_path / "two")
    catching_up.catch_up(shop)
    assert heads(shop, item) == [2, 2, 2]
    visibility.finish_withdrawals(shop, patience=0)
    assert heads(shop, item) == [3, 3, 2]


def test_what_may_stand_in_a_store_that_went_away_is_waited_for(
    shop: Workshop, make_batch: MakeBatch, tmp_path: Path
) -> None:
    folder = make_batch(items=LETTER)
    (work,) = check_batch(shop, folder)[1]
    pages.reserve(shop, work)
    states(shop)
    intents.note(shop.home, work.described.id, "one")
    (tmp_path / "one").rename(tmp_path / "aside")
    with pytest.raises(StoreUnavailableError, match='was being written to the store "one"'):
        work_off(shop, work)
    (tmp_path / "aside").rename(tmp_path / "one")
    item, _ = work_off(shop, work)
    assert heads(shop, item)[:2] == [1, 1]
