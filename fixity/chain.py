"""Whether a log of events is whole, agrees with another one, and is the log that was anchored; and its segments.

Each check goes through the events once and keeps none of them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from core.events import GENESIS, Event, from_line, is_sound, line

_SEGMENT = re.compile(r"(\d{12})-(\d{12})\.jsonl")
_ANCHOR = re.compile(r"(\d+):([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Break:
    """The number of the first event that is not as it was written, and a sentence that says what is wrong with it."""

    number: int
    sentence: str


def verify(events: Iterable[Event]) -> Break | None:
    """Where the log breaks first, None when it is whole from its first event to its last.

    A log that was cut at its end, or made anew as a whole, is whole in itself: `check_anchors` and `compare` find that.
    """
    previous = GENESIS
    for number, event in enumerate(events, 1):
        if sentence := _trouble(event, number, previous):
            return Break(number, sentence)
        previous = event.digest
    return None


def compare(ours: Iterable[Event], theirs: Iterable[Event], *, shipped: int = 0) -> Break | None:
    """Where a store's log parts from ours, None when one is the beginning of the other.

    `shipped` is the number of the last event that the store is known to have got: a log that ends before was cut. What
    theirs says is checked against its digests; ours is for `verify`.
    """
    known, last = iter(ours), 0
    for their in theirs:
        our = next(known, None)
        if our is None:
            return None
        if their.digest != our.digest or not _sound(their):
            return Break(our.number, f"Event {our.number} differs between the catalogue and this log: {_ADVICE}")
        last = our.number
    if last < shipped:
        return Break(
            last + 1, f"The log ends at event {last}, and {shipped:,} events had been written to it: {_ADVICE}"
        )
    return None


def check_anchors(events: Iterable[Event], anchors: Iterable[str]) -> Break | None:
    """The first anchored event that the log has not, or has otherwise; None when it is the log that was anchored.

    An anchor is "NUMBER:DIGEST", with or without words before it, such as the time; empty lines are passed over.
    """
    wanted: dict[int, set[str]] = defaultdict(set)
    for text in anchors:
        if not text.strip():
            continue
        if not (found := _ANCHOR.fullmatch(text.split()[-1])):
            return Break(0, f'The anchor "{text.strip()[:100]}" is damaged: compare it with the last digest mail.')
        wanted[int(found[1])].add(found[2])
    return _unmet(events, wanted)


def head(event: Event | None) -> str:
    """The anchor "NUMBER:DIGEST" of the last event; of an empty log that of its beginning."""
    return f"{event.number}:{event.digest}" if event else f"0:{GENESIS}"


def segments(events: Iterable[Event], most: int = 1000) -> Iterator[tuple[str, str]]:
    """The name and text of each file in which the log goes to a store: at most `most` events, a line each."""
    rest = iter(events)
    while part := list(islice(rest, most)):
        name = f"{part[0].number:012d}-{part[-1].number:012d}.jsonl"
        yield name, "".join(f"{line(event)}\n" for event in part)


def read_segment(name: str, text: str) -> tuple[Event, ...]:
    """The events of a segment; the inverse of `segments`. `name` may have folders before it.

    Raises:
        ValueError: the name is no segment's, or the lines are not those events, each written as `line` writes it.
    """
    parts = _SEGMENT.fullmatch(name.rpartition("/")[2])
    if not parts:
        raise ValueError(f'"{name}" is not the name of a part of the event log: take the file away.')
    lines = text.split("\n")  # not splitlines: a sentence may hold a U+2028
    events = tuple(_read(name, each) for each in lines[:-1])
    numbers = [event.number for event in events]
    if lines[-1] or not numbers or numbers != list(range(int(parts[1]), int(parts[2]) + 1)):
        raise ValueError(f'"{name}" does not hold the events that its name tells: compare it with another store\'s.')
    return events


_ADVICE = "compare it with the logs of the other stores and the heads in the digest mails."


def _trouble(event: Event, number: int, previous: str) -> str:
    if event.number != number:
        return f"Event {number} is missing, event {event.number} stands in its place: {_ADVICE}"
    if not _sound(event):
        return f"Event {number} was changed after it was written: {_ADVICE}"
    if event.previous != previous:
        return f"Event {number} does not follow from event {number - 1}, which was replaced: {_ADVICE}"
    return ""


def _sound(event: Event) -> bool:
    try:
        return is_sound(event)
    except (ValueError, TypeError, AttributeError):  # what it says cannot even be written
        return False


def _unmet(events: Iterable[Event], wanted: dict[int, set[str]]) -> Break | None:
    last = 0
    if wanted.pop(0, {GENESIS}) != {GENESIS}:
        return Break(0, f"An anchor names another beginning of the log: {_ADVICE}")
    for event in events:
        last = event.number
        if wanted.pop(last, {event.digest}) != {event.digest}:
            return Break(last, f"Event {last} is not the one that was anchored, the log was made anew: {_ADVICE}")
    if wanted:
        return Break(min(wanted), f"The log ends at event {last}, and event {max(wanted)} was anchored: {_ADVICE}")
    return None


def _read(name: str, text: str) -> Event:
    event = from_line(text)
    if not isinstance(event.deed.facts, dict) or line(event) != text:
        raise ValueError(f'A line of "{name}" is not as it was written: compare it with another store\'s.')
    return event
