"""Handfuls: what one task takes, so that Prefect's cost stays small beside the work, however small the items are."""

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

from workflow.itemwork import ItemWork

T = TypeVar("T")
PAGES = 32  # a task costs Prefect some 40 ms of processor time, a page that is read half a second at the very least


class Handful(Generic[T]):
    """A few things for one task. A plain class, so that Prefect hands it over as it is and looks into nothing of it."""

    def __init__(self, things: Sequence[T]) -> None:
        self.things = tuple(things)

    def __iter__(self) -> Iterator[T]:
        return iter(self.things)

    def __len__(self) -> int:
        return len(self.things)

    def __str__(self) -> str:
        """The first and the last, as a run is named after them."""
        first, last = _name(self.things[0]), _name(self.things[-1])
        return first if first == last else f"{first} to {last}"


def handfuls(things: Sequence[T], *, pages: Callable[[T], int]) -> list[Handful[T]]:
    """The things in order, together up to `PAGES` pages; a larger one stands alone."""
    found: list[list[T]] = []
    room = 0
    for thing in things:
        size = max(pages(thing), 1)
        if size > room or not found:
            found.append([])
            room = PAGES
        found[-1].append(thing)
        room -= size
    return [Handful(few) for few in found]


def pages_of(few: Handful[ItemWork]) -> list[Handful[tuple[ItemWork, int]]]:
    """Every page (from 1) of the items, as many a handful as one task takes."""
    return handfuls([(work, number) for work in few for number in range(1, work.pages + 1)], pages=lambda _: 1)


def largest_first(works: Sequence[ItemWork]) -> list[ItemWork]:
    """The items with pages to be read for text first, those with the largest page first."""
    sizes = {work.folder: max((facts.megapixels for _, facts in work.images()), default=0.0) for work in works}
    return sorted(works, key=lambda work: (not work.models, -sizes[work.folder]))


def _name(thing: object) -> str:
    if isinstance(thing, tuple):
        work, number = thing
        return f"{work.folder} {number}"
    return str(getattr(thing, "folder", thing))
