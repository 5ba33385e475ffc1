"""The line in which the pages of a batch wait for a page process: the pages of all tasks, in one order."""

import heapq
import itertools
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from workflow.stations import Step, outcome


class Lanes:
    """As many threads as page processes, so that a free process never waits for anything but a page.

    A task hands its pages over and waits; which page is taken next is decided when a lane is free, among the pages of
    all tasks. A long page that starts last would keep one core busy while the others idle.
    """

    def __init__(self, count: int) -> None:
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="lane")
        self._waiting: list[tuple[tuple[float, ...], int, Step, Future[None]]] = []
        self._order = itertools.count()
        self._lock = threading.Lock()

    def take(self, steps: Sequence[Step]) -> Iterator[Exception | None]:
        """How each ended, when it has; all wait in the line from the first on."""
        for future in self.put(steps):
            yield outcome(future)

    def put(self, steps: Sequence[Step]) -> list[Future[None]]:
        """What each will come to, in their order; all wait in the line from now on."""
        return [self._put(step) for step in steps]

    def close(self) -> None:
        """Nobody waits any more: pages that were not begun are given up."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            left, self._waiting = self._waiting, []
        for *_, future in left:
            future.cancel()

    def _put(self, step: Step) -> Future[None]:
        future: Future[None] = Future()
        with self._lock:
            heapq.heappush(self._waiting, (step.rank, next(self._order), step, future))
        self._threads.submit(self._next)
        return future

    def _next(self) -> None:
        with self._lock:
            if not self._waiting:
                return
            *_, step, future = heapq.heappop(self._waiting)
        try:
            step.act()
        except BaseException as trouble:  # noqa: BLE001 - it is raised where it is waited for
            future.set_exception(trouble)
        else:
            future.set_result(None)
