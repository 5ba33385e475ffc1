"""The chain grows, links, is read back, and nobody edits it."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from catalog import chain, copies, items
from catalog.database import Catalog, open_catalog
from catalog.values import ItemEntry
from core.errors import CatalogError
from core.events import GENESIS, Deed, Event, line, seal
from core.fixity import StoredFile

MakeEntry = Callable[..., ItemEntry]

AT = datetime(2026, 11, 21, 12, 0, 0, 5, tzinfo=UTC)


def deeds(*names: str, item: str = "") -> list[Deed]:
    return [Deed(kind="ingestion", agent="k", at=AT, item=item, detail=name) for name in names]


def sealed(told: list[Deed]) -> tuple[Event, ...]:
    events: list[Event] = []
    for number, deed in enumerate(told, 1):
        events.append(seal(deed, number=number, previous=events[-1].digest if events else GENESIS))
    return tuple(events)


def test_every_event_names_the_one_before(cat: Catalog) -> None:
    assert chain.head(cat) is None
    assert chain.append(cat, []) == ()
    told = [*deeds("a", "b", item="x"), *deeds("c", item="y"), *deeds("d", item="x")]
    expected = sealed(told)
    assert (chain.append(cat, told[:2]), chain.append(cat, told[2:])) == (expected[:2], expected[2:])
    assert tuple(chain.events(cat)) == expected
    assert chain.of_item(cat, "x") == (*expected[:2], expected[3])
    assert (chain.get(cat, 3), chain.get(cat, 5)) == (expected[2], None)
    assert chain.head(cat) == expected[-1]
    assert chain.facts_of(cat, [4, 2, 2, 9]) == {2: expected[1], 4: expected[3]}


def test_events_come_in_portions_and_each_once(cat: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "MANY", 2)
    expected = chain.append(cat, deeds(*"abcde"))
    assert tuple(chain.events(cat)) == expected
    assert tuple(chain.events(cat, after=1, most=3)) == expected[1:4]
    assert tuple(chain.events(cat, after=3, most=9)) == expected[3:]
    assert (tuple(chain.events(cat, most=0)), tuple(chain.events(cat, after=5))) == ((), ())
    assert chain.facts_of(cat, range(1, 6)) == {event.number: event for event in expected}


def test_a_deed_that_cannot_be_sealed_leaves_no_trace(cat: Catalog) -> None:
    with pytest.raises(ValueError, match="zone"):
        chain.append(cat, [*deeds("a"), replace(deeds("b")[0], at=AT.replace(tzinfo=None))])
    assert chain.head(cat) is None


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE chain SET agent = 'm' WHERE number = 1",
        "DELETE FROM chain WHERE number = 2",
        "INSERT OR REPLACE INTO chain SELECT 1, digest, previous, kind, item_id, store, agent, outcome, at, body"
        " FROM chain WHERE number = 2",
    ],
)
def test_the_catalogue_refuses_to_edit_an_event(cat: Catalog, edit: str) -> None:
    expected = chain.append(cat, deeds("a", "b"))
    with pytest.raises(CatalogError, match="an event of the chain is never changed"), cat.writing() as connection:
        connection.execute(text(edit))
    assert tuple(chain.events(cat)) == expected


def test_the_chain_goes_on_behind_a_line_that_somebody_damaged(cat: Catalog) -> None:
    chain.append(cat, deeds("a", "b"))
    with cat.writing() as connection:
        connection.execute(text("DROP TRIGGER chain_no_update"))
        connection.execute(text("UPDATE chain SET body = 'gone' WHERE number = 2"))
    [third] = chain.append(cat, deeds("c"))
    assert third == sealed(deeds("a", "b", "c"))[2]
    with pytest.raises(ValueError, match="damaged"):
        list(chain.events(cat))


def test_a_log_is_taken_in_where_ours_ends(cat: Catalog) -> None:
    log = sealed(deeds(*"abcd"))
    assert chain.import_events(cat, log[:2]) == 2
    assert (chain.import_events(cat, log), chain.import_events(cat, log)) == (2, 0)
    assert tuple(chain.events(cat)) == log
    assert chain.append(cat, deeds("e")) == sealed(deeds(*"abcde"))[4:]


@pytest.mark.parametrize("wrong", ["gap", "link", "edited", "other"])
def test_a_log_that_does_not_link_is_refused_whole(cat: Catalog, wrong: str) -> None:
    ours, log = chain.append(cat, deeds("a")), list(sealed(deeds(*"abcd")))
    if wrong == "gap":
        del log[2]
    elif wrong == "link":
        log[2] = seal(log[2].deed, number=3, previous="f" * 64)
    elif wrong == "edited":
        log[3] = replace(log[3], deed=replace(log[3].deed, agent="m"))
    else:
        log = list(sealed(deeds("x", "b")))
    with pytest.raises(ValueError, match="compare the stores"):
        chain.import_events(cat, log)
    assert tuple(chain.events(cat)) == ours


def test_peoples_words_lie_beside_the_chain(cat: Catalog) -> None:
    digest = hashlib.sha256("Käse".encode()).hexdigest()
    assert (chain.note(cat, "Käse"), chain.note(cat, "Käse"), chain.note(cat, "")) == (digest, digest, "")
    other = chain.note(cat, "b")
    assert chain.notes(cat) == tuple(sorted([(digest, "Käse"), (other, "b")]))


def rows(*files: StoredFile) -> list[list[object]]:
    return [[file.logical, file.key, file.size, file.sha512, file.sha256] for file in files]


def inventory(digest: str, logical: str = "=inventory.json") -> StoredFile:
    return StoredFile(logical=logical, key=f"obj/{logical.removeprefix('=')}", size=5, sha512=digest, sha256="2")


def test_a_copy_names_the_event_that_says_what_it_must_be(cat: Catalog, make_entry: MakeEntry) -> None:
    entry = replace(make_entry(None, None), bookkeeping=(inventory("v1"), inventory("v1", "=v1/inventory.json")))
    everything = (*entry.files, *entry.bookkeeping)
    facts = {"version": 1, "inventory": "v1", "stores": ["s3", "copy"], "files": rows(*everything)}
    came = replace(deeds("came", item=entry.item.id)[0], facts=facts)
    assert items.save(cat, entry, [*deeds("before"), came]) == sealed([*deeds("before"), came])
    assert items.files(cat, entry.item.id) == entry.files
    assert {(copy.store, copy.file, copy.event) for copy in items.all_copies(cat)} == {
        (store, file, 2) for store in ("s3", "copy") for file in everything
    }


def test_a_new_version_replaces_the_root_inventory_where_it_was_written(cat: Catalog, make_entry: MakeEntry) -> None:
    first = (inventory("v1"), inventory("s1", "=inventory.json.sha512"), inventory("v1", "=v1/inventory.json"))
    entry = replace(make_entry(None, stores=("s3", "lost")), bookkeeping=first)
    facts = {"stores": ["s3", "lost"], "files": rows(*entry.files, *first)}
    items.save(cat, entry, [replace(deeds("v1")[0], facts=facts)])
    with cat.writing() as connection:
        connection.execute(text("UPDATE copies SET audited = last_read, outcome = 'altered'"))
    second = (inventory("v2"), inventory("s2", "=inventory.json.sha512"), inventory("v2", "=v2/inventory.json"))
    told = replace(deeds("v2")[0], facts={"stores": ["s3"], "files": rows(*second)})
    access, later = entry.item.access, (*second, first[2])
    for stores in (("s3",), ("s3", "new")):
        joins = [replace(told, facts={**told.facts, "stores": list(stores)})]
        items.set_access(cat, entry.item.id, access, 2, entry.files, stores=stores, bookkeeping=later, deeds=joins)
    audited = entry.at
    assert {(copy.store, copy.file, copy.event, copy.audited, str(copy.outcome)) for copy in items.all_copies(cat)} == {
        *(("lost", file, 1, audited, "altered") for file in (*entry.files, *first)),
        *(("s3", file, 3, None, "intact") for file in second),
        *(("s3", file, 1, audited, "altered") for file in (*entry.files, first[2])),
        *(("new", file, 3, None, "intact") for file in second),
        *(("new", file, 1, None, "intact") for file in (*entry.files, first[2])),
    }


def test_a_copy_keeps_its_event_though_another_store_was_told_of_later(cat: Catalog, make_entry: MakeEntry) -> None:
    entry = make_entry(None, None, stores=("one",))
    came = replace(deeds("came")[0], facts={"stores": ["one"], "files": rows(*entry.files)})
    items.save(cat, entry, [came])
    spread = replace(deeds("spread")[0], store="two", facts={"files": rows(*entry.files)})
    copies.add(cat, "two", entry.files, item=entry.item.id, at=AT, deeds=[spread])
    items.save(cat, replace(entry, stores=("one", "two")))
    assert [(copy.store, copy.event) for copy in items.all_copies(cat)] == [("one", 1)] * 2 + [("two", 2)] * 2


def test_what_was_not_saved_was_not_told(cat: Catalog, make_entry: MakeEntry) -> None:
    entry = make_entry(None)
    naive = replace(entry, at=entry.at.replace(tzinfo=None))
    with pytest.raises(CatalogError, match="no zone"):
        items.save(cat, naive, deeds("came", item=entry.item.id))
    assert (chain.head(cat), items.get(cat, entry.item.id)) == (None, None)


def test_a_removed_sample_stays_in_the_chain(cat: Catalog, make_entry: MakeEntry) -> None:
    entry = make_entry(None)
    items.save(cat, entry, deeds("came", item=entry.item.id))
    items.remove(cat, entry.item.id, deeds("went", item=entry.item.id))
    assert [event.deed.detail for event in chain.of_item(cat, entry.item.id)] == ["came", "went"]
    assert (items.get(cat, entry.item.id), list(items.all_copies(cat))) == (None, [])


def test_an_event_is_kept_as_its_line(cat: Catalog, place: object) -> None:
    [event] = chain.append(cat, deeds("ä"))
    again = open_catalog(f"sqlite:///{place}")
    with again.reading() as connection:
        found = connection.execute(text("SELECT number, digest, previous, body FROM chain")).all()
    again.close()
    assert [tuple(row) for row in found] == [(1, event.digest, GENESIS, line(event))]
