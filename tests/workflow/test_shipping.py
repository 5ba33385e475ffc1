"""The event chain on its way to the stores and back: nothing twice, nothing lost, nothing put to a log that differs."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog import cases, chain
from catalog.fixity_values import CaseKind
from core.events import Deed
from core.settings import Settings
from fixity.chain import read_segment
from storage import events as logs
from storage.stores import Store
from workflow import shipping, storekeeping
from workflow.workshop import Workshop


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", workers=1, stores=f"one=file:{tmp_path}/one;two=file:{tmp_path}/two")


@pytest.fixture
def shop(shop: Workshop) -> Workshop:
    storekeeping.look(shop)
    return shop


def deed(word: str) -> Deed:
    return Deed(kind="validation", agent="somebody", at=datetime.now(UTC), detail=word)


def numbers(store: Store) -> list[int]:
    return [event.number for name, text in logs.read_segments(store) for event in read_segment(name, text)]


def kinds(shop: Workshop) -> list[tuple[CaseKind, str]]:
    return [(case.kind, case.store) for case in cases.not_closed(shop.catalog)]


def test_every_store_gets_what_it_lacks_and_nothing_twice(shop: Workshop, tmp_path: Path) -> None:
    (tmp_path / "two").rename(tmp_path / "aside")
    chain.append(shop.catalog, [deed("first")])
    assert shipping.ship(shop) == 1
    chain.append(shop.catalog, [deed("second")])
    (tmp_path / "aside").rename(tmp_path / "two")
    assert shipping.ship(shop) == 2
    assert shipping.ship(shop) == 0
    assert [numbers(store) for store in shop.stores] == [[1, 2, 3, 4], [1, 2, 3, 4]]
    assert list(logs.segments(shop.stores[1])) == ["000000000001-000000000004.jsonl"]


def test_young_events_wait_for_company(shop: Workshop) -> None:
    assert shipping.ship(shop, patience=3600) == 0
    assert shipping.ship(shop) == 2


def test_notes_go_before_the_events_that_name_them(shop: Workshop) -> None:
    digest = chain.note(shop.catalog, "Look at page 3")
    shipping.ship(shop)
    assert [logs.note(store, digest) for store in shop.stores] == ["Look at page 3"] * 2


def test_a_catalogue_that_was_lost_takes_the_chain_from_the_stores(shop: Workshop, settings: Settings) -> None:
    chain.append(shop.catalog, [deed("told")])
    chain.note(shop.catalog, "Look at page 3")
    shipping.ship(shop)
    before = list(chain.events(shop.catalog))
    shop.catalog.close()
    for file in shop.home.folder.glob("catalog.db*"):
        file.unlink()
    lost = Workshop(settings)
    assert shipping.import_missing(lost) == 3
    assert list(chain.events(lost.catalog)) == before
    assert [text for _, text in chain.notes(lost.catalog)] == ["Look at page 3"]
    assert [seen.state for seen in storekeeping.look(lost)] == ["well", "well"]
    assert shipping.ship(lost) == 2
    lost.catalog.close()


def test_a_log_that_goes_on_otherwise_is_a_case_and_gets_nothing(shop: Workshop, settings: Settings) -> None:
    shipping.ship(shop)
    shop.catalog.close()
    for file in shop.home.folder.glob("catalog.db*"):
        file.unlink()
    other = Workshop(settings)
    storekeeping.look(other)  # a start that took nothing from the stores
    chain.append(other.catalog, [deed("another"), deed("history")])
    assert shipping.import_missing(other) == 0
    assert shipping.ship(other) == 0
    assert sorted(kinds(other)) == [(CaseKind.CHAIN, "one"), (CaseKind.CHAIN, "two")]
    assert [numbers(store) for store in other.stores] == [[1, 2], [1, 2]]
    other.catalog.close()


def test_a_log_that_was_cut_is_a_case_and_is_made_whole(shop: Workshop) -> None:
    shipping.ship(shop)
    chain.append(shop.catalog, [deed("third")])
    shipping.ship(shop)
    shop.stores[0].delete("events/000000000003-000000000003.jsonl")
    chain.append(shop.catalog, [deed("fourth")])
    shipping.ship(shop)
    assert kinds(shop) == [(CaseKind.CHAIN, "one")]
    assert "ended at event 2, and 3 had been written to it" in cases.not_closed(shop.catalog)[0].hint
    assert numbers(shop.stores[0])[:4] == [1, 2, 3, 4]


def test_a_listing_that_lags_behind_is_no_damage(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    chain.append(shop.catalog, [deed("first")])
    shipping.ship(shop)
    chain.append(shop.catalog, [deed("second")])
    with monkeypatch.context() as lagging:
        lagging.setattr(logs, "segments", lambda store: ())
        assert shipping.ship(shop) == 0
    assert kinds(shop) == []
    assert shipping.ship(shop) == 2
