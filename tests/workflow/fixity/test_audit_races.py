"""Audits beside everyday work, killed auditors, wrong clocks and old holdings: no false alarm, and none lost."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from catalog import audits, cases, chain, copies, outbox, rebuilding, runs, tombstones
from catalog.fixity_values import CaseKind, CaseState, Run, RunState, Tombstone
from core.events import Deed
from storage.layout import object_id
from storage.ocfl import NewVersion, commit, read_inventory
from storage.replicate import replicate
from tests.workflow.fixity.test_auditing import A, B, audit, flip, found, overwrite, quiet
from workflow import audit_flow, audit_reading, audit_work, auditing, casework, deeds
from workflow.canaries import VoidRunError

C = "cccccccccccc"


def half_copied(held: Any, data: bytes = b"page") -> None:
    """An item that store "one" holds and the catalogue knows, and that lies in "two" and is told of by nobody yet."""
    first, second = held.stores
    files = (held._file("masters/0001.tif", data),)
    version = NewVersion(
        object_id=object_id(C), files=files, message="Ingest", agent="a1", created=datetime.now(UTC), expected_head=0
    )
    commit(first, version)
    replicate(first, second, version.object_id)
    inventory = read_inventory(first, version.object_id)
    assert inventory is not None
    came = deeds.come_with(first, inventory, since=1)
    facts = {"version": 1, "inventory": inventory.sha512, "stores": [first.name], "files": deeds.rows(came)}
    told = Deed(kind="ingestion", agent="a1", at=datetime.now(UTC), item=C, facts=facts)
    copies.add(held.shop.catalog, first.name, came, item=C, at=told.at, deeds=(told,))


def test_a_copy_on_its_way_to_another_store_is_not_unexpected(holdings: Any) -> None:
    half_copied(holdings)
    report = audit(holdings.shop)
    assert (found(report), report.unexpected) == ([], [])


def test_a_copy_that_nobody_told_of_is_unexpected_where_its_bytes_are_not_the_recorded_ones(holdings: Any) -> None:
    half_copied(holdings)
    [key] = [
        row.file.key
        for row in copies.all_copies(holdings.shop.catalog)
        if row.item_id == C and row.file.logical == "masters/0001.tif"
    ]
    flip(holdings.folder / "two" / key)
    assert audit(holdings.shop).unexpected == [f"two: {key}"]


def test_what_a_purge_still_owes_is_not_unexpected(holdings: Any) -> None:
    stone = Tombstone(
        item=A,
        title="A",
        at=datetime.now(UTC) - timedelta(hours=2),
        reason="rights",
        authority="x",
        agents=("a", "b"),
        owed=("one", "two"),
    )
    gone = Deed(
        kind="deletion", agent="b", at=stone.at, item=A, facts={"item": A, "files": [], "stores": ["one", "two"]}
    )
    tombstones.bury(holdings.shop.catalog, stone, deeds=[gone])
    report = audit(holdings.shop)
    assert (found(report), report.unexpected) == ([], [])
    tombstones.settle(holdings.shop.catalog, A, ["one"])
    assert {one.split(":")[0] for one in audit(holdings.shop).unexpected} == {"two"}


def test_a_void_run_closes_no_case(holdings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = holdings.path("one", "masters/0002.tif")
    good = path.read_bytes()
    flip(path)
    [case] = audit(holdings.shop).cases
    overwrite(path, good)
    cases.decide(holdings.shop.catalog, case.id, "repaired", "steward", state=CaseState.REPAIRED)
    monkeypatch.setattr(auditing, "reconcile", lambda reading: (_ for _ in ()).throw(VoidRunError("one", "Blind.")))
    report = audit(holdings.shop)
    assert report.void
    now = cases.get(holdings.shop.catalog, case.id)
    assert now
    assert (now.state, now.last_good) == (CaseState.REPAIRED, False)
    told = [event.deed.facts for event in chain.events(holdings.shop.catalog) if event.deed.facts.get("void")]
    assert told == [{"run": report.run, "void": True}]


def test_a_log_that_was_not_read_again_is_no_good_log(holdings: Any) -> None:
    audit(holdings.shop)
    [segment] = sorted((holdings.folder / "two" / "events").glob("*.jsonl"))[:1]
    overwrite(segment, segment.read_bytes().replace(b"ingestion", b"ingestiom"))
    [case] = audit(holdings.shop).cases
    assert (case.kind, case.store) == (CaseKind.CHAIN, "two")
    (holdings.folder / "two").rename(holdings.folder / "elsewhere")
    audit(holdings.shop)
    now = cases.get(holdings.shop.catalog, case.id)
    assert now
    assert not now.last_good


@pytest.mark.parametrize("number", [2, 3, 0])
def test_a_line_of_the_log_that_is_no_event_any_more_is_a_case(holdings: Any, number: int) -> None:
    with holdings.shop.catalog.writing() as connection:
        for name in ("chain_no_update", "chain_no_delete", "chain_no_replace"):
            connection.execute(text(f"DROP TRIGGER {name}"))
        which = number or connection.execute(text("SELECT max(number) FROM chain")).scalar()
        connection.execute(text(f"UPDATE chain SET body = 'x' || body WHERE number = {which}"))
    report = audit(holdings.shop)
    assert ("", "", "", "chain") in found(report)
    assert [run.state for run in audits.latest(holdings.shop.catalog)] == [RunState.DONE]
    [letter] = outbox.undelivered(holdings.shop.catalog)
    assert letter.body.startswith("You must act")


def test_a_clock_that_was_ahead_stops_no_later_night(holdings: Any) -> None:
    now = datetime.now(UTC)
    ahead = now + timedelta(days=300)
    run = Run(id="r1", kind="nightly", state=RunState.DONE, started=ahead, finished=ahead)
    runs.finish(holdings.shop.catalog, run)
    assert not audit_flow.made_good(holdings.shop.catalog, now)


def test_a_clock_set_back_in_the_midst_lets_nothing_be_read_twice(
    holdings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit(holdings.shop)
    with holdings.shop.catalog.writing() as connection:
        connection.execute(
            text("UPDATE copies SET audited = '2020-01-01 00:00:00.000000', last_read = '2020-01-01 00:00:00.000000'")
        )
    count = sum(1 for store in holdings.stores for _ in audits.due(holdings.shop.catalog, store.name))
    monkeypatch.setattr(audit_reading, "FILES", 1)
    monkeypatch.setattr(audits, "MANY", 1)

    moments = [datetime(2021, 1, 1, tzinfo=UTC) + timedelta(seconds=n) for n in range(100000)]

    class Back(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return moments.pop(0) if len(moments) > 99_000 else datetime.now(UTC)

    monkeypatch.setattr(audit_work, "datetime", Back)
    assert audit(holdings.shop).read == count


def test_a_disk_that_is_taken_away_in_the_midst_is_no_void_run(holdings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    read_due = audit_reading.StoreReading.read_due

    def pulled(self: Any) -> None:
        if self.store.name == "two":
            (holdings.folder / "two").rename(holdings.folder / "elsewhere")
            (holdings.folder / "two").mkdir()  # its mount point
        read_due(self)

    monkeypatch.setattr(audit_reading.StoreReading, "read_due", pulled)
    report = audit(holdings.shop)
    assert (found(report), report.void) == ([("two", "", "", "store-away")], False)
    assert report.stores["one"].read > 0


def test_a_message_from_a_wrong_clock_is_sent_all_the_same(holdings: Any) -> None:
    now = datetime.now(UTC)
    outbox.put(holdings.shop.catalog, "s", "b", now + timedelta(days=300))
    assert len(outbox.due(holdings.shop.catalog, now)) == 1


def test_an_auditor_killed_while_it_disowns_leaves_a_void_run(holdings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(auditing, "reconcile", lambda reading: (_ for _ in ()).throw(VoidRunError("one", "Blind.")))
    monkeypatch.setattr(audits, "disown", killed)
    with pytest.raises(KeyboardInterrupt):
        audit(holdings.shop)
    monkeypatch.undo()
    assert any(row.audited for row in audits.due(holdings.shop.catalog, "one"))
    auditing.begin(holdings.shop, kind="demand", agent="a", everything=False, tell=quiet)
    assert not any(row.audited for row in audits.due(holdings.shop.catalog, "one"))


def test_holdings_older_than_the_chain_are_enrolled_and_raise_no_alarm(holdings: Any) -> None:
    cat = holdings.shop.catalog
    with cat.writing() as connection:
        for name in ("chain_no_update", "chain_no_delete", "chain_no_replace"):
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("DELETE FROM chain"))
        connection.execute(text("DELETE FROM copies WHERE logical LIKE '=%'"))
        connection.execute(text("DELETE FROM stores"))
        connection.execute(text("UPDATE copies SET event = NULL, since = NULL"))
    report = audit(holdings.shop)
    assert (found(report), report.unexpected, report.chain["ok"]) == ([], [], True)
    flip(holdings.path("one", "=inventory.json", B))
    assert found(audit(holdings.shop)) == [("one", B, "inventory.json", "altered")]


def test_a_file_of_the_storage_root_that_lost_its_event_is_a_case_of_the_chain(holdings: Any) -> None:
    with holdings.shop.catalog.writing() as connection:
        connection.execute(text("UPDATE copies SET event = NULL WHERE item_id = '' AND key = 'ocfl/0=ocfl_1.1'"))
    report = audit(holdings.shop)
    assert found(report) == [("", "", "", "chain")]
    assert len(report.chain["edited"]) == 2


def test_a_void_run_counts_no_more_after_a_rebuild(holdings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def blind(_: Any) -> None:
        raise VoidRunError("one", "Blind.")

    monkeypatch.setattr(auditing, "reconcile", blind)
    assert audit(holdings.shop).void
    cat = holdings.shop.catalog
    rebuilding.clear(cat)
    rebuilding.replay(cat, chain.events(cat))
    assert [row.audited for row in audits.due(cat, "one") if row.audited] == []


def test_recheck_of_edited_records_is_not_good(holdings: Any) -> None:
    with holdings.shop.catalog.writing() as connection:
        connection.execute(
            text("UPDATE copies SET size = size + 1 WHERE logical = 'masters/0002.tif' AND store = 'one'")
        )
    [case] = audit(holdings.shop).cases
    assert case.kind is CaseKind.CHAIN
    assert not casework.recheck(holdings.shop, case.id, agent="s").last_good


def test_recheck_of_a_log_in_a_store_that_is_away_is_not_good(holdings: Any) -> None:
    audit(holdings.shop)
    [segment] = sorted((holdings.folder / "two" / "events").glob("*.jsonl"))[:1]
    overwrite(segment, segment.read_bytes().replace(b"ingestion", b"ingestiom"))
    [case] = audit(holdings.shop).cases
    (holdings.folder / "two").rename(holdings.folder / "elsewhere")
    assert not casework.recheck(holdings.shop, case.id, agent="s").last_good


def test_recheck_in_a_swapped_store_reads_nothing(holdings: Any) -> None:
    flip(holdings.path("two", "masters/0002.tif"))
    [case] = audit(holdings.shop).cases
    (holdings.folder / "two").rename(holdings.folder / "elsewhere")
    (holdings.folder / "two").mkdir()
    after = casework.recheck(holdings.shop, case.id, agent="s")
    assert after.kind is CaseKind.ALTERED
