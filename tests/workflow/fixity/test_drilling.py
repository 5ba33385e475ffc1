"""The drill: the alarm of a planted file goes the whole way, and nothing is left of it."""

from typing import Any

from catalog import audits, cases, outbox
from catalog.fixity_values import CaseState, RunState
from workflow import auditing, drilling
from workflow.drill_travel import travel
from workflow.fixity_doors import FixityDoors


def drill(holdings: Any) -> Any:
    return auditing.audit(holdings.shop, everything=False, tell=lambda _: None, kind="drill", agent="steward")


def test_a_drill_goes_from_the_planted_file_to_the_letter(holdings: Any) -> None:
    report = drill(holdings)
    [run] = audits.latest(holdings.shop.catalog)
    assert (run.kind, run.state, run.opened, report.void) == ("drill", RunState.DONE, 1, False)
    [letter] = outbox.undelivered(holdings.shop.catalog)
    first = "This is a drill, and its alarm has reached you. Nothing needs you."
    assert (letter.subject, letter.body.split("\n")[0]) == (f"[Drill] Muniment: {first}", first)
    points = travel(holdings.shop, run.id)
    assert [(point.code, point.at is not None) for point in points] == [
        ("planted", True),
        ("read", True),
        ("case", True),
        ("mail", False),
    ]
    outbox.sent(holdings.shop.catalog, letter.id, letter.created)
    assert travel(holdings.shop, run.id)[-1].at == letter.created


def test_nothing_is_left_of_a_drill(holdings: Any) -> None:
    report = drill(holdings)
    assert not list((holdings.folder / "one" / "canaries").glob("drill-*"))
    case = cases.get(holdings.shop.catalog, drilling.case_of(report.run, "one"))
    assert case is not None
    assert case.state is CaseState.CLOSED
    assert {row.audited for row in audits.due(holdings.shop.catalog, "one")} == {None}
    assert audits.last_finished(holdings.shop.catalog) is None
    assert auditing.audit(holdings.shop, everything=True, tell=lambda _: None).exit_code == 0


def test_a_drill_that_was_cut_short_is_cleared_by_the_next(holdings: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(drilling, "_clear", lambda *_: None)
    first = drill(holdings)
    monkeypatch.undo()
    drill(holdings)
    assert not list((holdings.folder / "one" / "canaries").glob("drill-*"))
    case = cases.get(holdings.shop.catalog, drilling.case_of(first.run, "one"))
    assert case is not None
    assert case.state is CaseState.CLOSED


def test_an_audit_is_no_drill(holdings: Any) -> None:
    report = auditing.audit(holdings.shop, everything=True, tell=lambda _: None)
    assert travel(holdings.shop, report.run) == ()


def test_the_desk_knows_its_stores_and_what_is_late(holdings: Any) -> None:
    auditing.audit(holdings.shop, everything=True, tell=lambda _: None)
    doors = FixityDoors(holdings.shop)
    assert [(one.name, one.state, one.canaries, one.days) for one in doors.faces()] == [
        ("one", "well", "ok", 30),
        ("two", "well", "ok", 30),
    ]
    assert all(one.loss.startswith("Nothing would be lost") for one in doors.faces())
    assert doors.warnings() == ()
    assert {level.name for level in doors.levels()} == {"Storage", "Integrity", "Control", "Metadata", "Content"}
    assert doors.places()


def test_a_store_is_no_safety_for_what_is_damaged_in_it(holdings: Any) -> None:
    page = holdings.path("two", "masters/0002.tif")
    page.chmod(0o644)
    page.write_bytes(page.read_bytes()[:-1])
    auditing.audit(holdings.shop, everything=True, tell=lambda _: None)
    assert [one.loss for one in FixityDoors(holdings.shop).faces()] == [
        '1 file could be lost with it: "two" holds every item, but 1 is not intact there.',
        'Nothing would be lost with it: "one" holds every item.',
    ]
