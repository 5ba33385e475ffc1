from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from fixity.due import Promise
from fixity.messages import Letter, digest, worth_sending

FRIDAY = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Run:
    kind: str = "nightly"
    state: str = "done"
    started: datetime = FRIDAY
    read: int = 1204
    bytes: int = 5_600_000_000
    outcomes: Mapping[str, int] = field(default_factory=lambda: {"intact": 1204})
    unexpected: int = 0
    opened: int = 0
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    id: str = "c1"
    kind: str = "altered"
    state: str = "open"
    store: str = "s3"
    item: str = "f38zg8w7qkwv"
    file: str = "masters/0001.tif"
    hint: str = ""
    assigned: str = ""
    group: str = ""


GOOD = Run()
BAD = Run(outcomes={"intact": 1202, "missing": 1, "altered": 1}, opened=2, unexpected=1)


def letter(run: Run, cases: list[Case], troubles: tuple[str, ...] = ()) -> Letter:
    return digest(
        run,
        cases,
        promise=Promise("100 %", "100 % of 1,204 files were read in full within the last 30 days; none is overdue."),
        canaries='in "s3" and "copy" the planted files were told right.',
        head="17:" + "a" * 64,
        desk="http://127.0.0.1:8080/staff/fixity",
        places="One fire or theft would take both stores.",
        troubles=troubles,
    )


FOOTER = (
    '-- \nCanaries: in "s3" and "copy" the planted files were told right.\n'
    f"Chain head: 17:{'a' * 64}\n"
    "Places: One fire or theft would take both stores.\n"
    "Fixity desk: http://127.0.0.1:8080/staff/fixity\n"
)


def test_a_good_night_says_that_nothing_needs_you() -> None:
    assert letter(GOOD, []) == Letter(
        "Muniment: Nothing needs you.",
        "Nothing needs you.\n\n"
        "100 % of 1,204 files were read in full within the last 30 days; none is overdue.\n"
        "The audit of 20 November 2026, 01:30 UTC read 1,204 files (5.6 GB): all intact.\n\n" + FOOTER,
    )


def test_a_bad_night_says_who_must_act_and_names_every_case() -> None:
    cases = [
        Case(hint="It is empty, and should have 9 bytes."),
        Case(id="c2", kind="unexpected", item="", file="ocfl/x\ny", store="copy"),
        Case(id="c3", kind="store-away", item="", file="", state="acknowledged"),
        Case(id="c4", kind="chain", item="", file="", store="copy"),
        Case(id="c5", kind="missing", file="=inventory.json", state="repaired"),
    ]
    assert letter(replace(BAD, sentence="The store was slow."), cases).body == (
        "You must act: 3 cases wait for somebody.\n\n"
        "100 % of 1,204 files were read in full within the last 30 days; none is overdue.\n"
        "The audit of 20 November 2026, 01:30 UTC read 1,204 files (5.6 GB): "
        "1 altered, 1 missing and 1 unexpected.\n"
        "The store was slow.\n\n"
        '- "masters/0001.tif" of f38zg8w7qkwv in the store "s3" is altered. It is empty, and should have 9 bytes.\n'
        "  http://127.0.0.1:8080/staff/fixity/cases/c1\n"
        '- "ocfl/x y" in the store "copy" was written by nobody.\n'
        "  http://127.0.0.1:8080/staff/fixity/cases/c2\n"
        '- The store "s3" does not answer (acknowledged).\n'
        "  http://127.0.0.1:8080/staff/fixity/cases/c3\n"
        '- The event log in the store "copy" was changed, cut or replaced.\n'
        "  http://127.0.0.1:8080/staff/fixity/cases/c4\n"
        '- "inventory.json" of f38zg8w7qkwv in the store "s3" is missing (repaired).\n'
        "  http://127.0.0.1:8080/staff/fixity/cases/c5\n\n" + FOOTER
    )


@pytest.mark.parametrize(
    ("run", "cases", "troubles", "first"),
    [
        (Run(state="void"), [Case()], (), "You must act: the audit is void: nothing that it read counts."),
        (Run(state="broken"), [], (), "You must act: the audit broke off before its end."),
        (GOOD, [Case()], (), "You must act: 1 case waits for somebody."),
        (GOOD, [], ("1 message is late.",), "You must act: 1 thing did not happen as it should."),
        (GOOD, [Case(state="acknowledged")], (), "Nothing new needs you; 1 case somebody has taken on already."),
        (GOOD, [Case(state="repaired")], (), "Nothing needs you; 1 repair to be confirmed by the next audit."),
    ],
)
def test_the_first_line_says_whether_anybody_must_act(
    run: Run, cases: list[Case], troubles: tuple[str, ...], first: str
) -> None:
    written = letter(run, cases, troubles)
    assert (written.subject, written.body.split("\n")[0]) == (f"Muniment: {first}", first)
    assert all(trouble in written.body for trouble in troubles)


def test_many_cases_are_counted_and_groups_are_one_line() -> None:
    group = [Case(id=f"g{number}", group="r1", kind="missing" if number else "altered") for number in range(1200)]
    body = letter(BAD, [*group, *(Case(id=f"c{number}") for number in range(22))]).body
    assert '- 1,200 cases of one audit in the store "s3": 1 altered and 1,199 missing.\n' in body
    assert body.count("/cases/c") == 20
    assert "- and 2 cases more, on the desk.\n" in body
    assert "/cases/g" not in body


def test_a_drill_is_called_one_and_a_subject_is_one_line() -> None:
    written = digest(
        Run(kind="drill"),
        [],
        promise=Promise("100 %", "x"),
        canaries="x",
        head="x",
        desk="x",
        places="x",
        house="City\nArchive",
    )
    assert written.subject == "[Drill] City Archive: Nothing needs you."


@pytest.mark.parametrize(
    ("others", "rest"),
    [([], "Nothing needs you."), ([Case(id="c2"), Case(id="c3")], "You must act: 2 cases wait for somebody.")],
)
def test_the_case_of_a_drill_asks_nothing_of_anybody(others: list[Case], rest: str) -> None:
    written = letter(Run(kind="drill"), [Case(), *others], ())
    assert written.body.split("\n")[0] == f"This is a drill, and its alarm has reached you. {rest}"


def test_an_audit_that_read_nothing_says_so() -> None:
    assert "read 0 files (0 bytes): nothing was due." in letter(Run(read=0, bytes=0, outcomes={}), []).body


@pytest.mark.parametrize(
    ("run", "cases", "troubles", "now", "sent"),
    [
        (GOOD, [], (), FRIDAY, False),
        (GOOD, [], (), MONDAY, True),
        (Run(kind="demand"), [], (), MONDAY, False),
        (Run(kind="drill"), [], (), FRIDAY, True),
        (Run(state="void"), [], (), FRIDAY, True),
        (Run(state="broken"), [], (), FRIDAY, True),
        (BAD, [Case(state="acknowledged")], (), FRIDAY, True),
        (GOOD, [Case()], (), FRIDAY, True),
        (GOOD, [Case(state="acknowledged"), Case(state="repaired")], (), FRIDAY, False),
        (GOOD, [], ("trouble",), FRIDAY, True),
    ],
)
def test_letters_are_quiet_by_default(
    run: Run, cases: list[Case], troubles: tuple[str, ...], now: datetime, sent: bool
) -> None:
    assert worth_sending(run, cases, now=now, troubles=troubles) is sent
