"""Small things are taken together, large ones alone."""

import pytest

from workflow.handfuls import Handful, handfuls


@pytest.mark.parametrize(
    ("sizes", "wanted"),
    [
        ([], []),
        ([1] * 34, [[1] * 32, [1, 1]]),
        ([40, 1, 2], [[40], [1, 2]]),
        ([20, 12, 1], [[20, 12], [1]]),
        ([20, 13, 9], [[20], [13, 9]]),
        ([0] * 40, [[0] * 32, [0] * 8]),
    ],
)
def test_things_go_together_up_to_so_many_pages(sizes: list[int], wanted: list[list[int]]) -> None:
    assert [list(few) for few in handfuls(sizes, pages=lambda size: size)] == wanted


def test_a_handful_is_named_after_its_first_and_last() -> None:
    assert [str(Handful(few)) for few in (["a"], ["a", "b", "c"])] == ["a", "a to c"]
