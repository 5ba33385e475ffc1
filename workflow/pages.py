"""Stations 4 to 6 for one item: its masters into the first store, and each page's access copy and text.

A page's results lie in a folder named after what they were made from (the master's digest, the image's place in it, and
the settings), so a page that was done once is never done again, under whatever name it comes back.
"""

import contextlib
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog import items
from core.errors import PageProcessError
from core.item import Page
from core.problems import Problem, problem
from core.submission import SubmittedFile
from ingest.names import shown
from storage.checksums import digest_file
from storage.staging import stage
from workflow import crashing, storekeeping
from workflow.itemwork import ItemWork
from workflow.page import ALTO
from workflow.workshop import Workshop

RENDERING = "2"  # raised when access copies or texts come out otherwise than before
DONE = "done.json"


@dataclass(frozen=True, slots=True)
class PageDone:
    """How the work on one page ended: the seconds it took (waiting left out), and what is odd about its text."""

    number: int
    seconds: float
    problem: Problem | None


def reserve(shop: Workshop, work: ItemWork) -> None:
    """Gives the item and its pages their lasting ids; safe to repeat, the same ids come back."""
    images = [(work.digests[file.name].sha256, facts.index) for file, facts in work.images()]
    reservation = items.reserve(shop.catalog, work.described.source_key, images=images)
    crashing.step("reserve.done")
    work.identify(reservation.item_id, reservation.page_ids)
    for page, (file, facts) in zip(work.described.pages, work.images(), strict=True):
        work.derived[page.id] = _key(shop, work, file, facts.index)


def stage_masters(shop: Workshop, work: ItemWork) -> None:
    """Puts every master into the store that will get the version first, and reads it back in full; safe to repeat.

    Raises:
        StoreUnavailableError: no required store that can take it answers.
    """
    store = storekeeping.first_for(shop, work.described.id, storekeeping.standing(shop))
    crashing.step("stage.begun")
    for file in work.submission.files:
        work.staged[file.name] = stage(store, file.path, work.digests[file.name], work.described.id)
    crashing.step("stage.done")


def read_page(shop: Workshop, work: ItemWork, page: Page) -> PageDone:
    """Makes the page's access copy, thumbnail and text, unless they lie there already.

    Raises:
        PageProcessError: the page could be decoded when it was checked, and now it could not.
    """
    folder = shop.home.derived_folder(work.derived[page.id])
    done = _done(folder, with_text=bool(work.models))
    if done is None:
        file = next(file for file in work.submission.files if file.name == page.source_name)
        done = _make(shop, work, file, page, folder)
    oddity = next((one for one in done["oddities"] if one["kind"].startswith("ocr-")), None)
    return PageDone(page.number, done["seconds"], _text_problem(shop, page, oddity) if oddity else None)


def _make(shop: Workshop, work: ItemWork, file: SubmittedFile, page: Page, folder: Path) -> dict[str, Any]:
    """Works in a folder of its own and moves it into place when it is whole."""
    making = folder.with_name(f"{folder.name}.{uuid.uuid4().hex[:8]}.new")
    making.mkdir(parents=True)
    try:
        answer: dict[str, Any] = shop.pool.run("read", **_job(shop, work, file, page, making))
        if not answer["width"]:
            raise PageProcessError("The page cannot be shown.", reason="damaged since it was checked")
        made = sorted(path for path in making.iterdir() if path.name != DONE)
        answer["files"] = {path.name: digest_file(path).sha256 for path in made}
        (making / DONE).write_text(json.dumps(answer, indent=2))
        _into_place(making, folder, with_text=bool(work.models))
    except PageProcessError as error:
        raise PageProcessError(
            f'Page {page.number} ("{file.name}") could not be worked on ({error.reason}): retry the batch, and scan '
            "the page again if that does not help.",
            reason=error.reason,
        ) from error
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return answer


def _job(shop: Workshop, work: ItemWork, file: SubmittedFile, page: Page, folder: Path) -> dict[str, Any]:
    limits, engine = shop.settings.limits, shop.engine
    return {
        "path": str(file.path.absolute()),
        "index": page.facts.index,
        "folder": str(folder),
        "models": list(work.models) if engine else [],
        "program": str(engine.program) if engine else "",
        "tessdata": str(engine.tessdata) if engine else "",
        "languages": list(work.described.languages),
        "ocr_seconds": limits.seconds,
        "seconds": limits.seconds + limits.check_seconds,
    }


def _into_place(making: Path, folder: Path, *, with_text: bool) -> None:
    """Replaces what an earlier, unlucky try left; somebody else's finished work is as good as ours."""
    if folder.exists() and _done(folder, with_text=with_text) is None:
        shutil.rmtree(folder)
    with contextlib.suppress(OSError):
        os.rename(making, folder)  # noqa: PTH104 - refuses a folder that is there; Path.rename would say no more


def _done(folder: Path, *, with_text: bool) -> dict[str, Any] | None:
    """The finished result in the folder; a page that should have a text and has none is not finished."""
    try:
        done: dict[str, Any] = json.loads((folder / DONE).read_text())
    except (FileNotFoundError, ValueError):
        return None
    return done if not with_text or (folder / ALTO).exists() else None


def _key(shop: Workshop, work: ItemWork, file: SubmittedFile, index: int) -> str:
    """The name of the page's results: same bytes, same place, same settings, same name."""
    settings = [RENDERING, work.models, [str(shop.engine.program)] if shop.engine and work.models else []]
    made_of = [work.digests[file.name].sha256, index, settings, list(work.described.languages)]
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:32]


def _text_problem(shop: Workshop, page: Page, oddity: Mapping[str, Any]) -> Problem:
    if oddity["kind"] == "ocr-timeout":
        return problem("ocr-timeout", page=page.number, file=page.source_name, limit=shop.settings.limits.seconds)
    return problem("ocr-failed", page=page.number, file=page.source_name, detail=_last_words(oddity["detail"]))


def _last_words(detail: str) -> str:
    """The end of what the engine said, safe to show: its last line, not its traceback."""
    lines = [line.strip() for line in detail.splitlines() if line.strip()]
    return shown(lines[-1][-160:]) if lines else "no reason given"


def alto_of(shop: Workshop, work: ItemWork, page: Page) -> Path | None:
    """The page's text as ALTO, or None when it has not been read."""
    path = shop.home.derived_folder(work.derived[page.id]) / ALTO
    return path if path.exists() else None
