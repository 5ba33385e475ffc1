"""The page process: its answers, and what happens when it crashes, hangs or asks for too much memory."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.errors import PageProcessError
from core.limits import PageLimits
from workflow.pool import PagePool
from workflow.processes import descendants, parent_of

DrawPage = Callable[[Path, str], None]


@pytest.fixture
def pool() -> Iterator[PagePool]:
    pool = PagePool(1, PageLimits(memory_mb=1000))
    yield pool
    pool.close()


@pytest.fixture
def page(tmp_path: Path, draw_page: DrawPage) -> Path:
    draw_page(tmp_path / "page.tif", "Hello")
    return tmp_path / "page.tif"


def page_processes() -> tuple[int, ...]:
    """Ours and their children.

    Other children of the test run are none of our business: an object store, or an installation that other tests
    started and that has page processes of its own.
    """
    here = os.getpid()
    pages = [pid for pid in descendants(here) if parent_of(pid) == here and b"workflow.page" in _command(pid)]
    return tuple(one for pid in pages for one in (pid, *descendants(pid)))


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def never_ready(folder: Path) -> Path:
    """A file that keeps its reader waiting."""
    fifo = folder / "never.tif"
    os.mkfifo(fifo)
    return fifo


def test_the_facts_of_a_page(pool: PagePool, page: Path) -> None:
    facts = pool.run("facts", seconds=20, path=str(page))
    assert [(one["width"], one["height"], one["dpi"]) for one in facts["pages"]] == [(900, 300, 300.0)]


def test_a_process_is_used_again(pool: PagePool, page: Path) -> None:
    pool.run("facts", seconds=20, path=str(page))
    before = page_processes()
    pool.run("facts", seconds=20, path=str(page))
    assert page_processes() == before


def test_a_process_is_borrowed_for_several_jobs(pool: PagePool, page: Path) -> None:
    with pool.borrowed() as process:
        for _ in range(2):
            assert process.run("facts", seconds=20, path=str(page))["pages"]
            (alone,) = page_processes()
    pool.run("facts", seconds=20, path=str(page))
    assert page_processes() == (alone,)


def test_a_page_process_that_is_late_is_ended_and_replaced(pool: PagePool, page: Path) -> None:
    with pytest.raises(PageProcessError) as caught:
        pool.run("facts", seconds=1, path=str(never_ready(page.parent)))
    assert caught.value.reason == "timeout"
    assert page_processes() == ()
    assert pool.run("facts", seconds=20, path=str(page))["pages"]


def test_a_page_process_that_dies_is_a_crash(pool: PagePool, page: Path) -> None:
    pool.run("facts", seconds=20, path=str(page))
    (child,) = page_processes()
    killer = threading.Timer(0.5, os.kill, (child, signal.SIGKILL))
    killer.start()
    with pytest.raises(PageProcessError) as caught:
        pool.run("facts", seconds=20, path=str(never_ready(page.parent)))
    assert caught.value.reason == "crashed"


def test_a_borrowed_process_that_failed_takes_no_further_job(pool: PagePool, page: Path) -> None:
    with pool.borrowed() as process:
        for path, seconds in ((never_ready(page.parent), 1), (page, 20)):
            with pytest.raises(PageProcessError):
                process.run("facts", seconds=seconds, path=str(path))
    assert pool.run("facts", seconds=20, path=str(page))["pages"]
