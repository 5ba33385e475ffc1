"""Canaries: good ones read intact, the bad one is told from its record by its last byte alone."""

import pytest

from core.fixity import FixityOutcome
from storage.canaries import canaries, clear, lay, plant, replant, sentinel, take_up
from storage.checksums import audit_copy, digest_bytes
from storage.stores import Store

KNOWN = canaries("storeid")


def outcomes(store: Store) -> dict[str, FixityOutcome]:
    return {canary.name: audit_copy(store, canary.file)[0] for canary in KNOWN}


FRESH = {
    "good-1": FixityOutcome.INTACT,
    "good-2": FixityOutcome.INTACT,
    "good-3": FixityOutcome.INTACT,
    "bad-1": FixityOutcome.ALTERED,
}


def test_planted_canaries_are_what_they_must_be(store: Store) -> None:
    plant(store, "storeid")
    assert outcomes(store) == FRESH
    assert sorted(listed.key for listed in store.listing("")) == sorted(f"canaries/{name}" for name in FRESH)


def test_the_bad_one_differs_in_its_last_byte_alone(store: Store) -> None:
    plant(store, "storeid")
    bad = next(canary.file for canary in KNOWN if not canary.good)
    lying = store.get(bad.key)
    assert store.size(bad.key) == bad.size
    assert digest_bytes(lying[:-1] + bytes([lying[-1] ^ 1])).values == {"sha512": bad.sha512, "sha256": bad.sha256}


def test_planting_again_repairs_nothing(store: Store) -> None:
    plant(store, "storeid")
    store.replace("canaries/good-1", b"damaged", expected=store.get("canaries/good-1"))
    plant(store, "storeid")
    assert outcomes(store) == FRESH | {"good-1": FixityOutcome.ALTERED}
    replant(store, "storeid")
    assert outcomes(store) == FRESH


def test_cleared_canaries_are_missing_and_may_come_back(store: Store) -> None:
    plant(store, "storeid")
    assert clear(store) == 4
    assert set(outcomes(store).values()) == {FixityOutcome.MISSING}
    plant(store, "storeid")
    assert outcomes(store) == FRESH


def test_another_store_has_other_canaries() -> None:
    other = canaries("another")
    assert [canary.name for canary in other] == [canary.name for canary in KNOWN]
    assert not {canary.file.sha512 for canary in other} & {canary.file.sha512 for canary in KNOWN}
    assert canaries("storeid") == KNOWN


def test_a_sentinel_is_a_bad_one_that_comes_and_goes(store: Store) -> None:
    drill = sentinel("storeid", "drill-1")
    lay(store, "storeid", drill)
    assert (drill.file.key, drill.good) == ("canaries/drill-1", False)
    assert audit_copy(store, drill.file)[0] is FixityOutcome.ALTERED
    take_up(store, drill)
    take_up(store, drill)
    assert list(store.listing("")) == []


@pytest.mark.parametrize("damage", ["altered", "gone"])
def test_a_damaged_good_canary_is_told(store: Store, damage: str) -> None:
    plant(store, "storeid")
    standing = store.get("canaries/good-3")
    if damage == "gone":
        store.delete("canaries/good-3")
        assert outcomes(store) == FRESH | {"good-3": FixityOutcome.MISSING}
    else:
        store.replace("canaries/good-3", standing[:-1] + b"?", expected=standing)
        assert outcomes(store) == FRESH | {"good-3": FixityOutcome.ALTERED}
