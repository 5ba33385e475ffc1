"""One link of the chain: sealed with what it says, and broken by whoever changes it."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.events import GENESIS, Deed, Event, from_line, is_sound, line, seal

AT = datetime(2026, 11, 21, 12, 0, 0, 5, tzinfo=UTC)
DEED = Deed(kind="ingestion", agent="k", at=AT, item="abc", detail="Käme an", facts={"files": [["a", 1, None]]})


def test_a_line_is_canonical_and_its_digest_stays_the_same_for_ever() -> None:
    assert line(seal(DEED, number=1, previous=GENESIS)) == (
        '{"agent":"k","at":"2026-11-21T12:00:00.000005Z","detail":"Käme an",'
        '"digest":"6a520378b8aec873f3412946ce7c876560692d6158d7c702079987d546595349","facts":{"files":[["a",1,null]]},'
        '"item":"abc","kind":"ingestion","number":1,"outcome":"success",'
        f'"previous":"{GENESIS}","store":""}}'
    )


def test_a_time_is_the_same_in_every_zone() -> None:
    elsewhere = replace(DEED, at=AT.astimezone(timezone(timedelta(hours=2))))
    assert line(seal(elsewhere, number=1, previous=GENESIS)) == line(seal(DEED, number=1, previous=GENESIS))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abä", max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.text("abä", max_size=3), JSON, max_size=3), st.datetimes(timezones=st.just(UTC)))
@settings(deadline=None)
def test_what_was_written_reads_back_as_it_was(facts: dict[str, Any], at: datetime) -> None:
    event = seal(replace(DEED, facts=facts, at=at), number=7, previous="p")
    assert from_line(line(event)) == event
    assert is_sound(event)


def test_facts_are_as_they_will_be_read_back() -> None:
    event = seal(replace(DEED, facts={2: (1, 2), 10: "x"}), number=1, previous=GENESIS)  # type: ignore[dict-item]
    assert event.deed.facts == {"2": [1, 2], "10": "x"}
    assert from_line(line(event)) == event
    assert is_sound(from_line(line(event)))


CHANGES: dict[str, Any] = {
    "agent": "m",
    "at": "2026-11-21T12:00:00.000006Z",
    "detail": "",
    "facts": {"files": [["a", 2, None]]},
    "item": "abd",
    "kind": "deletion",
    "number": 2,
    "outcome": "fail",
    "previous": "1" * 64,
    "store": "s3",
    "digest": "0" * 64,
}


@pytest.mark.parametrize("member", CHANGES)
def test_whoever_changes_a_member_breaks_the_seal(member: str) -> None:
    written = json.loads(line(seal(DEED, number=1, previous=GENESIS)))
    assert set(written) == set(CHANGES)
    assert not is_sound(from_line(json.dumps({**written, member: CHANGES[member]})))


@pytest.mark.parametrize(
    ("member", "value"), [("facts", {"a": float("nan")}), ("at", "2026-11-21T12:00:00"), ("detail", "\ud800")]
)
def test_what_none_can_say_is_not_sound(member: str, value: Any) -> None:
    written = json.loads(line(seal(DEED, number=1, previous=GENESIS)))
    assert not is_sound(from_line(json.dumps({**written, member: value})))


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"kind": "x"}', "no line"])
def test_a_line_that_is_no_event_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="line of the event log is damaged"):
        from_line(text)


@pytest.mark.parametrize("fact", [{1, 2}, float("inf"), "\ud800", object()])
def test_facts_that_are_no_json_are_refused_with_a_sentence(fact: object) -> None:
    with pytest.raises(ValueError, match="facts must be JSON"):
        seal(replace(DEED, facts={"fact": fact}), number=1, previous=GENESIS)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a time with a zone"):
        seal(replace(DEED, at=AT.replace(tzinfo=None)), number=1, previous=GENESIS)


def test_an_event_tells_its_number_and_predecessor() -> None:
    event = seal(DEED, number=3, previous="a" * 64)
    assert event == Event(number=3, previous="a" * 64, digest=event.digest, deed=DEED)
