"""One page by one process: whatever befalls recognition costs the page its text alone."""

import os
import resource
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont

from core.errors import PageProcessError
from core.limits import PageLimits
from ocr.alto import read_alto
from ocr.models import find_program, gather
from workflow import making
from workflow.pool import PagePool
from workflow.processes import descendants, parent_of

DrawPage = Callable[[Path, str], None]


@pytest.fixture(scope="module")
def tessdata(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "tessdata"
    gather(folder)
    return folder


@pytest.fixture
def page(tmp_path: Path, draw_page: DrawPage) -> Path:
    draw_page(tmp_path / "page.tif", "Hello")
    return tmp_path / "page.tif"


@pytest.fixture
def dense(tmp_path: Path) -> Path:
    """A page that takes any engine many seconds."""
    image = Image.new("L", (4000, 5600), 255)
    lines = "\n".join("many words of a small print that stand on a page " * 4 for _ in range(130))
    ImageDraw.Draw(image).multiline_text((60, 60), lines, fill=0, font=ImageFont.load_default(32))
    image.save(tmp_path / "dense.tif", dpi=(300, 300))
    return tmp_path / "dense.tif"


@pytest.fixture
def pools() -> Iterator[Callable[[PageLimits], PagePool]]:
    made: list[PagePool] = []

    def make(limits: PageLimits) -> PagePool:
        made.append(PagePool(1, limits))
        return made[-1]

    yield make
    for pool in made:
        pool.close()


Pools = Callable[[PageLimits], PagePool]


def program(folder: Path, text: str) -> Path:
    """A Tesseract that behaves badly."""
    path = folder / "tesseract"
    path.write_text(f"#!/bin/sh\n[ \"$1\" = --version ] && echo 'tesseract 5.0.0' && exit 0\n{text}\n")
    path.chmod(0o755)
    return path


def read(
    pool: PagePool, page: Path, tessdata: Path, *, engine: str = "tesserocr", by: Path | None = None
) -> dict[str, Any]:
    """What became of the page, and that nothing but what is kept lies in its folder."""
    folder = page.parent / "out"
    folder.mkdir(exist_ok=True)
    answer = making.work(
        pool,
        pool.limits,
        {"path": str(page), "index": 0, "folder": str(folder), "languages": ["en"]},
        {"models": ["eng"], "engine": engine, "program": str(by or find_program()), "tessdata": str(tessdata)},
    )
    kept = {"access.tif", "thumb.jpg"} | (set() if answer["oddities"] else {"alto.xml"})
    assert {path.name for path in folder.iterdir()} == kept
    return answer


def kinds(answer: dict[str, Any]) -> list[str]:
    return [oddity["kind"] for oddity in answer["oddities"]]


@pytest.mark.parametrize("engine", ["tesserocr", "pytesseract"])
def test_a_page_is_shown_and_read(pools: Pools, page: Path, tessdata: Path, engine: str) -> None:
    answer = read(pools(PageLimits()), page, tessdata, engine=engine)
    assert (answer["width"], answer["height"], answer["oddities"]) == (900, 300, [])
    text = read_alto((page.parent / "out/alto.xml").read_bytes())
    assert (text.width, text.height, text.text) == (900, 300, "Hello")


def test_a_page_without_models_is_shown_and_not_read(pools: Pools, page: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    about = {"path": str(page), "index": 0, "folder": str(folder), "languages": []}
    assert making.work(pools(PageLimits()), PageLimits(), about, {})["oddities"] == []
    assert {path.name for path in folder.iterdir()} == {"access.tif", "thumb.jpg"}


def test_a_blank_page_has_an_empty_text_and_a_note(pools: Pools, tmp_path: Path, tessdata: Path) -> None:
    Image.new("L", (900, 300), 240).save(tmp_path / "page.tif", dpi=(300, 300))
    folder = tmp_path / "out"
    folder.mkdir()
    about = {"path": str(tmp_path / "page.tif"), "index": 0, "folder": str(folder), "languages": ["en"]}
    nobody = {"models": ["eng"], "engine": "pytesseract", "program": "/nowhere", "tessdata": str(tessdata)}
    assert kinds(making.work(pools(PageLimits()), PageLimits(), about, nobody)) == ["page-blank"]
    text = read_alto((folder / "alto.xml").read_bytes())
    assert (text.width, text.height, text.blocks, text.languages, text.engine) == (900, 300, (), ("en",), None)


def test_a_damaged_page_is_no_page(pools: Pools, page: Path, tessdata: Path) -> None:
    page.write_bytes(page.read_bytes()[:200])
    with pytest.raises(PageProcessError) as caught:
        read(pools(PageLimits()), page, tessdata)
    assert caught.value.reason == "damaged since it was checked"


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        ("sleep 60 & sleep 60", "ocr-timeout"),
        ("kill -SEGV $$", "ocr-failed"),
        ("exec python3 -c 'x = bytearray(3_000_000_000)'", "ocr-failed"),
        ('mkdir "$(dirname "$2")/left behind"; exit 1', "ocr-failed"),
    ],
    ids=["hangs", "crashes", "eats", "leaves"],
)
def test_trouble_of_the_program_costs_the_text(
    pools: Pools, page: Path, tmp_path: Path, tessdata: Path, script: str, kind: str
) -> None:
    pool = pools(PageLimits(memory_mb=1000, seconds=1 if kind == "ocr-timeout" else 20))
    assert kinds(read(pool, page, tessdata, engine="pytesseract", by=program(tmp_path, script))) == [kind]


def test_the_library_that_takes_too_long_costs_the_text_and_its_process_goes_on(
    pools: Pools, page: Path, dense: Path, tessdata: Path
) -> None:
    pool = pools(PageLimits(seconds=1))
    pool.run("facts", seconds=20, path=str(page))
    process = page_process()
    assert kinds(read(pool, dense, tessdata)) == ["ocr-timeout"]
    assert page_process() == process
    assert kinds(read(pool, page, tessdata)) == []


def crash(process: int) -> None:
    os.kill(process, signal.SIGSEGV)


def hang(process: int) -> None:
    os.kill(process, signal.SIGSTOP)


def starve(process: int) -> None:
    """Not a page of memory more than it has by now."""
    resource.prlimit(process, resource.RLIMIT_AS, (1 << 20, 1 << 20))


@pytest.mark.parametrize(
    ("blow", "kind"),
    [(crash, "ocr-failed"), (hang, "ocr-timeout"), (starve, "ocr-failed")],
    ids=["crashes", "hangs", "starves"],
)
def test_the_library_that_takes_its_process_along_costs_the_text(
    pools: Pools,
    page: Path,
    dense: Path,
    tessdata: Path,
    monkeypatch: pytest.MonkeyPatch,
    blow: Callable[[int], None],
    kind: str,
) -> None:
    monkeypatch.setattr(making, "GRACE_SECONDS", 1)
    pool = pools(PageLimits(seconds=2 if blow is hang else 60))
    pool.run("facts", seconds=20, path=str(page))
    with ThreadPoolExecutor(1) as threads:
        work = threads.submit(read, pool, dense, tessdata)
        thumbnail = dense.parent / "out/thumb.jpg"  # the last that rendering writes
        while not (thumbnail.exists() and thumbnail.stat().st_size):
            assert not work.done()
        blow(page_process())
        assert kinds(work.result()) == [kind]
    assert kinds(read(pool, page, tessdata)) == []


def page_process() -> int:
    """The one that we started."""
    here = os.getpid()
    (pid,) = (
        pid
        for pid in descendants(here)
        if parent_of(pid) == here and b"workflow.page" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )
    return pid
