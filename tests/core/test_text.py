"""Text that was read from a smaller picture, on the canvas."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from core.text import Block, Box, Line, PageText, Word

SIDES = st.integers(1, 15_000)
FACTORS = st.floats(1, 16)


@st.composite
def texts(draw: st.DrawFn) -> PageText:
    """A page with one box everywhere, somewhere inside, and a second word to its right."""
    width, height = draw(SIDES), draw(SIDES)
    x, y = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    middle = draw(st.integers(x + 1, width))
    first = Box(x, y, middle - x, draw(st.integers(1, height - y)))
    second = Box(middle, y, draw(st.integers(0, width - middle)), first.h)
    around = first.union(second)
    line = Line(around, (Word("a", first, 0.5), Word("b", second, 1.0)))
    return PageText(width, height, (Block(around, (line,)),), ("en",))


def boxes(text: PageText) -> Iterator[Box]:
    """All boxes of the page."""
    for block in text.blocks:
        yield block.box
        for line in block.lines:
            yield from (line.box, *(word.box for word in line.words))


@given(texts())
def test_nothing_changes_where_the_page_itself_was_read(text: PageText) -> None:
    assert text.scaled(1.0, width=text.width, height=text.height) == text


@given(texts(), FACTORS, st.integers(-8, 8))
def test_boxes_stay_on_the_canvas_in_their_order(text: PageText, factor: float, rounding: int) -> None:
    width, height = (max(round(side * factor) + rounding, 1) for side in (text.width, text.height))
    scaled = text.scaled(factor, width=width, height=height)
    assert (scaled.width, scaled.height, scaled.text, scaled.languages) == (width, height, "a b", ("en",))
    for box in boxes(scaled):
        assert 0 <= box.x <= box.x + box.w <= width
        assert 0 <= box.y <= box.y + box.h <= height
    first, second = (word.box for word in scaled.words())
    assert first.x + first.w == second.x
    assert scaled.blocks[0].box == scaled.blocks[0].lines[0].box == first.union(second)


@given(st.integers(0, 9_000), st.integers(1, 9_000), FACTORS)
def test_what_was_a_pixel_wide_stays_so(left: int, width: int, factor: float) -> None:
    box = Box(left, left, width, 1).scaled(factor, width=400_000, height=400_000)
    assert min(box.w, box.h) >= 1
    assert abs(box.w - width * factor) <= 1


def test_edges_are_rounded_to_the_nearest_pixel() -> None:
    assert Box(3, 5, 7, 9).scaled(1.5, width=100, height=20) == Box(5, 8, 10, 12)
