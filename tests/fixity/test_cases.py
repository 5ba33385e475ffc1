import hashlib

import pytest

from fixity.cases import DEEDS, STATES, Clues, after, case_id, grouped, hint, may

ALLOWED = {
    "opened": [],
    "acknowledged": ["open"],
    "assigned": ["open", "acknowledged", "repaired"],
    "noted": ["open", "acknowledged", "repaired", "closed"],
    "rechecked": ["open", "acknowledged", "repaired", "closed"],
    "repaired": ["open", "acknowledged"],
    "closed": ["open", "acknowledged", "repaired"],
    "reopened": ["repaired", "closed"],
}


@pytest.mark.parametrize("deed", DEEDS)
def test_what_may_be_done_in_which_state(deed: str) -> None:
    assert [state for state in STATES if may(state, deed, last_good=True) is None] == ALLOWED[deed]
    while_bad = [] if deed == "closed" else ALLOWED[deed]
    assert [state for state in STATES if may(state, deed, last_good=False) is None] == while_bad


def test_a_refusal_says_why_and_what_to_do() -> None:
    assert [
        may("open", "closed", last_good=False),
        may("open", "reopened", last_good=True),
        may("acknowledged", "acknowledged", last_good=True),
        may("repaired", "repaired", last_good=True),
        may("closed", "assigned", last_good=True),
    ] == [
        "The last full read of this copy was not good, so the case stays open: repair the file, or read it again.",
        "The case is open already: acknowledge it, or repair its file.",
        "The case is acknowledged already: repair its file, or note what you found.",
        "The file was repaired already: the case closes itself when the next audit reads it and finds it good.",
        "The case is closed: it opens again by itself when a full read finds damage.",
    ]


@pytest.mark.parametrize(("state", "deed"), [("open", "forgotten"), ("lost", "noted")])
def test_unknown_words_are_refused(state: str, deed: str) -> None:
    with pytest.raises(ValueError, match="use the words"):
        may(state, deed, last_good=True)


def test_the_road_of_a_case() -> None:
    road = ["open"]
    for deed in ("acknowledged", "assigned", "noted", "repaired", "rechecked", "closed", "reopened"):
        assert may(road[-1], deed, last_good=True) is None
        road.append(after(road[-1], deed))
    assert road == ["open", "acknowledged", "acknowledged", "acknowledged", "repaired", "repaired", "closed", "open"]


def test_more_than_twenty_cases_are_a_group() -> None:
    assert [count for count in (0, 1, 20, 21, 500) if grouped(count)] == [21, 500]


def test_ids_of_cases() -> None:
    assert case_id("s3", "ocfl/k") == hashlib.sha256(b"s3\0ocfl/k").hexdigest()[:12]
    assert case_id("s3", "", "store-away") == hashlib.sha256(b"s3\0\0store-away").hexdigest()[:12]
    assert case_id("s3", "ocfl/k", "altered") == case_id("s3", "ocfl/k", "missing")
    assert len({case_id("", "", "chain"), case_id("s3", "", "chain"), case_id("s3", "", "canary")}) == 3
    assert len(case_id("s3", "a\udce4")) == 12


def clues(**told: object) -> Clues:
    usual = {"name": "masters/0001.tif", "expected": "aa", "expected_size": 2000, "found": "ff", "found_size": 2000}
    return Clues(**{**usual, **told})  # type: ignore[arg-type]


OTHERS = {"bb": "masters/0002.tif"}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (clues(found=None, found_size=None), ""),
        (clues(found="aa"), ""),
        (clues(found_size=0), "It is empty, and should have 2,000 bytes."),
        (clues(found_size=500), "It is cut off: 1,500 of 2,000 bytes are missing."),
        (clues(found_size=2001), "It is 1 byte longer than the 2,000 that were recorded."),
        (clues(), "It has the recorded size and other bytes: bits or blocks of it have changed."),
        (clues(found="bb", others=OTHERS), 'It holds the bytes of "masters/0002.tif".'),
        (
            clues(found="bb", others=OTHERS, read={"masters/0002.tif": "aa"}),
            'It and "masters/0002.tif" were swapped: each holds the bytes of the other.',
        ),
        (
            clues(found="bb", others=OTHERS, read={"masters/0002.tif": "bb"}),
            'It holds the bytes of "masters/0002.tif".',
        ),
        (
            clues(beside="ff"),
            "Its bytes agree with the inventory in the same store and not with the event chain: "
            "file and inventory were changed together.",
        ),
        (
            clues(name="=inventory.json", found="cc", earlier={"cc": 1}, beside="cc"),
            "It holds the bytes of version 1: a later version was undone, or never came here.",
        ),
        (
            clues(name="=inventory.json.sha512", found="cc", earlier={"cc": 1}),
            "The sidecar is stale: it holds the digest of the inventory of version 1.",
        ),
    ],
)
def test_damage_is_told_by_its_kind(told: Clues, words: str) -> None:
    assert hint(told) == words
