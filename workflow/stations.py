"""Steps of a batch: which were done, which could not be, and that the trouble of one item is no other's.

Small items are taken several at a time by one task, as a task costs Prefect's server as much as a page costs us in
some batches. So what Prefect knows of one item elsewhere, who failed and who may be tried again, is known here.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from core.errors import PageProcessError, StorageError

WORTH_ANOTHER_TRY = (StorageError, PageProcessError)


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done at one station for one item (`part` 0) or one page of it (its number).

    `rank` says who of those that wait in a line goes first: the lowest.
    """

    folder: str
    station: str
    act: Callable[[], None]
    part: int = 0
    rank: tuple[float, ...] = ()


Take = Callable[[Sequence[Step]], Iterable[Exception | None]]


class Record:
    """How the steps of one batch ended. Safe to use from many threads, each step by one at a time."""

    def __init__(self) -> None:
        self._done: set[tuple[str, str, int]] = set()
        self._troubles: dict[tuple[str, str, int], Exception] = {}

    def walk(self, steps: Sequence[Step], take: Take) -> None:
        """Takes the steps that are left: not those that were done, nor of items in trouble since another station.

        Raises:
            Exception: the trouble of one of them, after all others were taken; rather one that is worth another try.
        """
        left = [step for step in steps if _key(step) not in self._done and self._well_until(step)]
        for step, trouble in zip(left, take(left), strict=True):
            if trouble is None:
                self._done.add(_key(step))
                self._troubles.pop(_key(step), None)
            else:
                self._troubles[_key(step)] = trouble
        met = [trouble for step in left if (trouble := self._troubles.get(_key(step)))]
        if met:
            raise min(met, key=lambda trouble: not isinstance(trouble, WORTH_ANOTHER_TRY))

    def trouble(self, folder: str) -> Exception | None:
        """What was in the way of the item, None when nothing was."""
        return next((trouble for (whose, *_), trouble in list(self._troubles.items()) if whose == folder), None)

    def _well_until(self, step: Step) -> bool:
        """True unless the item met with trouble at another station, or with some here that no other try will mend."""
        for (folder, station, part), trouble in list(self._troubles.items()):
            mine = (station, part) == (step.station, step.part)
            if folder == step.folder and station != step.station:
                return False
            if folder == step.folder and mine and not isinstance(trouble, WORTH_ANOTHER_TRY):
                return False
        return True


def by_hands(hands: ThreadPoolExecutor) -> Take:
    """How each step ended, taken by a few threads side by side."""

    def take(steps: Sequence[Step]) -> Iterator[Exception | None]:
        for future in [hands.submit(step.act) for step in steps]:
            yield outcome(future)

    return take


def outcome(future: Future[None]) -> Exception | None:
    """How the step ended, when it has; whatever it is, the other items go on, and the item's end tells it."""
    trouble = future.exception()
    if trouble is not None and not isinstance(trouble, Exception):
        raise trouble
    return trouble


def _key(step: Step) -> tuple[str, str, int]:
    return step.folder, step.station, step.part
