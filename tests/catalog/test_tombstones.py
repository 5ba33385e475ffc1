"""A purged item leaves a stone and its source key, and comes back by no way."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from catalog import audits, cases, chain, copies, items, tombstones
from catalog.database import Catalog
from catalog.fixity_values import Case, CaseKind, CaseState, Read, Tombstone
from catalog.search import search
from catalog.values import ItemEntry, Question
from core.errors import NotFoundError
from core.events import Deed
from core.fixity import FixityOutcome
from core.text import PageText

MakeEntry = Callable[..., ItemEntry]
MakeText = Callable[..., PageText]

NOON = datetime(2025, 11, 21, 12, 0, tzinfo=UTC)
# Where something of an item may stand on purpose after it was purged.
STAYS = {"identities", "tombstones", "chain", "cases"}


def stone_of(item: str, **more: object) -> Tombstone:
    told: dict[str, object] = {"agents": ("k", "m"), "owed": ("away",), **more}
    return Tombstone(
        item=item,
        title="A letter",
        at=NOON,
        reason="privacy",
        authority="Court order 7",
        **told,  # type: ignore[arg-type]
    )


def traces(cat: Catalog, *words: str) -> set[str]:
    """The tables that hold one of the words anywhere, those of the search index too."""
    found = set()
    with cat.reading() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        for name in names:
            for row in connection.execute(text(f'SELECT * FROM "{name}"')):
                if any(word in str(value) for value in row for word in words):
                    found.add(name)
    return found


def bring(cat: Catalog, entry: ItemEntry) -> None:
    items.reserve(cat, entry.item.source_key, images=[])
    items.save(cat, entry, [Deed(kind="ingestion", agent="k", at=NOON, item=entry.item.id)])
    key = entry.files[0].key
    read = {"store": "s3", "key": key, "outcome": FixityOutcome.ALTERED, "expected": "5", "found": "6", "size": 1}
    check = Deed(kind="fixity check", agent="k", at=NOON, store="s3")
    audits.record(cat, [Read(**read, at=NOON, agent="k")], check)  # type: ignore[arg-type]
    case = Case(
        id="c1",
        kind=CaseKind.ALTERED,
        state=CaseState.OPEN,
        store="s3",
        key=key,
        item=entry.item.id,
        file="masters/1",
        opened=NOON,
        changed=NOON,
    )
    cases.open_or_reopen(cat, case, "k")


def test_of_a_purged_item_only_the_stone_stays(cat: Catalog, make_entry: MakeEntry, make_text: MakeText) -> None:
    entry, kept = make_entry(make_text("zebra")), make_entry(make_text("zebra"), source_key="kept", title="Kept")
    bring(cat, entry)
    items.save(cat, kept)
    item, page = entry.item.id, entry.item.pages[0]
    deed = Deed(kind="deletion", agent="m", at=NOON, item=item, facts={"item": item})
    for _ in range(2):
        tombstones.bury(cat, stone_of(item, asked=True), [deed])
    assert traces(cat, item, page.id, "A title") == STAYS
    assert tombstones.get(cat, item) == stone_of(item)
    assert [one.deed.kind for one in chain.of_item(cat, item)][-2:] == ["metadata modification", "deletion"]
    case = cases.get(cat, "c1")
    assert case is not None
    assert (case.state, [deed.deed for deed in cases.timeline(cat, "c1")]) == (CaseState.CLOSED, ["opened", "closed"])
    assert (items.get(cat, item), items.image(cat, page.image_id)) == (None, None)
    assert (list(copies.lacking(cat, ["new"])), len(list(items.all_copies(cat)))) == ([(kept.item.id, "new")], 2)
    assert [hits.card.id for hits in search(cat, Question(text="zebra", public_only=False)).hits] == [kept.item.id]
    assert items.reserve(cat, "batch/one", images=[]).item_id == item
    assert items.held(cat, "batch/one") is None


def test_no_word_of_a_purged_item_is_left_on_the_disk(
    cat: Catalog, place: Path, make_entry: MakeEntry, make_text: MakeText
) -> None:
    words = [f"geheim{number:04}" for number in range(300)]
    entry = make_entry(make_text(*words), title="Quecksilber")
    for number in range(20):
        items.save(
            cat, make_entry(make_text(*(f"offen{number}x{word}" for word in range(300))), source_key=f"{number}")
        )
    items.save(cat, entry)
    raw = [*words, *(word.upper() for word in words), "Quecksilber", "quecksilber", entry.item.pages[0].id]
    assert any(word.encode() in on_disk(place) for word in raw)
    tombstones.bury(cat, stone_of(entry.item.id))
    assert [word for word in raw if word.encode() in on_disk(place)] == []
    assert search(cat, Question(text="geheim0007", public_only=False)).hits == ()
    assert search(cat, Question(text="offen7x0007", public_only=False)).items_found == 0
    assert search(cat, Question(text="offen7x7", public_only=False)).items_found == 1
    with cat.writing() as connection:
        connection.execute(text("INSERT INTO page_index(page_index) VALUES ('integrity-check')"))


def on_disk(place: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(place.parent.glob(f"{place.name}*")))


def test_nothing_brings_a_purged_item_back(cat: Catalog, make_entry: MakeEntry) -> None:
    entry = make_entry(None)
    items.save(cat, entry)
    tombstones.bury(cat, stone_of(entry.item.id))
    end = chain.head(cat)
    with pytest.raises(NotFoundError, match="was purged and stays so"):
        items.save(cat, entry, [Deed(kind="ingestion", agent="k", at=NOON)])
    with pytest.raises(NotFoundError, match="no item"):
        items.set_access(cat, entry.item.id, entry.item.access, 2, entry.files)
    assert (items.count(cat, public_only=False), list(items.all_copies(cat)), chain.head(cat)) == (0, [], end)


def test_a_wish_to_purge_is_no_purge(cat: Catalog, make_entry: MakeEntry) -> None:
    entry = make_entry(None)
    items.save(cat, entry)
    item = entry.item.id
    asked = stone_of(item, agents=("k",), owed=(), asked=True)
    deed = Deed(kind="metadata modification", agent="k", at=NOON, item=item)
    [event] = tombstones.put(cat, asked, [deed])
    assert (tombstones.get(cat, item), tombstones.is_purged(cat, item)) == (asked, False)
    assert chain.of_item(cat, item) == (event,)
    items.save(cat, entry)
    tombstones.drop(cat, item)
    tombstones.drop(cat, item)
    assert (tombstones.get(cat, item), tombstones.listing(cat)) == (None, ())
    assert items.get(cat, item) is not None


def test_what_is_owed_is_settled_and_a_stone_stands(cat: Catalog) -> None:
    later = replace(stone_of("b"), at=NOON + timedelta(hours=1))
    for stone in (stone_of("a"), later):
        tombstones.put(cat, stone)
    tombstones.settle(cat, "a", ())
    tombstones.drop(cat, "a")
    assert tombstones.listing(cat) == (later, stone_of("a", owed=()))
    assert (tombstones.is_purged(cat, "a"), tombstones.is_purged(cat, "x")) == (True, False)
    with pytest.raises(NotFoundError, match='"x" was never purged'):
        tombstones.settle(cat, "x", ())
