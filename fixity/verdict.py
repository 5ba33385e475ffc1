"""What a full read means for a copy, and what the copies of one file mean together. Nothing here reads or writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from core.fixity import Digests, FixityEvent, FixityOutcome, StoredFile


class ReadFailure(StrEnum):
    """Why the bytes of a copy could not be had, though its store answered."""

    ABSENT = "absent"
    UNREADABLE = "unreadable"


def outcome_of(expected: StoredFile, found: Digests | ReadFailure) -> FixityOutcome:
    """What a full read found: intact only when the size and every digest that we hold agree.

    A store that does not answer at all is no reading: then nothing is known and no event is written.

    Raises:
        ValueError: the read has no SHA-512, so that it proves nothing.
    """
    if found is ReadFailure.ABSENT:
        return FixityOutcome.MISSING
    if not isinstance(found, Digests):
        return FixityOutcome.UNREADABLE
    if "sha512" not in found.values:
        raise ValueError(f'The read of "{expected.key}" has no SHA-512 and proves nothing: take all digests.')
    agree = (
        found.size == expected.size
        and found.sha512 == expected.sha512
        and found.values.get("sha256", expected.sha256) == expected.sha256
    )
    return FixityOutcome.INTACT if agree else FixityOutcome.ALTERED


class State(StrEnum):
    """What the copies of a file are together."""

    SOUND = "sound"  # every copy that was read is intact
    REPAIRABLE = "repairable"  # some are not, and at least one is
    LOST = "lost"  # none is: nothing may be written


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The state of a file over its copies, by the last full read of each.

    `sources` are the stores that may serve a repair *once they are read again in the same act*; `damaged` are the
    other stores with their outcome; `quarantine` those whose bytes can still be read and must be put aside first.
    `agreeing` is true when two or more altered copies hold the same bytes: then the record itself may be wrong.
    """

    state: State
    sources: tuple[str, ...] = ()
    damaged: tuple[tuple[str, FixityOutcome], ...] = ()
    quarantine: tuple[str, ...] = ()
    agreeing: bool = False


def verdict(events: Iterable[FixityEvent]) -> Verdict:
    """The verdict over the copies of one file; of several reads of a copy the last one counts, stores go by name.

    Raises:
        ValueError: there is no read at all, or the reads expect different bytes and so are not of one file.
    """
    last = _last_reads(events)
    if len({event.expected for event in last}) != 1:
        raise ValueError("A verdict needs reads of one file that expect the same digest: gather them by file.")
    good = tuple(event.store for event in last if event.outcome is FixityOutcome.INTACT)
    bad = tuple((event.store, event.outcome) for event in last if event.outcome is not FixityOutcome.INTACT)
    altered = [event for event in last if event.outcome is FixityOutcome.ALTERED]
    found = [event.found for event in altered if event.found]
    return Verdict(
        state=State.SOUND if not bad else State.REPAIRABLE if good else State.LOST,
        sources=good if bad else (),
        damaged=bad,
        quarantine=tuple(event.store for event in altered),
        agreeing=len(found) > len(set(found)),
    )


def sentence(judged: Verdict, name: str) -> str:
    """One plain sentence for the fixity desk: what is wrong with the file of this name, and what to do."""
    if judged.state is State.SOUND:
        return f'Every copy of "{name}" is intact: nothing needs to be done.'
    damage = ", ".join(f'{outcome.value} in "{store}"' for store, outcome in judged.damaged)
    if judged.state is State.REPAIRABLE:
        places = " and ".join(f'"{store}"' for store in judged.sources)
        return f'"{name}" is {damage} and intact in {places}: repair it from there.'
    if judged.agreeing:
        return (
            f'"{name}" is {damage}, and the altered copies hold the same bytes: nothing is written; '
            "compare them with the inventory and a backup before you decide which is right."
        )
    return f'"{name}" is {damage}, and no good copy is known: nothing is written; fetch the file from a backup.'


def _last_reads(events: Iterable[FixityEvent]) -> list[FixityEvent]:
    by_store = {event.store: event for event in sorted(events, key=lambda event: event.at)}
    return [by_store[store] for store in sorted(by_store)]
