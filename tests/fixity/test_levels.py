from dataclasses import replace

import pytest

from fixity.levels import FunctionLevel, LevelFacts, levels

DEMO = LevelFacts(copies=2, places=1, threats=0, media=1, fixed_interval=True, log_stores=2, staff=1)
APART = replace(DEMO, places=2)
BEST = LevelFacts(copies=3, places=3, threats=3, media=2, fixed_interval=True, log_stores=3, staff=4)


def numbers(facts: LevelFacts) -> list[int]:
    return [function.level for function in levels(facts)]


@pytest.mark.parametrize(
    ("facts", "reached"),
    [
        (DEMO, [0, 1, 3, 0, 2]),
        (APART, [1, 4, 3, 4, 2]),
        (replace(APART, copies=3), [2, 4, 3, 4, 2]),
        (replace(APART, copies=3, threats=2, media=2), [3, 4, 3, 4, 2]),
        (replace(APART, threats=2, media=2), [1, 4, 3, 4, 2]),
        (replace(APART, fixed_interval=False), [1, 2, 3, 4, 2]),
        (replace(APART, log_stores=1), [1, 1, 3, 4, 2]),
        (replace(DEMO, copies=1, staff=0), [0, 1, 0, 0, 2]),
        (BEST, [4, 4, 3, 4, 2]),
    ],
)
def test_a_level_is_reached_with_all_below_it(facts: LevelFacts, reached: list[int]) -> None:
    assert numbers(facts) == reached


def test_the_levels_say_by_what_and_what_comes_next() -> None:
    assert levels(DEMO)[:3] == (
        FunctionLevel("Storage", 0, "Nothing yet.", "Level 1 takes a second complete copy in a separate place. "
                      "Yours: plans for storage media and systems that grow old."),
        FunctionLevel("Integrity", 1, "Supplied checksums compared at ingest, others made there.",
                      "Level 2 takes the event log in a store in a separate place. "
                      "Yours: virus checks before delivery, and write-blockers."),
        FunctionLevel("Control", 3, "Logins with roles; roles that are applied to every page; "
                      "an event log that names who did what.",
                      "Level 4 takes a review of the event log by your people at regular times."),
    )  # fmt: skip
    assert levels(BEST)[0] == FunctionLevel(
        "Storage",
        4,
        "Every file in 3 stores and 3 separate places; different threats and kinds of storage; "
        "three places with three different threats.",
        "Yours: plans for storage media and systems that grow old.",
    )
    assert levels(BEST)[3].next_step == "There is no higher level."


@pytest.mark.parametrize("facts", [DEMO, APART, BEST])
def test_nobody_is_called_compliant(facts: LevelFacts) -> None:
    assert not any(
        "complian" in words.lower() for each in levels(facts) for words in (each.supported_by, each.next_step)
    )
