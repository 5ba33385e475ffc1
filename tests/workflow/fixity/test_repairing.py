"""Repair on real folder stores: from a good copy that was read in the same act, or not at all."""

from pathlib import Path
from typing import Any

import pytest

from catalog import audits, cases, chain
from catalog.fixity_values import CaseState
from core.errors import ChecksumMismatchError, ConfigurationError, NotFoundError, StorageError
from storage.restore import restore
from workflow import auditing, casework, copy_sides, repairing
from workflow.audit_report import AuditReport
from workflow.expecting import Expectations
from workflow.fixity_doors import FixityDoors

A = "aaaaaaaaaaaa"


def audit(holdings: Any) -> AuditReport:
    return auditing.audit(holdings.shop, everything=True, tell=lambda _: None)


def spoil(path: Path) -> bytes:
    """The bytes that were there; one of them is another one now."""
    good = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    return good


@pytest.fixture
def page(holdings: Any) -> Path:
    path = holdings.path("one", "masters/0002.tif")
    assert isinstance(path, Path)
    return path


def test_a_damaged_copy_is_restored_and_its_case_closes_at_the_next_audit(holdings: Any, page: Path) -> None:
    good = spoil(page)
    bad = page.read_bytes()
    [case] = audit(holdings).cases
    done = repairing.repair(holdings.shop, case.id, "steward")
    assert (done.state, done.done, page.read_bytes()) == (CaseState.REPAIRED, True, good)
    [kept] = (holdings.folder / "one" / "quarantine" / case.id).iterdir()
    assert kept.read_bytes() == bad
    report = audit(holdings)
    assert (report.exit_code, report.alerts) == (0, [])
    told = [deed.deed for deed in cases.timeline(holdings.shop.catalog, case.id)]
    assert told == ["opened", "repaired", "closed"]
    kinds = [event.deed.kind for event in chain.of_item(holdings.shop.catalog, A)]
    check, decision = "fixity check", "metadata modification"
    assert kinds[-8:] == [check, check, "quarantine", "recovery", check, check, decision, decision]


def test_a_missing_copy_is_restored(holdings: Any, page: Path) -> None:
    good = page.read_bytes()
    page.unlink()
    [case] = audit(holdings).cases
    assert repairing.repair(holdings.shop, case.id, "steward").done
    assert page.read_bytes() == good


def test_when_no_copy_is_good_nothing_is_written(holdings: Any, page: Path) -> None:
    other = holdings.path("two", "masters/0002.tif")
    spoil(page)
    spoil(other)
    before = {path: path.read_bytes() for path in (page, other)}
    first, second = audit(holdings).cases
    for case in (first, second):
        done = repairing.repair(holdings.shop, case.id, "steward")
        assert (done.done, done.state) == (False, CaseState.OPEN)
        assert "nothing is written" in done.sentence
    assert {path: path.read_bytes() for path in before} == before
    assert not (holdings.folder / "one" / "quarantine").exists()


def test_a_source_that_is_damaged_after_its_check_is_not_used(
    holdings: Any, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(page)
    bad = page.read_bytes()
    other = holdings.path("two", "masters/0002.tif")
    [case] = audit(holdings).cases
    true_restore = restore

    def late(*arguments: Any, **named: Any) -> Any:
        spoil(other)  # after the copies were read, before the source is taken
        return true_restore(*arguments, **named)

    monkeypatch.setattr(repairing, "restore", late)
    done = repairing.repair(holdings.shop, case.id, "steward")
    assert (done.done, page.read_bytes()) == (False, bad)


def test_an_unexpected_file_is_taken_into_quarantine(holdings: Any) -> None:
    ghost = holdings.folder / "two" / "ocfl" / "ghost.txt"
    ghost.write_text("boo")
    [case] = audit(holdings).cases
    done = repairing.repair(holdings.shop, case.id, "steward")
    assert (done.state, ghost.exists()) == (CaseState.REPAIRED, False)
    [kept] = (holdings.folder / "two" / "quarantine" / case.id).iterdir()
    assert kept.read_text() == "boo"
    report = audit(holdings)
    assert (report.exit_code, report.alerts, report.unexpected) == (0, [], [])


def test_damaged_canaries_are_planted_anew(holdings: Any) -> None:
    spoil(holdings.folder / "one" / "canaries" / "good-2")
    [case] = audit(holdings).cases
    assert repairing.repair(holdings.shop, case.id, "steward").state is CaseState.REPAIRED
    assert audit(holdings).exit_code == 0
    assert cases.not_closed(holdings.shop.catalog) == ()


def test_forged_inventories_are_restored_file_by_file(holdings: Any) -> None:
    for logical in ("=inventory.json", "=v1/inventory.json"):
        spoil(holdings.path("one", logical, A))
    for case in audit(holdings).cases:
        assert repairing.repair(holdings.shop, case.id, "steward").done
    assert audit(holdings).alerts == []


def test_repair_needs_a_known_case_and_its_store(holdings: Any, page: Path) -> None:
    with pytest.raises(NotFoundError, match='no alert "nonsense"'):
        repairing.repair(holdings.shop, "nonsense", "steward")
    spoil(page)
    [case] = audit(holdings).cases
    away = (holdings.folder / "one").rename(holdings.folder / "elsewhere")
    with pytest.raises(StorageError, match="is not there"):
        repairing.repair(holdings.shop, case.id, "steward")
    away.rename(holdings.folder / "one")
    assert repairing.repair(holdings.shop, case.id, "steward").done


def test_what_is_not_repaired_says_what_to_do(holdings: Any) -> None:
    (holdings.folder / "two").rename(holdings.folder / "elsewhere")
    [case] = audit(holdings).cases
    with pytest.raises(ConfigurationError, match="bring it back"):
        repairing.repair(holdings.shop, case.id, "steward")


def test_a_recheck_reads_every_copy_and_lets_a_case_be_closed(holdings: Any, page: Path) -> None:
    good = spoil(page)
    [case] = audit(holdings).cases
    with pytest.raises(ConfigurationError, match="last full read"):
        casework.decide(holdings.shop, case.id, "closed", agent="steward")
    page.write_bytes(good)
    assert casework.recheck(holdings.shop, case.id, agent="steward").last_good
    closed = casework.decide(holdings.shop, case.id, "closed", agent="steward", note="Cable exchanged")
    assert closed.state is CaseState.CLOSED
    assert cases.timeline(holdings.shop.catalog, case.id)[-1].note == "Cable exchanged"


def test_the_desk_shows_the_copies_side_by_side(holdings: Any, page: Path) -> None:
    spoil(page)
    [case] = audit(holdings).cases
    doors = FixityDoors(holdings.shop)
    one, two = doors.sides(case.id)
    assert (one.store, one.outcome, one.good, one.digest) == ("one", "altered", False, case.found)
    assert (two.store, two.outcome, two.good, two.digest) == ("two", "intact", True, case.expected)
    assert one.picture
    assert doors.bytes_of(case.id, "one").read_bytes() == page.read_bytes()
    assert doors.picture_of(case.id, "one") is None  # these bytes are no picture
    assert "restored from the store" in doors.repair(case.id, agent="steward")


def test_the_picture_of_a_copy_is_drawn_anew(holdings: Any, draw_page: Any) -> None:
    scan = holdings.folder / "scan.tif"
    draw_page(scan, "Dear Mother")
    holdings.take_in("cccccccccccc", {"masters/0001.tif": scan.read_bytes()})
    holdings.path("one", "masters/0001.tif", "cccccccccccc").unlink()
    [case] = audit(holdings).cases
    picture = copy_sides.picture_of(holdings.shop, case.id, "two")
    assert picture is not None
    assert picture.startswith(b"\xff\xd8")
    assert copy_sides.picture_of(holdings.shop, case.id, "one") is None
    assert list(holdings.shop.home.work.iterdir()) == []


def test_a_wrong_source_is_refused_before_anything_is_touched(holdings: Any, page: Path) -> None:
    """The promise that repair leans on, kept by the store's own part of it."""
    spoil(holdings.path("two", "masters/0002.tif"))
    good = page.read_bytes()
    [case] = audit(holdings).cases
    one, two = holdings.stores
    file = next(
        row.file for row in Expectations(holdings.shop.catalog).of(audits.copies_at(holdings.shop.catalog, case.key))
    )
    with pytest.raises(ChecksumMismatchError):
        restore(two, one, file, case=case.id, at=case.opened)
    assert page.read_bytes() == good
