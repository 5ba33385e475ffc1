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

Job = Mapping[str, Any]
ALTO, ACCESS, THUMBNAIL = "alto.xml", "access.tif", "thumb.jpg"
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
        "read": read,
        "preview": preview,
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


def read(job: Job, _: PageLimits) -> dict[str, Any]:
    """The access copy, thumbnail and text of one page, written into the job's folder, and the seconds it took.

    The text's trouble is an oddity, not a failure: the page is kept without text.
    """
    from images.render import render_page

    folder = Path(job["folder"])
    models, begun = tuple(job["models"]), time.monotonic()
    rendered = render_page(Path(job["path"]), job["index"], folder, prepare=bool(models))
    oddities = [asdict(oddity) for oddity in rendered.oddities]
    if models and rendered.width:  # a damaged page has no size and left no file
        oddities += _recognise(job, folder, models, rendered.dpi)
    size = {"width": rendered.width, "height": rendered.height, "dpi": rendered.dpi}
    return {**size, "oddities": oddities, "seconds": time.monotonic() - begun}


def preview(job: Job, _: PageLimits) -> bool:
    """Whether a picture of the page, which may be damaged, was drawn into the job's folder."""
    from images.preview import draw_preview

    return draw_preview(Path(job["path"]), job["index"], Path(job["folder"]))


def _recognise(job: Job, folder: Path, models: tuple[str, ...], dpi: float | None) -> list[dict[str, Any]]:
    from ocr.alto import write_alto
    from ocr.tesseract import TesseractEngine

    tempfile.tempdir = str(folder)  # what an ended program leaves goes away with the page's folder
    engine = TesseractEngine(Path(job["program"]), Path(job["tessdata"]))
    image = folder / "ocr.png"
    try:
        text: PageText = engine.recognise(
            image, models, dpi=round(dpi or 0), languages=tuple(job["languages"]), seconds=job["ocr_seconds"]
        )
    except EngineTimeoutError:
        return [asdict(Oddity("ocr-timeout", str(job["ocr_seconds"]), job["index"]))]
    except OcrError as error:
        return [asdict(Oddity("ocr-failed", getattr(error, "detail", "") or str(error), job["index"]))]
    finally:
        image.unlink(missing_ok=True)
    (folder / ALTO).write_bytes(write_alto(text))
    return []


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
