from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.events import GENESIS, Deed, Event, line, seal
from fixity.chain import Break, check_anchors, compare, head, read_segment, segments, verify

START = datetime(2026, 11, 20, tzinfo=UTC)
FACTS = st.dictionaries(st.text(max_size=4), st.one_of(st.integers(), st.text(max_size=4), st.none()), max_size=2)
DEEDS = st.lists(
    st.builds(
        Deed,
        kind=st.sampled_from(["ingestion", "fixity check"]),
        agent=st.just("muniment"),
        at=st.just(START),
        detail=st.text(max_size=6),
        facts=FACTS,
    ),
    min_size=1,
    max_size=7,
)


def chained(deeds: Iterable[Deed]) -> tuple[Event, ...]:
    events: list[Event] = []
    for number, deed in enumerate(deeds, 1):
        events.append(seal(deed, number=number, previous=events[-1].digest if events else GENESIS))
    return tuple(events)


def deed(minute: int, detail: str = "") -> Deed:
    return Deed(kind="fixity check", agent="muniment", at=START + timedelta(minutes=minute), detail=detail)


def log(count: int, detail: str = "") -> tuple[Event, ...]:
    return chained(deed(minute, detail) for minute in range(count))


def number_of(found: Break | None) -> int | None:
    return found.number if found else None


@settings(deadline=None)
@given(DEEDS)
def test_an_untouched_log_is_whole_agrees_with_itself_and_meets_all_its_heads(deeds: list[Deed]) -> None:
    events = chained(deeds)
    assert (verify(events), compare(events, events, shipped=len(events))) == (None, None)
    assert check_anchors(events, [head(event) for event in (None, *events)]) is None


@settings(deadline=None)
@given(DEEDS, st.data())
def test_an_edited_event_is_named(deeds: list[Deed], data: st.DataObject) -> None:
    events = list(chained(deeds))
    place = data.draw(st.integers(0, len(events) - 1))
    edited = replace(events[place], deed=replace(events[place].deed, agent="somebody else"))
    assert number_of(verify([*events[:place], edited, *events[place + 1 :]])) == place + 1
    assert number_of(compare(events, [*events[:place], edited, *events[place + 1 :]])) == place + 1


@settings(deadline=None)
@given(DEEDS, st.data())
def test_an_event_edited_and_sealed_again_breaks_the_next_link_or_misses_its_anchor(
    deeds: list[Deed], data: st.DataObject
) -> None:
    events = list(chained(deeds))
    place = data.draw(st.integers(0, len(events) - 1))
    old = events[place]
    forged = seal(replace(old.deed, agent="somebody else"), number=old.number, previous=old.previous)
    log = [*events[:place], forged, *events[place + 1 :]]
    assert number_of(verify(log)) == (place + 2 if place + 1 < len(events) else None)
    assert number_of(check_anchors(log, [head(old)])) == place + 1
    assert number_of(compare(events, log)) == place + 1


@settings(deadline=None)
@given(DEEDS, st.data())
def test_a_dropped_event_is_named(deeds: list[Deed], data: st.DataObject) -> None:
    events = list(chained(deeds))
    place = data.draw(st.integers(0, len(events) - 1))
    left = [*events[:place], *events[place + 1 :]]
    assert number_of(verify(left)) == (place + 1 if place < len(left) else None)
    assert number_of(compare(events, left, shipped=len(events))) == place + 1
    assert number_of(check_anchors(left, [head(events[place])])) == place + 1


@settings(deadline=None)
@given(DEEDS, st.permutations(range(7)))
def test_the_first_event_out_of_order_is_named(deeds: list[Deed], order: list[int]) -> None:
    events = chained(deeds)
    shuffled = [events[place] for place in order if place < len(events)]
    wrong = next((number for number, event in enumerate(shuffled, 1) if event.number != number), None)
    assert number_of(verify(shuffled)) == wrong


@settings(deadline=None)
@given(DEEDS, st.data())
def test_a_log_cut_at_its_end_is_whole_in_itself_and_found_by_anchor_and_count(
    deeds: list[Deed], data: st.DataObject
) -> None:
    events = chained(deeds)
    cut = events[: data.draw(st.integers(0, len(events) - 1))]
    assert (verify(cut), compare(events, cut), compare(cut, events)) == (None, None, None)
    assert number_of(check_anchors(cut, [head(events[-1])])) == len(events)
    assert number_of(compare(events, cut, shipped=len(events))) == len(cut) + 1


@settings(deadline=None)
@given(DEEDS)
def test_a_log_made_anew_is_whole_in_itself_and_found_by_its_first_anchor(deeds: list[Deed]) -> None:
    events = chained(deeds)
    anew = chained(replace(each, agent="somebody else") for each in deeds)
    assert verify(anew) is None
    assert number_of(check_anchors(anew, [head(event) for event in events])) == 1
    assert number_of(compare(events, anew)) == 1


@settings(deadline=None)
@given(DEEDS, st.integers(1, 3))
def test_segments_are_read_back_as_written(deeds: list[Deed], most: int) -> None:
    events = chained(deeds)
    parts = list(segments(events, most))
    assert tuple(event for name, text in parts for event in read_segment(name, text)) == events
    assert {len(text.split("\n")) - 1 for _, text in parts[:-1]} <= {most}


def test_a_segment_is_named_by_its_first_and_last_event() -> None:
    events = log(3)
    assert [name for name, _ in segments(events, 2)] == [
        "000000000001-000000000002.jsonl",
        "000000000003-000000000003.jsonl",
    ]
    assert read_segment("events/000000000003-000000000003.jsonl", f"{line(events[2])}\n") == events[2:]
    assert list(segments([])) == []


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda name, text: (name, text[: text.index("\n") + 1]), "does not hold the events"),
        (lambda name, text: (name, text.rstrip("\n")), "does not hold the events"),
        (lambda name, text: (name, ""), "does not hold the events"),
        (lambda name, text: ("000000000002-000000000003.jsonl", text), "does not hold the events"),
        (lambda name, text: (name, "\n".join(reversed(text.rstrip("\n").split("\n"))) + "\n"), "does not hold"),
        (lambda name, text: (name, text.replace(",", ", ", 1)), "not as it was written"),
        (lambda name, text: (name, text.replace('"number":1', '"number":"1"')), "not as it was written"),
        (lambda name, text: (name, text.replace('"facts":{}', '"facts":[]')), "not as it was written"),
        (lambda name, text: (name, text.replace('"agent"', '"agint"')), "damaged"),
        (lambda name, text: (name, "x" + text), "Expecting value"),
        (lambda name, text: ("README", text), "not the name of a part"),
    ],
)
def test_a_segment_whose_name_and_lines_disagree_is_refused(
    spoil: Callable[[str, str], tuple[str, str]], words: str
) -> None:
    name, text = next(segments(log(2)))
    assert len(read_segment(name, text)) == 2
    with pytest.raises(ValueError, match=words):
        read_segment(*spoil(name, text))


def test_the_breaks_are_told_in_sentences() -> None:
    events = log(3)
    advice = "compare it with the logs of the other stores and the heads in the digest mails."
    edited = replace(events[1], deed=deed(9))
    resealed = seal(deed(9), number=2, previous=events[0].digest)
    assert [
        verify([events[0], events[2]]),
        verify([events[0], edited]),
        verify([events[0], resealed, events[2]]),
        compare(events, log(3, "another")),
        compare(events, events[:1], shipped=3),
        check_anchors(events[:1], [head(events[2])]),
        check_anchors(log(3, "another"), [head(events[2])]),
        check_anchors([], [f"0:{'f' * 64}"]),
        check_anchors(events, ["2026-11-20T01:30:00Z 3:abc"]),
    ] == [
        Break(2, f"Event 2 is missing, event 3 stands in its place: {advice}"),
        Break(2, f"Event 2 was changed after it was written: {advice}"),
        Break(3, f"Event 3 does not follow from event 2, which was replaced: {advice}"),
        Break(1, f"Event 1 differs between the catalogue and this log: {advice}"),
        Break(2, f"The log ends at event 1, and 3 events had been written to it: {advice}"),
        Break(3, f"The log ends at event 1, and event 3 was anchored: {advice}"),
        Break(3, f"Event 3 is not the one that was anchored, the log was made anew: {advice}"),
        Break(0, f"An anchor names another beginning of the log: {advice}"),
        Break(0, 'The anchor "2026-11-20T01:30:00Z 3:abc" is damaged: compare it with the last digest mail.'),
    ]


def test_an_event_that_cannot_even_be_written_is_a_break() -> None:
    event = log(1)[0]
    naive = replace(event, deed=replace(event.deed, at=datetime(2026, 11, 20)))
    assert number_of(verify([naive])) == 1


def test_anchors_may_have_their_time_before_them_and_empty_lines_between() -> None:
    events = log(2)
    assert check_anchors(events, [f"2026-11-20T01:30:00Z {head(events[0])}\n", "\n", head(events[1])]) is None


def test_two_anchors_of_one_event_that_differ_are_found() -> None:
    events = log(2)
    assert number_of(check_anchors(events, [head(events[1]), f"2:{'a' * 64}"])) == 2


def test_the_head_of_an_empty_log_is_its_beginning() -> None:
    assert head(None) == f"0:{GENESIS}"
    assert head(log(1)[0]) == f"1:{log(1)[0].digest}"
