import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from core.events import GENESIS, Deed, Event, seal
from fixity.premis_events import premis_of, write_events
from fixity.premis_xml import NS
from fixity.vocabulary import EventType

START = datetime(2026, 11, 20, tzinfo=UTC)
A, B = "f38zg8w7qkwv", "bcdfghjkmnpq"
DIGEST, OTHER = "a" * 128, "b" * 128


def address(item: str) -> str:
    return f"info:muniment/{item}"


def log() -> tuple[Event, ...]:
    scan = ["masters/0001 ä.tif", "ocfl/a/scan", 9, DIGEST, "c" * 64]
    deeds = [
        {
            "kind": "ingestion",
            "item": A,
            "facts": {"version": 1, "files": [scan, ["=inventory.json", "ocfl/a/inv", 1, DIGEST, ""]]},
        },
        {"kind": "ingestion", "item": B, "facts": {"version": 1, "files": [["m.tif", "ocfl/b/m", 9, OTHER, ""]]}},
        {
            "kind": "fixity check",
            "store": "s3",
            "outcome": "fail",
            "detail": "Full reads",
            "facts": {
                "run": "r1",
                "reads": [
                    ["ocfl/b/m", "intact"],
                    ["ocfl/a/scan", "altered", DIGEST, OTHER, 8],
                    ["ocfl/a/inv", "missing", DIGEST, None, None],
                    ["ocfl/0=ocfl_1.1", "intact"],
                ],
            },
        },
        {"kind": "quarantine", "item": A, "store": "s3", "facts": {"case": "c1", "key": "ocfl/a/scan", "to": "q/1"}},
        {"kind": "metadata modification", "agent": "p7", "facts": {"person": "p8", "deed": "role"}},
        {
            "kind": "deletion",
            "agent": "p7",
            "item": B,
            "facts": {"reason": "court", "files": [["ocfl/b/m", OTHER], ["ocfl/b/=x", OTHER]]},
        },
    ]
    events: list[Event] = []
    for number, told in enumerate(deeds, 1):
        deed = Deed(**{"agent": "muniment", "at": START + timedelta(minutes=number), **told})  # type: ignore[arg-type]
        events.append(seal(deed, number=number, previous=events[-1].digest if events else GENESIS))
    return tuple(events)


def everything(events: tuple[Event, ...]) -> bytes:
    out = io.BytesIO()
    write_events(out, events, items=[A, B], object_id=address, everything=True, version="0.1.0")
    return out.getvalue()


def told(document: bytes) -> list[tuple[str, str, str, list[str]]]:
    """Of each event its id, type, outcome, and what it is linked to."""
    return [
        (
            texts(event, "eventIdentifierValue")[0],
            texts(event, "eventType")[0],
            texts(event, "eventOutcome")[0],
            texts(event, "linkingObjectIdentifierValue"),
        )
        for event in etree.fromstring(document).iter(f"{{{NS}}}event")
    ]


def texts(element: etree._Element, name: str) -> list[str]:
    return [each.text or "" for each in element.iter(f"{{{NS}}}{name}")]


SCAN = f"info:muniment/{A}/masters/0001%20%C3%A4.tif"


@pytest.mark.scans
def test_the_whole_log_and_one_item_are_valid_premis(premis_errors: Callable[[bytes], str]) -> None:
    assert premis_errors(everything(log())) == ""
    assert premis_errors(premis_of(log(), A, object_id=address)) == ""
    assert premis_errors(premis_of([], A, object_id=address)) == ""


def test_every_read_of_a_check_is_an_event_of_its_own() -> None:
    assert told(everything(log())) == [
        ("1", "ingestion", "success", [f"info:muniment/{A}", SCAN, "ocfl/a/inv"]),
        ("2", "ingestion", "success", [f"info:muniment/{B}", f"info:muniment/{B}/m.tif"]),
        ("3.1", "fixity check", "success", [f"info:muniment/{B}/m.tif"]),
        ("3.2", "fixity check", "fail", [SCAN]),
        ("3.3", "fixity check", "fail", ["ocfl/a/inv"]),
        ("3.4", "fixity check", "success", ["ocfl/0=ocfl_1.1"]),
        ("4", "quarantine", "success", [f"info:muniment/{A}", SCAN]),
        ("5", "metadata modification", "success", []),
        ("6", "deletion", "success", [f"info:muniment/{B}", f"info:muniment/{B}/m.tif", "ocfl/b/=x"]),
    ]


def test_an_item_has_its_own_events_alone_with_the_reads_of_its_bookkeeping() -> None:
    document = premis_of(log(), A, object_id=address)
    assert [event[0] for event in told(document)] == ["1", "3.2", "3.3", "4"]
    assert texts(etree.fromstring(document), "objectIdentifierValue") == [f"info:muniment/{A}"]


def test_what_was_found_and_what_else_is_known_stand_in_the_note() -> None:
    root = etree.fromstring(everything(log()))
    notes = texts(root, "eventOutcomeDetailNote")
    assert notes[2:5] == [
        "intact",
        f"altered; expected SHA-512 {DIGEST}; found SHA-512 {OTHER}; found 8 bytes",
        f"missing; expected SHA-512 {DIGEST}",
    ]
    assert json.loads(notes[6]) == {"case": "c1", "key": "ocfl/a/scan", "to": "q/1"}
    assert texts(root, "eventDetail") == ["Full reads; store s3"] * 4 + ["store s3"]
    assert texts(root, "eventDateTime")[2:4] == ["2026-11-20T00:03:00Z"] * 2


def test_programs_have_a_version_and_people_only_their_id() -> None:
    root = etree.fromstring(everything(log()))
    assert [
        (texts(agent, "agentIdentifierValue"), texts(agent, "agentName"), texts(agent, "agentVersion"))
        for agent in root.iter(f"{{{NS}}}agent")
    ] == [(["muniment"], ["Muniment"], ["0.1.0"]), (["p7"], ["p7"], [])]
    assert texts(root, "linkingAgentRole") == ["executing program"] * 7 + ["implementer"] * 2


@pytest.mark.scans
@pytest.mark.parametrize("kind", [*EventType, "something new"])
def test_every_kind_of_event_is_valid(kind: str, premis_errors: Callable[[bytes], str]) -> None:
    event = seal(Deed(kind=kind, agent="muniment", at=START, item=A, detail="a\x01"), number=1, previous=GENESIS)
    document = premis_of([event], A, object_id=address)
    assert premis_errors(document) == ""
    assert told(document) == [("1", kind, "success", [f"info:muniment/{A}"])]
