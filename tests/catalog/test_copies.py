"""What each store holds, what it lacks, and how a store that catches up is noted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from catalog import chain, copies, items
from catalog.database import Catalog
from catalog.values import CopyView, ItemEntry
from core.events import Deed
from core.fixity import FixityOutcome, StoredFile

MakeEntry = Callable[..., ItemEntry]

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


def deed_of(store: str, files: tuple[StoredFile, ...]) -> Deed:
    listed = [[file.logical, file.key, file.size, file.sha512, file.sha256] for file in files]
    return Deed(kind="replication", agent="k", at=LATER, store=store, facts={"files": listed})


def test_a_store_that_got_an_item_has_fresh_copies(cat: Catalog, make_entry: MakeEntry) -> None:
    entry = make_entry(None, None, stores=("s3", "copy"))
    items.save(cat, entry)
    with cat.writing() as connection:
        connection.execute(text("UPDATE copies SET outcome = 'missing', audited = last_read WHERE store = 'copy'"))
    deed = deed_of("copy", entry.files[:1])
    [event] = copies.add(cat, "copy", entry.files, item=entry.item.id, at=LATER, deeds=[deed])
    assert chain.head(cat) == event
    fresh = {"item_id": entry.item.id, "last_read": LATER, "since": LATER, "outcome": FixityOutcome.INTACT}
    first, second = entry.files
    assert copies.of_key(cat, first.key) == (
        CopyView(store="copy", file=first, event=1, **fresh),  # type: ignore[arg-type]
        CopyView(
            item_id=entry.item.id,
            store="s3",
            file=first,
            last_read=NOON,
            since=NOON,
            outcome=FixityOutcome.INTACT,
        ),
    )
    assert copies.of_key(cat, second.key)[0] == CopyView(store="copy", file=second, **fresh)  # type: ignore[arg-type]
    assert copies.of_key(cat, "nothing") == ()


def test_what_a_store_lacks_is_what_another_one_holds(
    cat: Catalog, make_entry: MakeEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "MANY", 1)
    whole = make_entry(None, None, source_key="whole", stores=("a", "b"))
    half = make_entry(None, None, source_key="half", stores=("a", "b"))
    one = make_entry(None, source_key="one", stores=("b",))
    for entry in (whole, half, one):
        items.save(cat, entry)
    root = StoredFile(logical="=root/store.json", key="store.json", size=1, sha512="x", sha256="y")
    copies.add(cat, "a", [root], item="", at=NOON)
    assert copies.drop(cat, "a", [half.files[0].key, "unknown"]) == 1
    lacking = sorted([half.item.id, one.item.id])
    everything = sorted([whole.item.id, *lacking])
    assert list(copies.lacking(cat, ["a", "b", "new"])) == [
        *((item, "a") for item in lacking),
        *((item, "new") for item in everything),
    ]
    assert [copies.holders(cat, entry.item.id) for entry in (whole, half, one)] == [("a", "b"), ("b",), ("b",)]
    assert copies.holders(cat, "x") == ()
    assert copies.drop(cat, "a") == 4
    assert [item for item, _ in copies.lacking(cat, ["a"])] == everything


def test_an_earlier_version_that_a_store_lacks_is_lacking_too(cat: Catalog, make_entry: MakeEntry) -> None:
    entry = make_entry(None, None, stores=("a", "b"))
    items.save(cat, entry)
    fewer = replace(entry, item=replace(entry.item, pages=entry.item.pages[:1]), files=entry.files[:1])
    items.save(cat, fewer)
    copies.drop(cat, "b", [entry.files[1].key])
    assert list(copies.lacking(cat, ["a", "b"])) == [(entry.item.id, "b")]
    assert copies.holders(cat, entry.item.id) == ("a", "b")
