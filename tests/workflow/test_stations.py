"""The trouble of one item is no other's, and what was done is not done again."""

from concurrent.futures import ThreadPoolExecutor

from core.errors import PageProcessError, StorageError
from workflow.stations import Record, Step, by_hands


class Acts:
    """Steps of some items at some stations; each notes that it was taken, and meets with its trouble once or always."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.troubles: dict[str, Exception] = {}

    def step(self, folder: str, station: str = "store", part: int = 0) -> Step:
        return Step(folder, station, lambda: self._act(f"{station} {folder} {part}"), part=part)

    def _act(self, name: str) -> None:
        self.taken.append(name)
        if trouble := self.troubles.get(name):
            raise trouble


def walk(record: Record, steps: list[Step]) -> Exception | None:
    """What the walk raised."""
    try:
        with ThreadPoolExecutor(1) as hands:
            record.walk(steps, by_hands(hands))
    except (ValueError, StorageError, PageProcessError) as trouble:
        return trouble
    return None


def test_the_others_go_on_when_one_meets_with_trouble() -> None:
    acts, record, trouble = Acts(), Record(), ValueError("no")
    acts.troubles["store b 0"] = trouble
    assert walk(record, [acts.step(name) for name in "abc"]) is trouble
    assert acts.taken == ["store a 0", "store b 0", "store c 0"]
    assert [record.trouble(name) for name in "abc"] == [None, trouble, None]
    assert walk(record, [acts.step(name, "shelve") for name in "abc"]) is None
    assert acts.taken[3:] == ["shelve a 0", "shelve c 0"]


def test_another_try_takes_only_what_is_left_and_worth_it() -> None:
    acts, record = Acts(), Record()
    away, bad = StorageError("The store is away."), ValueError("no")
    acts.troubles |= {"store b 0": away, "store c 0": bad}
    steps = [acts.step(name) for name in "abc"]
    assert walk(record, steps) is away
    del acts.troubles["store b 0"]
    assert walk(record, steps) is None
    assert acts.taken[3:] == ["store b 0"]
    assert [record.trouble(name) for name in "abc"] == [None, None, bad]


def test_a_page_that_fails_keeps_none_of_its_item_from_being_read_but_the_item_from_being_shelved() -> None:
    acts, record, crash = Acts(), Record(), PageProcessError("The page crashed.", reason="crashed")
    acts.troubles["read a 1"] = crash
    assert walk(record, [acts.step("a", "read", number) for number in (1, 2)]) is crash
    assert walk(record, [acts.step("a", "read", number) for number in (3, 4)]) is None
    assert walk(record, [acts.step("a", "shelve"), acts.step("b", "shelve")]) is None
    assert acts.taken == ["read a 1", "read a 2", "read a 3", "read a 4", "shelve b 0"]
