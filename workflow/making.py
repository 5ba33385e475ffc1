"""One page's access copy, thumbnail and text, made by one page process in a folder that is moved into place when whole.

Two jobs for the same process, one after the other: whatever happens to it while it reads costs the page its text alone.
"""

import contextlib
import json
import os
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.errors import PageProcessError
from core.images import Oddity
from core.item import Page
from core.limits import PageLimits
from storage.checksums import digest_file
from workflow.page import ACCESS, ALTO, THUMBNAIL
from workflow.pool import PagePool, PageProcess
from workflow.workshop import Workshop

DONE = "done.json"
KEPT = (ACCESS, THUMBNAIL, ALTO)
GRACE_SECONDS = 15  # an engine that keeps to its own limit is not killed for a slow answer


def make(
    shop: Workshop, path: Path, page: Page, folder: Path, *, models: Sequence[str], languages: Sequence[str]
) -> dict[str, Any]:
    """What came out, which is also in `folder` as `done.json`; without models the page is not read.

    Raises:
        PageProcessError: the page could be decoded when it was checked, and now it could not.
    """
    making = folder.with_name(f"{folder.name}.{uuid.uuid4().hex[:8]}.new")
    making.mkdir(parents=True)
    about = {"index": page.facts.index, "folder": str(making), "languages": list(languages)}
    reading = _reading(shop, models) if models else {}
    try:
        answer = work(shop.pool, shop.settings.limits, {**about, "path": str(path.absolute())}, reading)
        answer["files"] = {name: digest_file(making / name).sha256 for name in KEPT if (making / name).exists()}
        (making / DONE).write_text(json.dumps(answer, indent=2))
        _into_place(making, folder, with_text=bool(models))
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return answer


def work(pool: PagePool, limits: PageLimits, about: dict[str, Any], reading: dict[str, Any]) -> dict[str, Any]:
    """Both jobs in turn by one process, so that no more pictures wait for being read than there are processes.

    Raises:
        PageProcessError: it did not survive the first one, or the page is damaged.
    """
    with pool.borrowed() as process:
        answer: dict[str, Any] = process.run("render", seconds=limits.check_seconds, prepare=bool(reading), **about)
        if not answer["width"]:
            raise PageProcessError("The page cannot be shown.", reason="damaged since it was checked")
        if reading and not answer["blank"]:
            rendered = {name: answer[name] for name in ("width", "height", "scale", "reading_dpi")}
            read = _recognise(process, limits, about | rendered | reading)
            answer["oddities"] += read["oddities"]
            answer["seconds"] += read["seconds"]
    _tidy(Path(about["folder"]))
    return answer


def _recognise(process: PageProcess, limits: PageLimits, job: dict[str, Any]) -> dict[str, Any]:
    """The engine within the process may take all of it along; the page that was rendered is kept."""
    try:
        read: dict[str, Any] = process.run(
            "recognise", seconds=limits.seconds + GRACE_SECONDS, ocr_seconds=limits.seconds, **job
        )
    except PageProcessError as error:
        (Path(job["folder"]) / ALTO).unlink(missing_ok=True)  # may have been cut short
        return {"oddities": [asdict(_oddity(error, limits, job["index"]))], "seconds": 0.0}
    return read


def _oddity(error: PageProcessError, limits: PageLimits, index: int) -> Oddity:
    if error.reason == "timeout":
        return Oddity("ocr-timeout", str(limits.seconds), index)
    words = {"memory": "it needs more memory than a page may take", "crashed": "it crashed"}
    return Oddity("ocr-failed", words.get(error.reason, error.reason), index)


def _reading(shop: Workshop, models: Sequence[str]) -> dict[str, Any]:
    engine, reader = shop.engine, shop.reader
    if engine is None or reader is None:
        return {}
    return {
        "models": list(models),
        "engine": reader.name,
        "program": str(engine.program),
        "tessdata": str(engine.tessdata),
    }


def _tidy(folder: Path) -> None:
    """Takes away the picture that was read, and what an engine left that was ended."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name not in KEPT:
            path.unlink()


def _into_place(making: Path, folder: Path, *, with_text: bool) -> None:
    """Replaces what an earlier, unlucky try left; somebody else's finished work is as good as ours."""
    if folder.exists() and done(folder, with_text=with_text) is None:
        shutil.rmtree(folder)
    with contextlib.suppress(OSError):
        os.rename(making, folder)  # noqa: PTH104 - refuses a folder that is there; Path.rename would say no more


def done(folder: Path, *, with_text: bool) -> dict[str, Any] | None:
    """The finished result in the folder; a page that should have a text and has none is not finished."""
    try:
        found: dict[str, Any] = json.loads((folder / DONE).read_text())
    except (FileNotFoundError, ValueError):
        return None
    return found if not with_text or (folder / ALTO).exists() else None
