"""Pages of all tasks wait in one line."""

import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError

import pytest

from workflow.lanes import Lanes
from workflow.stations import Step


@pytest.fixture
def lanes() -> Iterator[Lanes]:
    """A single lane."""
    lanes = Lanes(1)
    yield lanes
    lanes.close()


def test_the_lowest_rank_of_all_that_wait_goes_first(lanes: Lanes) -> None:
    free, begun, taken = threading.Event(), threading.Event(), list[str]()

    def first() -> None:
        begun.set()
        free.wait()

    def page(name: str, *rank: float) -> Step:
        return Step(name, "read", lambda: taken.append(name), rank=rank)

    busy = lanes.take([Step("first", "read", first)])
    tasks = [threading.Thread(target=lambda: next(busy))]
    tasks[0].start()
    begun.wait()
    some, others = lanes.put([page("b1", 1, -2), page("b2", 1, -2)]), lanes.put([page("b3", 1, -3), page("a", 0, -1)])
    free.set()
    assert [future.result() for future in (*some, *others)] == [None] * 4
    tasks[0].join()
    assert taken == ["a", "b3", "b1", "b2"]


def test_each_page_tells_of_its_own_trouble(lanes: Lanes) -> None:
    def bad() -> None:
        raise ValueError("no")

    found = list(lanes.take([Step("a", "read", bad), Step("b", "read", lambda: None)]))
    assert [type(trouble) for trouble in found] == [ValueError, type(None)]


def test_pages_that_were_not_begun_are_given_up_when_the_line_is_closed(lanes: Lanes) -> None:
    free, begun = threading.Event(), threading.Event()

    def first() -> None:
        begun.set()
        free.wait()

    (running,) = lanes.put([Step("first", "read", first)])
    begun.wait()
    (waiting,) = lanes.put([Step("second", "read", lambda: None)])
    lanes.close()
    free.set()
    assert running.result() is None
    with pytest.raises(CancelledError):
        waiting.result()
