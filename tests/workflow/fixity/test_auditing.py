"""Audits of real folder stores: every kind of damage is found under its name, and nothing else is."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from catalog import audits, cases, chain, outbox
from catalog.fixity_values import CaseKind, CaseState, RunState
from core.errors import ConfigurationError
from storage.canaries import canaries
from storage.root import store_id
from workflow import auditing, casework, chain_checking
from workflow.audit_lease import leased
from workflow.audit_report import AuditReport
from workflow.workshop import Workshop

A, B = "aaaaaaaaaaaa", "bbbbbbbbbbbb"


def quiet(_: str) -> None:
    """Nobody listens."""


def audit(shop: Workshop, *, everything: bool = True) -> AuditReport:
    return auditing.audit(shop, everything=everything, tell=quiet)


def found(report: AuditReport) -> list[tuple[str, str, str, str]]:
    """Store, item, file and outcome of each alert."""
    return sorted((one["store"], one["item"], one["file"], one["outcome"]) for one in report.alerts)


def overwrite(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    overwrite(path, bytes(data))


def forge(root: Path, name: str, data: bytes) -> None:
    """Changes a file with everything in its object that vouches for it."""
    old = hashlib.sha512((root / name).read_bytes()).hexdigest()
    overwrite(root / name, data)
    new = hashlib.sha512(data).hexdigest()
    for inventory in sorted(root.rglob("inventory.json")):
        written = inventory.read_text().replace(old, new).encode()
        overwrite(inventory, written)
        overwrite(
            inventory.with_name("inventory.json.sha512"),
            f"{hashlib.sha512(written).hexdigest()} inventory.json\n".encode(),
        )


def test_good_stores_raise_no_alarm(holdings: Any) -> None:
    report = audit(holdings.shop)
    assert (found(report), report.unexpected, report.void, report.exit_code) == ([], [], False, 0)
    assert report.outcomes == {"intact": report.read, "altered": 0, "missing": 0, "unreadable": 0}
    assert report.read == sum(1 for store in holdings.stores for _ in audits.due(holdings.shop.catalog, store.name))
    assert report.chain["ok"]
    assert report.chain["edited"] == []


Damage = Callable[[Any], None]


def flipped(held: Any) -> None:
    flip(held.path("one", "masters/0002.tif"))


def truncated(held: Any) -> None:
    path = held.path("one", "masters/0002.tif")
    overwrite(path, path.read_bytes()[:-100])


def deleted(held: Any) -> None:
    held.path("one", "masters/0002.tif").unlink()


def swapped(held: Any) -> None:
    one, two = held.path("one", "masters/0001.tif", A), held.path("one", "masters/0002.tif")
    first, second = one.read_bytes(), two.read_bytes()
    overwrite(one, second)
    overwrite(two, first)


def stale_sidecar(held: Any) -> None:
    sidecar = held.path("one", "=inventory.json.sha512", B)
    overwrite(sidecar, (sidecar.parent / "v1" / sidecar.name).read_bytes())


def forged(held: Any) -> None:
    page = held.path("one", "masters/0002.tif")
    root = page.parents[3]
    forge(root, page.relative_to(root).as_posix(), b"page two " * 899 + b"page TWO ")


def undone_version(held: Any) -> None:
    root = held.path("one", "=inventory.json", B).parent
    for name in ("inventory.json", "inventory.json.sha512"):
        overwrite(root / name, (root / "v1" / name).read_bytes())


def both_copies(held: Any) -> None:
    for store in ("one", "two"):
        flip(held.path(store, "masters/0002.tif"))


PAGE = ("one", A, "masters/0002.tif")


@pytest.mark.parametrize(
    ("damage", "expected", "hint"),
    [
        (flipped, [(*PAGE, "altered")], "bits or blocks of it have changed"),
        (truncated, [(*PAGE, "altered")], "It is cut off: 100 of 8,100 bytes are missing"),
        (deleted, [(*PAGE, "missing")], ""),
        (swapped, [("one", A, "masters/0001.tif", "altered"), (*PAGE, "altered")], "were swapped"),
        (stale_sidecar, [("one", B, "inventory.json.sha512", "altered")], "The sidecar is stale"),
        (
            forged,
            [
                ("one", A, "inventory.json", "altered"),
                ("one", A, "inventory.json.sha512", "altered"),
                (*PAGE, "altered"),
                ("one", A, "v1/inventory.json", "altered"),
                ("one", A, "v1/inventory.json.sha512", "altered"),
            ],
            "file and inventory were changed together",
        ),
        (
            undone_version,
            [("one", B, "inventory.json", "altered"), ("one", B, "inventory.json.sha512", "altered")],
            "a later version was undone",
        ),
        (both_copies, [(*PAGE, "altered"), ("two", A, "masters/0002.tif", "altered")], "have changed"),
    ],
)
def test_damage_is_found_under_its_name(
    holdings: Any, damage: Damage, expected: list[tuple[str, ...]], hint: str
) -> None:
    damage(holdings)
    report = audit(holdings.shop)
    assert (found(report), report.unexpected, report.exit_code) == (expected, [], 1), [c.hint for c in report.cases]
    assert any(hint in case.hint for case in report.cases)
    assert report.chain["ok"]


def test_a_file_that_nobody_wrote_is_unexpected(holdings: Any) -> None:
    root = holdings.path("two", "=inventory.json", A).parent
    (root / "v1" / "content" / "ghost.tif").write_bytes(b"boo")
    (holdings.folder / "two" / "ocfl" / "ghost.txt").write_text("boo")
    report = audit(holdings.shop)
    keys = [f"{root.relative_to(holdings.folder / 'two').as_posix()}/v1/content/ghost.tif", "ocfl/ghost.txt"]
    assert sorted(report.unexpected) == sorted(f"two: {key}" for key in keys)
    assert found(report) == sorted([("two", A, keys[0], "unexpected"), ("two", "", keys[1], "unexpected")])
    assert report.exit_code == 1


def test_a_strange_name_that_is_no_text_is_told_all_the_same(holdings: Any) -> None:
    ghost = os.fsencode(holdings.folder / "two" / "ocfl") + b"/caf\xe9.txt"
    Path(os.fsdecode(ghost)).write_text("boo")
    report = audit(holdings.shop)
    assert report.unexpected == ["two: ocfl/caf\\xe9.txt"]
    assert found(audit(holdings.shop)) == found(report)


def test_what_is_being_written_just_now_is_not_unexpected(holdings: Any) -> None:
    root = holdings.path("one", "=inventory.json", B).parent
    (root / "v3" / "content").mkdir(parents=True)
    (root / "v3" / "content" / "new.tif").write_bytes(b"half of it")
    holdings.shop.home.intents.mkdir(parents=True)
    (holdings.shop.home.intents / B).write_text("one")
    assert found(audit(holdings.shop)) == []
    (holdings.shop.home.intents / B).unlink()
    assert [one[3] for one in found(audit(holdings.shop))] == ["unexpected"]


def test_an_edited_log_is_a_case_of_the_chain(holdings: Any) -> None:
    with holdings.shop.catalog.writing() as connection:
        for name in ("chain_no_update", "chain_no_delete", "chain_no_replace"):
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(
            text("UPDATE chain SET body = replace(body, 'masters/0002', 'masters/0009') WHERE number = 3")
        )
    report = audit(holdings.shop)
    assert ("", "", "", "chain") in found(report)
    assert "Event 3 was changed after it was written" in " ".join(case.hint for case in report.cases)
    assert (report.chain["ok"], report.exit_code) == (False, 1)


def test_a_record_edited_together_with_its_file_is_found_by_the_chain(holdings: Any) -> None:
    page = holdings.path("one", "masters/0002.tif")
    overwrite(page, b"page TWO " * 900)
    new = hashlib.sha512(b"page TWO " * 900).hexdigest()
    with holdings.shop.catalog.writing() as connection:
        connection.execute(
            text("UPDATE copies SET sha512 = :new, event = NULL WHERE logical = 'masters/0002.tif' AND store = 'one'"),
            {"new": new},
        )
    assert found(audit(holdings.shop)) == [("", "", "", "chain")]


def test_a_record_taken_out_with_its_file_is_found_by_the_chain(holdings: Any) -> None:
    with holdings.shop.catalog.writing() as connection:
        connection.execute(text("DELETE FROM copies WHERE logical = 'masters/0002.tif' AND store = 'one'"))
    holdings.path("two", "masters/0002.tif")
    root = holdings.path("one", "=inventory.json", A).parent
    [page] = (root / "v1" / "content" / "masters").glob("0002*")
    page.unlink()
    report = audit(holdings.shop)
    assert found(report) == [("", "", "", "chain")]
    assert "list lacks" in report.cases[0].hint


def test_a_log_made_anew_is_found_by_its_anchor(holdings: Any) -> None:
    audit(holdings.shop)
    anchors = holdings.shop.home.folder / "anchors"
    kept = anchors.read_text().split()[-1]
    assert kept == audits.latest(holdings.shop.catalog)[0].head
    assert chain_checking.verify_chain(holdings.shop, head_given=kept).ok
    number, _, digest = kept.partition(":")
    other = f"{number}:{'0' * len(digest)}"
    assert not chain_checking.verify_chain(holdings.shop, head_given=other).ok
    with pytest.raises(ConfigurationError, match="is no head of the log"):
        chain_checking.verify_chain(holdings.shop, head_given="nonsense")


def test_an_emptied_store_is_one_alarm(holdings: Any) -> None:
    shutil.rmtree(holdings.folder / "two")
    (holdings.folder / "two").mkdir()
    report = audit(holdings.shop)
    assert found(report) == [("two", "", "", "store-swapped")]
    assert (report.stores["two"].read, report.unexpected, report.exit_code) == (0, [], 1)


def test_a_store_that_is_away_is_one_alarm_and_over_when_it_is_back(holdings: Any) -> None:
    away = (holdings.folder / "two").rename(holdings.folder / "elsewhere")
    report = audit(holdings.shop)
    assert found(report) == [("two", "", "", "store-away")]
    assert report.stores["one"].read > 0
    away.rename(holdings.folder / "two")
    after = audit(holdings.shop)
    assert (found(after), after.exit_code) == ([], 0)


def test_a_case_closes_itself_only_after_a_repair(holdings: Any) -> None:
    path = holdings.path("one", "masters/0002.tif")
    good = path.read_bytes()
    flip(path)
    [case] = audit(holdings.shop).cases
    overwrite(path, good)
    mended = audit(holdings.shop)
    assert [(one.state, one.last_good) for one in mended.cases] == [(CaseState.OPEN, True)]
    assert mended.exit_code == 0
    casework.decide(holdings.shop, case.id, "closed", agent="steward", note="the disk was exchanged")
    flip(path)
    [again] = audit(holdings.shop).cases
    assert (again.id, again.state, again.recurrences) == (case.id, CaseState.OPEN, 1)
    with pytest.raises(ConfigurationError, match="last full read"):
        casework.decide(holdings.shop, case.id, "closed", agent="steward")


def test_many_cases_of_one_store_are_one_group(holdings: Any) -> None:
    holdings.take_in("cccccccccccc", {f"masters/{number:04d}.tif": b"%d" % number * 50 for number in range(25)})
    for number in range(25):
        flip(holdings.path("one", f"masters/{number:04d}.tif", "cccccccccccc"))
    report = audit(holdings.shop)
    assert {case.group for case in report.cases} == {report.run}
    assert len(report.cases) == 25
    [letter] = outbox.undelivered(holdings.shop.catalog)
    assert "25 cases of one audit" in letter.body


def test_known_damage_is_told_again_and_opens_no_second_case(holdings: Any) -> None:
    flip(holdings.path("one", "masters/0002.tif"))
    first = audit(holdings.shop)
    second = audit(holdings.shop, everything=False)
    assert ([case.id for case in second.cases], second.exit_code) == ([case.id for case in first.cases], 1)
    assert (first.opened, second.opened) == (1, 0)


def test_a_quiet_audit_sends_nothing(holdings: Any) -> None:
    audit(holdings.shop)
    assert outbox.undelivered(holdings.shop.catalog) == ()


def test_a_canary_that_passes_voids_the_run_and_what_it_read(holdings: Any) -> None:
    store = holdings.stores[1]
    bad = canaries(store_id(store) or "")[-1]
    data = bytearray((holdings.folder / "two" / bad.file.key).read_bytes())
    data[-1] ^= 1  # now it is what is recorded of it
    overwrite(holdings.folder / "two" / bad.file.key, bytes(data))
    report = audit(holdings.shop)
    assert (report.void, report.exit_code, report.read) == (True, 2, 0)
    assert found(report) == [("two", "", "", "canary")]
    [run] = audits.latest(holdings.shop.catalog)
    assert run.state is RunState.VOID
    assert audits.last_finished(holdings.shop.catalog) is None
    assert {row.audited for row in audits.due(holdings.shop.catalog, "one")} == {None}
    [letter] = outbox.undelivered(holdings.shop.catalog)
    assert letter.body.startswith("You must act: the audit is void")


def test_a_good_canary_that_is_damaged_itself_is_a_case_and_no_void_run(holdings: Any) -> None:
    flip(holdings.folder / "one" / "canaries" / "good-2")
    report = audit(holdings.shop)
    assert (report.void, found(report)) == (False, [("one", "", "", "canary")])
    assert report.read > 0


def test_a_second_audit_at_the_same_time_is_refused(holdings: Any) -> None:
    with leased(holdings.shop.home) as free:
        assert free
        with pytest.raises(ConfigurationError, match="An audit runs already"):
            audit(holdings.shop)


def test_an_interrupted_audit_keeps_what_it_read(holdings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(auditing, "reconcile", cut)
    with pytest.raises(KeyboardInterrupt):
        audit(holdings.shop)
    monkeypatch.undo()
    assert [run.state for run in audits.latest(holdings.shop.catalog)] == [RunState.BROKEN]
    assert all(row.audited for row in audits.due(holdings.shop.catalog, "one"))
    assert not any(row.audited for row in audits.due(holdings.shop.catalog, "two"))


def test_a_run_left_by_a_killed_auditor_is_broken_by_the_next(holdings: Any) -> None:
    audits.begin(holdings.shop.catalog, "nightly", datetime.now(UTC) - timedelta(hours=1))
    audit(holdings.shop)
    assert [run.state for run in audits.latest(holdings.shop.catalog)] == [RunState.DONE, RunState.BROKEN]


def test_a_budget_reads_the_longest_unread_first_and_says_what_is_late(tmp_path: Path, holdings: Any) -> None:
    shop = holdings.shop
    audit(shop)
    old = datetime.now(UTC) - timedelta(days=40)
    with shop.catalog.writing() as connection:
        connection.execute(
            text("UPDATE copies SET audited = :old WHERE logical = 'masters/0002.tif'"), {"old": old.isoformat()}
        )
    narrow = Workshop(
        shop.settings.model_copy(
            update={"stores": f"one=file:{tmp_path}/one?daily=1B;two=file:{tmp_path}/two?daily=1B"}
        )
    )
    report = audit(narrow, everything=False)
    assert report.read == 2
    assert not [row for row in audits.due(shop.catalog, "one") if row.audited and row.audited <= old]
    narrow.close()


def test_a_file_that_became_a_folder_is_unreadable_while_the_store_is_there(holdings: Any) -> None:
    path = holdings.path("one", "masters/0002.tif")
    path.unlink()
    path.mkdir()
    report = audit(holdings.shop)
    assert found(report) == [(*PAGE, "unreadable")]
    assert report.stores["one"].state == "ok"


def test_the_chain_tells_each_portion_and_each_case(holdings: Any) -> None:
    flip(holdings.path("one", "masters/0002.tif"))
    before = chain.head(holdings.shop.catalog)
    assert before is not None
    report = audit(holdings.shop)
    told = list(chain.events(holdings.shop.catalog, before.number))
    assert [event.deed.kind for event in told] == ["fixity check", "metadata modification", "fixity check"]
    first = told[0].deed
    bad = [one for one in first.facts["reads"] if one[1] != "intact"]
    [case] = cases.not_closed(holdings.shop.catalog)
    assert bad == [[case.key, "altered", case.expected, case.found, case.found_size]]
    assert (first.outcome, first.store, first.facts["run"]) == ("fail", "one", report.run)
    assert case.kind is CaseKind.ALTERED


def test_the_report_is_what_the_contract_says(holdings: Any) -> None:
    flip(holdings.path("one", "masters/0002.tif"))
    document = json.loads(json.dumps(audit(holdings.shop).as_json()))
    assert document.keys() >= {"read", "bytes", "outcomes", "unexpected", "void", "alerts", "chain", "stores"}
    [alert] = document["alerts"]
    assert alert.keys() >= {"alert", "item", "file", "store", "outcome", "state", "key", "kind", "hint"}
