"""Stations 4 to 6 for one item: its masters into the first store, and each page's access copy and text.

A page's results lie in a folder named after what they were made from (the master's digest, the image's place in it, and
the settings), so a page that was done once is never done again, under whatever name it comes back.
"""

import hashlib
import json
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
from storage.staging import stage
from workflow import crashing, making, storekeeping
from workflow.itemwork import ItemWork
from workflow.page import ALTO
from workflow.workshop import Workshop

RENDERING = "3"  # raised when access copies or texts come out otherwise than before
TEXT_ODDITIES = ("ocr-timeout", "ocr-failed", "page-blank")


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
        work.derived[page.id] = derived_key(shop, work, file, facts.index)


def stage_masters(shop: Workshop, work: ItemWork) -> None:
    """Puts every master into the store that will get the version first, and reads it back in full; safe to repeat.

    Masters whose pages are not read wait for nothing: they are written to their place, and read back there, at once.

    Raises:
        StoreUnavailableError: no required store that can take it answers.
    """
    store = storekeeping.first_for(shop, work.described.id, storekeeping.standing(shop))
    crashing.step("stage.begun")
    for file in work.submission.files if work.models else ():
        work.staged[file.name] = stage(store, file.path, work.digests[file.name], work.described.id)
    crashing.step("stage.done")


def read_page(shop: Workshop, work: ItemWork, page: Page) -> PageDone:
    """Makes the page's access copy, thumbnail and text, unless they lie there already.

    Raises:
        PageProcessError: the page could be decoded when it was checked, and now it could not.
    """
    folder = shop.home.derived_folder(work.derived[page.id])
    found = making.done(folder, with_text=bool(work.models)) or _make(shop, work, page, folder)
    oddity = next((one for one in found["oddities"] if one["kind"] in TEXT_ODDITIES), None)
    return PageDone(page.number, found["seconds"], _text_problem(shop, page, oddity) if oddity else None)


def _make(shop: Workshop, work: ItemWork, page: Page, folder: Path) -> dict[str, Any]:
    file = next(file for file in work.submission.files if file.name == page.source_name)
    try:
        return making.make(shop, file.path, page, folder, models=work.models, languages=work.described.languages)
    except PageProcessError as error:
        raise PageProcessError(
            f'Page {page.number} ("{file.name}") could not be worked on ({error.reason}): retry the batch, and scan '
            "the page again if that does not help.",
            reason=error.reason,
        ) from error


def derived_key(shop: Workshop, work: ItemWork, file: SubmittedFile, index: int) -> str:
    """The name of the page's results: same bytes, same place, same settings, same name."""
    settings = [RENDERING, work.models, _reader(shop) if work.models else []]
    made_of = [work.digests[file.name].sha256, index, settings, list(work.described.languages)]
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:32]


def _reader(shop: Workshop) -> list[str]:
    """What tells one engine's results from another's: the library's version, or the program."""
    if shop.engine is None or shop.reader is None:
        return []
    return [shop.reader.name, shop.reader.version or str(shop.engine.program)]


def _text_problem(shop: Workshop, page: Page, oddity: Mapping[str, Any]) -> Problem:
    if oddity["kind"] == "page-blank":
        return problem("page-blank", page=page.number, file=page.source_name)
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
