"""The page process: decodes, prepares and reads one page at a time, under limits, apart from everything else.

Started as a program of its own (never forked), it reads one job a line as JSON from standard input and answers with one
line on standard output. What it may cost is set before the first job; when it dies, one page is lost and nothing else.
It imports no Prefect, no SQLAlchemy and no Flask, so a new one is ready in a fraction of a second.
"""

import ctypes
import json
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from core.errors import EngineTimeoutError, OcrError
from core.images import Oddity
from core.limits import PageLimits
from core.text import PageText
from ocr.engine import Engine

Job = Mapping[str, Any]
ALTO, ACCESS, THUMBNAIL, READING = "alto.xml", "access.tif", "thumb.jpg", "ocr.png"
PR_SET_PDEATHSIG = 1


def main() -> None:
    """Answers jobs until standard input ends."""
    answers = _own_standard_output()
    limits = PageLimits(**json.loads(sys.argv[1]))
    _die_with_parent(int(sys.argv[2]))
    _limit_memory(limits.memory_mb)
    for line in sys.stdin:
        job = json.loads(line)
        _limit_cpu(job["cpu_seconds"])
        answers.write(json.dumps(answer(job, limits)) + "\n")
        answers.flush()


def answer(job: Job, limits: PageLimits) -> dict[str, Any]:
    """What the job found: {"ok": ...}, or {"failed": "memory"} when the page asked for too much."""
    steps: dict[str, Callable[[Job, PageLimits], Any]] = {
        "facts": facts,
        "verify": verify,
        "render": render,
        "recognise": recognise,
        "preview": preview,
        "try library": try_library,
    }
    try:
        return {"ok": steps[job["do"]](job, limits)}
    except MemoryError:
        return {"failed": "memory"}


def facts(job: Job, limits: PageLimits) -> dict[str, Any]:
    """What the file's header says."""
    from images.facts import read_facts

    return asdict(read_facts(Path(job["path"]), limits))


def verify(job: Job, _: PageLimits) -> list[dict[str, Any]]:
    """What is odd about one page once it is decoded in full."""
    from images.render import verify_page

    return [asdict(oddity) for oddity in verify_page(Path(job["path"]), job["index"])]


def render(job: Job, _: PageLimits) -> dict[str, Any]:
    """The access copy and thumbnail of one page, written into the job's folder, and the seconds it took.

    With `prepare` also `ocr.png` to be recognised, or the empty text of a page on which nothing stands.
    """
    from images.render import render_page

    folder, begun = Path(job["folder"]), time.monotonic()
    rendered = render_page(Path(job["path"]), job["index"], folder, prepare=job["prepare"])
    if rendered.blank:
        _write(PageText(rendered.width, rendered.height, (), tuple(job["languages"])), folder)
    return {**asdict(rendered), "seconds": time.monotonic() - begun}


def recognise(job: Job, _: PageLimits) -> dict[str, Any]:
    """The text of the rendered page, written into the job's folder, and the seconds it took.

    The text's trouble is an oddity, not a failure: the page is kept without text.
    """
    from ocr.reading import read_page

    folder, begun = Path(job["folder"]), time.monotonic()
    tempfile.tempdir = str(folder)  # what an ended program leaves goes away with the page's folder
    oddities = []
    try:
        text = read_page(
            _engine(job),
            folder / READING,
            tuple(job["models"]),
            dpi=round(job["reading_dpi"] or 0),
            languages=tuple(job["languages"]),
            seconds=job["ocr_seconds"],
        )
        _write(text.scaled(job["scale"], width=job["width"], height=job["height"]), folder)
    except EngineTimeoutError:
        oddities.append(Oddity("ocr-timeout", str(job["ocr_seconds"]), job["index"]))
    except OcrError as error:
        oddities.append(Oddity("ocr-failed", getattr(error, "detail", "") or str(error), job["index"]))
    return {"oddities": [asdict(oddity) for oddity in oddities], "seconds": time.monotonic() - begun}


def preview(job: Job, _: PageLimits) -> bool:
    """Whether a picture of the page, which may be damaged, was drawn into the job's folder."""
    from images.preview import draw_preview

    return draw_preview(Path(job["path"]), job["index"], Path(job["folder"]))


def try_library(job: Job, _: PageLimits) -> dict[str, str]:
    """The version of Tesseract within tesserocr when it read its test picture, else why it is no use."""
    try:
        from ocr.trial import try_out

        return {"version": try_out(Path(job["tessdata"]), tuple(job["models"]))}
    except (ImportError, OSError) as error:
        return {"trouble": f"tesserocr cannot be loaded ({error})"}
    except OcrError as error:
        return {"trouble": str(error)}


def _engine(job: Job) -> Engine:
    if job["engine"] == "tesserocr":
        from ocr.tesserocr_engine import TesserocrEngine

        return TesserocrEngine(Path(job["tessdata"]))
    from ocr.tesseract import TesseractEngine

    return TesseractEngine(Path(job["program"]), Path(job["tessdata"]))


def _write(text: PageText, folder: Path) -> None:
    from ocr.alto import write_alto

    (folder / ALTO).write_bytes(write_alto(text))


def _own_standard_output() -> IO[str]:
    """A private handle on standard output; whatever libraries print goes to standard error instead."""
    private = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return private


def _die_with_parent(parent: int) -> None:
    """Linux ends this process when its parent dies, however that happens."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _limit_memory(megabytes: int) -> None:
    size = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_cpu(seconds: int) -> None:
    """The job's CPU seconds, counted from now; a child of the job has the same number from its own start."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
