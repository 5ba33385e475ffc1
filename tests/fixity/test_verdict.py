from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.fixity import Digests, FixityEvent, FixityOutcome, StoredFile
from fixity.verdict import ReadFailure, State, Verdict, outcome_of, sentence, verdict

START = datetime(2026, 11, 20, tzinfo=UTC)
FILE = StoredFile(logical="masters/0001.tif", key="ocfl/k", size=3, sha512="a" * 128, sha256="b" * 64)
GOOD = {"sha512": "a" * 128, "sha256": "b" * 64}
INTACT, ALTERED, MISSING, UNREADABLE = FixityOutcome


def read(
    store: str, outcome: FixityOutcome, *, minute: int = 0, found: str | None = None, expected: str = "a"
) -> FixityEvent:
    return FixityEvent(
        store=store,
        key="ocfl/k",
        outcome=outcome,
        expected=expected,
        found=found,
        at=START + timedelta(minutes=minute),
        agent="muniment",
    )


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        (Digests(3, GOOD), INTACT),
        (Digests(3, {"sha512": "a" * 128}), INTACT),
        (Digests(4, GOOD), ALTERED),
        (Digests(3, GOOD | {"sha512": "c" * 128}), ALTERED),
        (Digests(3, GOOD | {"sha256": "c" * 64}), ALTERED),
        (ReadFailure.ABSENT, MISSING),
        (ReadFailure.UNREADABLE, UNREADABLE),
    ],
)
def test_a_copy_is_intact_only_when_everything_agrees(found: Digests | ReadFailure, outcome: FixityOutcome) -> None:
    assert outcome_of(FILE, found) is outcome


def test_a_read_without_sha512_proves_nothing() -> None:
    with pytest.raises(ValueError, match="proves nothing"):
        outcome_of(FILE, Digests(3, {"sha256": "b" * 64}))


def test_all_copies_intact_is_sound() -> None:
    assert verdict([read("s3", INTACT), read("copy", INTACT)]) == Verdict(state=State.SOUND)


def test_an_altered_copy_is_repaired_from_the_good_one_and_its_bytes_are_put_aside() -> None:
    assert verdict([read("s3", ALTERED, found="x"), read("copy", INTACT, found="a")]) == Verdict(
        state=State.REPAIRABLE, sources=("copy",), damaged=(("s3", ALTERED),), quarantine=("s3",)
    )


def test_missing_and_unreadable_copies_have_nothing_to_put_aside() -> None:
    assert verdict([read("a", MISSING), read("b", UNREADABLE), read("c", INTACT)]) == Verdict(
        state=State.REPAIRABLE, sources=("c",), damaged=(("a", MISSING), ("b", UNREADABLE))
    )


def test_only_the_last_read_of_a_copy_counts() -> None:
    reads = [read("s3", INTACT, minute=2), read("s3", ALTERED, minute=1), read("copy", INTACT)]
    assert verdict(reads).state is State.SOUND


def test_without_a_good_copy_nothing_may_be_written() -> None:
    lost = verdict([read("s3", ALTERED, found="x"), read("copy", MISSING)])
    assert (lost.state, lost.sources, lost.agreeing) == (State.LOST, (), False)


def test_altered_copies_that_agree_are_pointed_out() -> None:
    assert verdict([read("s3", ALTERED, found="x"), read("copy", ALTERED, found="x")]).agreeing
    assert not verdict([read("s3", ALTERED, found="x"), read("copy", ALTERED, found="y")]).agreeing


def test_reads_of_different_files_are_refused() -> None:
    with pytest.raises(ValueError, match="one file"):
        verdict([read("s3", INTACT), read("copy", INTACT, expected="z")])
    with pytest.raises(ValueError, match="one file"):
        verdict([])


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from("abcd"), st.sampled_from(FixityOutcome), min_size=1))
def test_a_source_is_always_intact_and_never_damaged(outcomes: dict[str, FixityOutcome]) -> None:
    judged = verdict(read(store, outcome) for store, outcome in outcomes.items())
    assert all(outcomes[store] is INTACT for store in judged.sources)
    assert dict(judged.damaged) == {store: what for store, what in outcomes.items() if what is not INTACT}
    assert (judged.state is State.REPAIRABLE) == bool(judged.sources)


@pytest.mark.parametrize(
    ("reads", "words"),
    [
        ([read("s3", INTACT)], 'Every copy of "m" is intact: nothing needs to be done.'),
        (
            [read("s3", ALTERED, found="x"), read("copy", INTACT)],
            '"m" is altered in "s3" and intact in "copy": repair it from there.',
        ),
        (
            [read("s3", MISSING)],
            '"m" is missing in "s3", and no good copy is known: nothing is written; fetch the file from a backup.',
        ),
        (
            [read("a", ALTERED, found="x"), read("b", ALTERED, found="x")],
            '"m" is altered in "a", altered in "b", and the altered copies hold the same bytes: nothing is written; '
            "compare them with the inventory and a backup before you decide which is right.",
        ),
    ],
)
def test_the_desk_says_what_to_do(reads: list[FixityEvent], words: str) -> None:
    assert sentence(verdict(reads), "m") == words
