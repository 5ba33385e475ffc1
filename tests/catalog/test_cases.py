"""A case opens, is moved on, cannot be closed over a bad read, and comes back when the damage does."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from catalog import cases, chain
from catalog.columns import now
from catalog.database import Catalog
from catalog.fixity_values import Case, CaseDeed, CaseKind, CaseState
from core.errors import ConfigurationError, NotFoundError

NOON = datetime(2025, 11, 21, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
CASE = Case(
    id="c1",
    kind=CaseKind.ALTERED,
    state=CaseState.OPEN,
    store="s3",
    key="ocfl/k",
    item="abc",
    file="masters/1.tif",
    expected="5",
    found="6",
    expected_size=10,
    found_size=10,
    hint="The last byte differs.",
    opened=NOON,
    changed=NOON,
    last_read=NOON,
    group="run",
)


def told(cat: Catalog) -> list[tuple[str, str, str, dict[str, object]]]:
    return [(one.deed.kind, one.deed.item, one.deed.store, dict(one.deed.facts)) for one in chain.events(cat)]


def test_a_case_opens_once_and_takes_what_is_found_later(cat: Catalog) -> None:
    assert cases.open_or_reopen(cat, CASE, "k", "run") == CASE
    later = replace(
        CASE, kind=CaseKind.MISSING, found=None, found_size=None, hint="", changed=NOON + HOUR, last_read=NOON + HOUR
    )
    assert cases.open_or_reopen(cat, later, "k", "run2") == replace(later, changed=NOON)
    assert cases.get(cat, "c1") == replace(later, changed=NOON)
    assert cases.get(cat, "c2") is None
    facts = {
        "case": "c1",
        "deed": "opened",
        "note": "",
        "kind": "altered",
        "store": "s3",
        "key": "ocfl/k",
        "file": "masters/1.tif",
        "run": "run",
    }
    assert told(cat) == [("metadata modification", "abc", "s3", facts)]
    assert cases.timeline(cat, "c1") == (CaseDeed(case="c1", deed="opened", agent="k", at=NOON, event=1),)


def test_every_decision_is_an_event_and_its_words_lie_beside_it(cat: Catalog) -> None:
    cases.open_or_reopen(cat, CASE, "k")
    before = now()
    acknowledged = cases.decide(cat, "c1", "acknowledged", "m", "Gesehen.", state=CaseState.ACKNOWLEDGED)
    assigned = cases.decide(cat, "c1", "assigned", "m", assigned="n")
    assert acknowledged == replace(CASE, state=CaseState.ACKNOWLEDGED, changed=acknowledged.changed)
    assert assigned == replace(acknowledged, assigned="n", changed=assigned.changed)
    assert before <= acknowledged.changed <= assigned.changed <= now()
    assert cases.get(cat, "c1") == assigned
    digest = hashlib.sha256(b"Gesehen.").hexdigest()
    assert chain.notes(cat) == ((digest, "Gesehen."),)
    assert [facts for *_, facts in told(cat)][1:] == [
        {"case": "c1", "deed": "acknowledged", "note": digest},
        {"case": "c1", "deed": "assigned", "note": "", "assigned": "n"},
    ]
    assert cases.timeline(cat, "c1")[1:] == (
        CaseDeed(case="c1", deed="acknowledged", agent="m", at=acknowledged.changed, note="Gesehen.", event=2),
        CaseDeed(case="c1", deed="assigned", agent="m", at=assigned.changed, event=3),
    )


def test_no_case_is_closed_over_a_bad_read(cat: Catalog) -> None:
    cases.open_or_reopen(cat, CASE, "k")
    with pytest.raises(ConfigurationError, match="cannot be closed while its last full read is bad"):
        cases.decide(cat, "c1", "closed", "m", "never mind", state=CaseState.CLOSED)
    assert (cases.get(cat, "c1"), len(told(cat)), chain.notes(cat)) == (CASE, 1, ())
    read = cases.seen(cat, "c1", NOON + HOUR, True, "5", 10)
    assert read == replace(CASE, last_read=NOON + HOUR, last_good=True, found="5", found_size=10)
    closed = cases.decide(cat, "c1", "closed", "m", state=CaseState.CLOSED)
    assert closed == replace(read, state=CaseState.CLOSED, changed=closed.changed)


@pytest.mark.parametrize("over", [CaseState.REPAIRED, CaseState.CLOSED])
def test_what_comes_back_is_the_same_case_again(cat: Catalog, over: CaseState) -> None:
    cases.open_or_reopen(cat, CASE, "k")
    cases.decide(cat, "c1", "assigned", "m", assigned="n")
    cases.seen(cat, "c1", NOON, True, "5", 10)
    cases.decide(cat, "c1", over.value, "m", state=over)
    again = replace(CASE, opened=NOON + HOUR, changed=NOON + HOUR, last_read=NOON + HOUR, group="")
    assert cases.open_or_reopen(cat, again, "k", "run2") == replace(again, assigned="n", recurrences=1)
    assert [deed.deed for deed in cases.timeline(cat, "c1")] == ["opened", "assigned", over.value, "reopened"]


def test_cases_are_listed_by_state_and_age(cat: Catalog) -> None:
    made = [replace(CASE, id=f"c{number}", opened=NOON + number * HOUR, last_good=True) for number in range(4)]
    for case in made:
        cases.open_or_reopen(cat, case, "k")
    closed = cases.decide(cat, "c1", "closed", "m", state=CaseState.CLOSED)
    first, _, third, fourth = made
    assert cases.listing(cat) == (fourth, third, closed, first)
    assert cases.listing(cat, limit=2, offset=1) == (third, closed)
    assert cases.listing(cat, [CaseState.CLOSED]) == (closed,)
    assert (cases.listing(cat, []), cases.count(cat), cases.count(cat, [CaseState.OPEN])) == ((), 4, 3)
    assert cases.not_closed(cat) == (first, third, fourth)
    cases.regroup(cat, ["c0", "c2"], "many")
    assert [case.group for case in cases.not_closed(cat)] == ["many", "many", "run"]


@pytest.mark.parametrize(
    "ask", [lambda cat: cases.decide(cat, "x", "noted", "m"), lambda cat: cases.seen(cat, "x", NOON, True, "", 1)]
)
def test_there_is_no_such_case(cat: Catalog, ask: Callable[[Catalog], Case]) -> None:
    with pytest.raises(NotFoundError, match='no case "x"'):
        ask(cat)
    assert told(cat) == []
