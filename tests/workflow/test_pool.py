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


def _program(folder: Path, text: str) -> Path:
    """A Tesseract that behaves badly."""
    path = folder / "tesseract"
    path.write_text(f"#!/bin/sh\n[ \"$1\" = --version ] && echo 'tesseract 5.0.0' && exit 0\n{text}\n")
    path.chmod(0o755)
    return path


def _read(pool: PagePool, page: Path, program: Path, *, ocr_seconds: int = 20, seconds: int = 60) -> list[str]:
    """The kinds of oddities that reading the page with this program ends with."""
    folder = page.parent / "out"
    folder.mkdir(exist_ok=True)
    tessdata = page.parent / "tessdata"
    tessdata.mkdir(exist_ok=True)
    (tessdata / "eng.traineddata").touch()
    answer = pool.run(
        "read",
        seconds=seconds,
        path=str(page),
        index=0,
        folder=str(folder),
        models=["eng"],
        program=str(program),
        tessdata=str(tessdata),
        languages=["en"],
        ocr_seconds=ocr_seconds,
    )
    assert (folder / "access.tif").exists()
    assert not (folder / "alto.xml").exists()
    return [oddity["kind"] for oddity in answer["oddities"]]


def test_the_facts_of_a_page(pool: PagePool, page: Path) -> None:
    facts = pool.run("facts", seconds=20, path=str(page))
    assert [(one["width"], one["height"], one["dpi"]) for one in facts["pages"]] == [(900, 300, 300.0)]


def test_a_process_is_used_again(pool: PagePool, page: Path) -> None:
    pool.run("facts", seconds=20, path=str(page))
    before = page_processes()
    pool.run("facts", seconds=20, path=str(page))
    assert page_processes() == before


def test_a_hanging_tesseract_costs_the_text_of_its_page(pool: PagePool, page: Path, tmp_path: Path) -> None:
    kinds = _read(pool, page, _program(tmp_path, "sleep 60 & sleep 60"), ocr_seconds=1)
    assert kinds == ["ocr-timeout"]


def test_a_crashing_tesseract_costs_the_text_of_its_page(pool: PagePool, page: Path, tmp_path: Path) -> None:
    assert _read(pool, page, _program(tmp_path, "kill -SEGV $$")) == ["ocr-failed"]


def test_a_greedy_tesseract_costs_the_text_of_its_page(pool: PagePool, page: Path, tmp_path: Path) -> None:
    greedy = "exec python3 -c 'x = bytearray(3_000_000_000)'"
    assert _read(pool, page, _program(tmp_path, greedy)) == ["ocr-failed"]


def test_a_page_process_that_is_late_is_ended_and_replaced(pool: PagePool, page: Path, tmp_path: Path) -> None:
    with pytest.raises(PageProcessError) as caught:
        _read(pool, page, _program(tmp_path, "sleep 60"), ocr_seconds=50, seconds=2)
    assert caught.value.reason == "timeout"
    assert page_processes() == ()
    assert pool.run("facts", seconds=20, path=str(page))["pages"]


def test_a_page_process_that_dies_is_a_crash(pool: PagePool, page: Path) -> None:
    pool.run("facts", seconds=20, path=str(page))
    (child,) = page_processes()
    fifo = page.parent / "never.tif"
    os.mkfifo(fifo)
    killer = threading.Timer(0.5, os.kill, (child, signal.SIGKILL))
    killer.start()
    with pytest.raises(PageProcessError) as caught:
        pool.run("facts", seconds=20, path=str(fifo))
    assert caught.value.reason == "crashed"
