"""How far a configuration goes by the NDSA Levels of Digital Preservation (version 2.0, 2019), function by function.

A level is reached only with all below it. What only an institution can do is named as its part and not counted as done.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fixity.words import count

Step = tuple[bool, str, str]  # whether it is supported, by what, and else what it takes


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelFacts:
    """What is known of the configuration.

    `copies` counts the stores that hold every file, `places` the places among them that share no disk or host,
    `threats` the different disaster threats that are told for those places, `media` the kinds of storage among them.
    `fixed_interval` is true when audits run by their schedule and no copy is overdue; `log_stores` counts the stores
    that hold the event log, `staff` the people with a login of their own.
    """

    copies: int
    places: int
    threats: int
    media: int
    fixed_interval: bool
    log_stores: int
    staff: int


@dataclass(frozen=True, slots=True)
class FunctionLevel:
    """One function of the levels: its name, the level that is supported (0 to 4), by what, and the next step."""

    name: str
    level: int
    supported_by: str
    next_step: str


def levels(facts: LevelFacts) -> tuple[FunctionLevel, ...]:
    """The five functions in the order of the table."""
    return (
        _reached("Storage", _storage(facts), "Yours: plans for storage media and systems that grow old."),
        _reached("Integrity", _integrity(facts), "Yours: virus checks before delivery, and write-blockers."),
        _reached("Control", _control(facts), ""),
        _reached("Metadata", _metadata(facts), ""),
        _reached("Content", _content(), "Yours: agreements with those who make the files."),
    )


def _storage(facts: LevelFacts) -> Sequence[Step]:
    apart = f"every file in {count(facts.copies, 'store')} and {count(facts.places, 'separate place')}"
    return (
        (facts.copies >= 2 and facts.places >= 2, apart, "a second complete copy in a separate place"),
        (facts.copies >= 3 and facts.places >= 2, apart, "a third complete copy, one of them in another region"),
        (
            facts.threats >= 2 and facts.media >= 2,
            "different threats and kinds of storage",
            "a copy where another disaster threatens and one on another kind of storage, told in `MUNIMENT_STORES`",
        ),
        (
            facts.places >= 3 and facts.threats >= 3,
            "three places with three different threats",
            "three copies in places that three different disasters threaten",
        ),
    )


def _integrity(facts: LevelFacts) -> Sequence[Step]:
    return (
        (True, "supplied checksums compared at ingest, others made there", ""),
        (
            facts.log_stores >= 2 and facts.places >= 2,
            "every copy read back, and the event log kept in another place too",
            "the event log in a store in a separate place",
        ),
        (
            facts.fixed_interval,
            "audits at fixed intervals and on demand, each on record",
            "audits by the schedule, until no copy is overdue",
        ),
        (facts.copies >= 2, "audits after events, and repair from a good copy", "a second copy to repair from"),
    )


def _control(facts: LevelFacts) -> Sequence[Step]:
    return (
        (facts.staff >= 1, "logins with roles", "a login for each person who works here"),
        (facts.staff >= 1, "roles that are applied to every page", ""),
        (True, "an event log that names who did what", ""),
        (False, "", "a review of the event log by your people at regular times"),
    )


def _metadata(facts: LevelFacts) -> Sequence[Step]:
    return (
        (facts.places >= 2, "an inventory beside each copy, in separate places", "a copy in a separate place"),
        (True, "descriptive, structural, technical and preservation metadata", ""),
        (True, "Dublin Core, PREMIS, METS and ALTO, with a warning for each gap", ""),
        (True, "every preservation action recorded with its time", ""),
    )


def _content() -> Sequence[Step]:
    return (
        (True, "formats identified by PRONOM at ingest", ""),
        (True, "every page decoded before it is taken in", ""),
        (False, "", "a watch over formats and programs that grow old"),
        (False, "", "migration or emulation of what cannot be read any more"),
    )


def _reached(name: str, steps: Sequence[Step], yours: str) -> FunctionLevel:
    level = next((number for number, (done, _, _) in enumerate(steps) if not done), len(steps))
    by = "; ".join(dict.fromkeys(words for _, words, _ in steps[:level]))
    sentence = f"{by[:1].upper()}{by[1:]}." if by else "Nothing yet."
    if level == len(steps):
        return FunctionLevel(name, level, sentence, yours or "There is no higher level.")
    step = f"Level {level + 1} takes {steps[level][2]}."
    return FunctionLevel(name, level, sentence, f"{step} {yours}".strip())
