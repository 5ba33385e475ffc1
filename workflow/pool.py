"""The parent's side of the page process: a few of them, kept busy, replaced when they are worn out or broken."""

import contextlib
import json
import math
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

from core.errors import PageProcessError
from core.limits import PageLimits
from workflow.processes import kill_tree

JOBS_A_PROCESS = 400


class PagePool:
    """At most `size` page processes; `run` waits for a free one. Safe to use from many threads."""

    def __init__(self, size: int, limits: PageLimits) -> None:
        self.limits = limits
        self._places: queue.LifoQueue[PageProcess | None] = queue.LifoQueue()
        for _ in range(size):
            self._places.put(None)
        # Linux ends a page process when the *thread* that started it ends, so one thread starts them all.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="page-starter")

    def run(self, do: str, *, seconds: float, **job: Any) -> Any:
        """The answer of a page process to the job; raises what `PageProcess.run` raises."""
        with self.borrowed() as process:
            return process.run(do, seconds=seconds, **job)

    def close(self) -> None:
        """Ends all idle processes."""
        with contextlib.suppress(queue.Empty):
            while True:
                if process := self._places.get_nowait():
                    process.end()
        self._starter.shutdown()

    @contextlib.contextmanager
    def borrowed(self) -> Iterator["PageProcess"]:
        """A page process for several jobs that follow each other; after one that failed it takes no other."""
        process = self._places.get()
        try:
            if process is None or not process.fresh:
                if process is not None:
                    process.end()
                process = None
                process = self._starter.submit(PageProcess, self.limits).result()
            yield process
        finally:  # the place is given back even when no process could be started
            if process is not None and not process.fresh:
                process.end()
                process = None
            self._places.put(process)


class PageProcess:
    """One running page process."""

    def __init__(self, limits: PageLimits) -> None:
        command = [sys.executable, "-P", "-m", "workflow.page", json.dumps(asdict(limits)), str(os.getpid())]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_environment(), encoding="utf-8"
        )
        self._jobs = 0

    @property
    def fresh(self) -> bool:
        """True while it lives and is not worn out."""
        return self._process.poll() is None and self._jobs < JOBS_A_PROCESS

    def run(self, do: str, *, seconds: float, **job: Any) -> Any:
        """The answer to one job.

        Raises:
            PageProcessError: it crashed, took longer than `seconds` (wall time) or asked for too much memory. The
                process and all its children are gone then.
        """
        assert self._process.stdin
        assert self._process.stdout
        job |= {"do": do, "cpu_seconds": math.ceil(2 * seconds)}
        self._jobs += 1
        late = threading.Event()
        timer = threading.Timer(seconds, self._give_up, (late,))
        timer.start()
        try:
            self._process.stdin.write(json.dumps(job) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except (BrokenPipeError, ValueError):  # it ended just now, or after an earlier job of the same borrower
            line = ""
        finally:
            timer.cancel()
        return self._result(line, "timeout" if late.is_set() else "crashed")

    def _result(self, line: str, otherwise: str) -> Any:
        answer = json.loads(line) if line.endswith("\n") else {"failed": otherwise}
        if "ok" in answer:
            return answer["ok"]
        self.end()  # after a failure nothing it still holds is trusted
        raise PageProcessError("The page process gave no answer.", reason=answer["failed"])

    def _give_up(self, late: threading.Event) -> None:
        late.set()
        kill_tree(self._process.pid)

    def end(self) -> None:
        """Kills the process and all its children; safe to repeat."""
        kill_tree(self._process.pid)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


def _environment() -> dict[str, str]:
    """One thread a process: two cores are kept busy by two pages, not by threads that reserve memory."""
    return {
        **os.environ,
        "OMP_THREAD_LIMIT": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "VIPS_CONCURRENCY": "1",
        "MALLOC_ARENA_MAX": "2",
    }
