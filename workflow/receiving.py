"""Stations 1 to 3: read what arrived, look at every byte and every page once, and judge.

`muniment check`, the inbox and the ingest all come through here; nothing is stored but the result of a look at a file,
kept under the file's digest so that no page is decoded for this twice.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from catalog import inspections, items
from core.errors import PageProcessError
from core.images import FileFacts, ImageFacts, Oddity
from core.item import Item, Page
from core.problem_codes import CODES
from core.problems import problem
from core.submission import Batch, Submission, SubmittedFile
from ingest.batches import read_batch
from ingest.checksums import algorithms_needed
from ingest.describe import describe, wants_text
from ingest.names import shown
from ingest.rules import judge, judge_batch
from ocr.models import choose
from storage.checksums import digest_file
from workflow import making, pages
from workflow.itemwork import ItemWork
from workflow.workshop import Workshop

INSPECTION = "1"  # raised when a look at a file would find more than before
See = Callable[[SubmittedFile, ImageFacts], Sequence[Oddity]]
CODES_OF_REASONS = {"timeout": "page-timeout", "memory": "page-memory", "crashed": "page-crashed"}


def check_batch(shop: Workshop, folder: Path) -> tuple[Batch, list[ItemWork]]:
    """The batch and all its items, judged, those too that are held with other content. Stores no item.

    Raises:
        SubmissionError: the folder is no batch.
    """
    batch = read_batch(folder)
    with ThreadPoolExecutor(shop.settings.workers) as lanes:
        works = list(lanes.map(lambda submission: check_item(shop, submission, batch.name), batch.submissions))
    check_together(works)
    for work in works:
        refuse_held(work)
    return batch, works


def check_item(shop: Workshop, submission: Submission, batch_name: str, *, to_keep: bool = False) -> ItemWork:
    """One item with everything that could be found out about it, and all its problems.

    When it is `to_keep`, pages that are not read for text get their access copies from the one decoding.
    """
    work = ItemWork(submission)
    extra = algorithms_needed(submission)
    work.item, described = describe(submission, batch_name)
    see = partial(_rendered, shop, work) if to_keep and not wants_text(work.item) else partial(_verified, shop)
    for file in shop.threads.map(lambda file: _look(shop, work, file, extra, see), submission.files):
        work.problems.extend(file)
    work.problems.extend(judge(submission, work.facts, work.digests, shop.settings.limits))
    work.problems.extend(described)
    if not work.refused:
        _choose_models(shop, work)
        _compare_with_held(shop, work)
    return work


def check_together(works: Sequence[ItemWork]) -> None:
    """Adds what can only be seen when the items of a batch are looked at side by side."""
    found = judge_batch([(work.submission, work.item) for work in works if work.item])
    for work in works:
        work.problems.extend(found.get(work.folder, ()))


def refuse_held(work: ItemWork) -> None:
    """Adds the refusal of an item that is held already with other content."""
    if work.held and not work.unchanged:
        detail = _difference(work, work.held.item)
        work.problems.append(problem("already-held", file=work.folder, id=work.held.item.id, detail=detail))


def _look(shop: Workshop, work: ItemWork, file: SubmittedFile, extra: Sequence[str], see: See) -> list[Any]:
    """Reads the file once for its digests and decodes its pages once; unreadable is a problem, not an exception."""
    try:
        digests = digest_file(file.path, extra)
    except OSError as error:
        return [problem("file-unreadable", file=shown(file.name), detail=error.strerror or "no reason given")]
    work.digests[file.name] = digests
    tool = f"{INSPECTION}-{shop.settings.limits.megapixels}"
    facts = inspections.known(shop.catalog, digests.sha256, tool)
    if facts is None:
        facts = _inspect(shop, file, see)
        if not _accident(facts):
            inspections.remember(shop.catalog, digests.sha256, tool, facts)
    work.facts[file.name] = facts
    return []


def _inspect(shop: Workshop, file: SubmittedFile, see: See) -> FileFacts:
    """What the header says, and what decoding every page in full showed; a broken page process is an oddity."""
    try:
        answer = shop.pool.run("facts", path=str(file.path), seconds=shop.settings.limits.check_seconds)
        facts = _facts(answer)
        oddities = list(facts.oddities)
        for page in facts.pages if not _refuses(facts) else ():
            oddities.extend(see(file, page))
        return replace(facts, oddities=tuple(dict.fromkeys(oddities)))
    except PageProcessError as error:
        return FileFacts(media_type="", pages=(), oddities=(Oddity(CODES_OF_REASONS[error.reason]),))


def _verified(shop: Workshop, file: SubmittedFile, page: ImageFacts) -> list[Oddity]:
    """What is odd about the page once it is decoded."""
    seconds = shop.settings.limits.check_seconds
    found = shop.pool.run("verify", path=str(file.path), index=page.index, seconds=seconds)
    return [Oddity(**oddity) for oddity in found]


def _rendered(shop: Workshop, work: ItemWork, file: SubmittedFile, facts: ImageFacts) -> list[Oddity]:
    """The same, and its access copy and thumbnail lie where they will be looked for."""
    folder = shop.home.derived_folder(pages.derived_key(shop, work, file, facts.index))
    page = Page(id="", number=facts.index + 1, label="", file="", source_name=file.name, facts=facts)
    try:
        made = making.done(folder, with_text=False) or making.make(
            shop, file.path, page, folder, models=(), languages=work.described.languages
        )
    except PageProcessError:
        return _verified(shop, file, facts)  # which says what is wrong with it
    return [Oddity(**oddity) for oddity in made["oddities"]]


def _facts(answer: dict[str, Any]) -> FileFacts:
    return FileFacts(
        media_type=answer["media_type"],
        pages=tuple(ImageFacts(**page) for page in answer["pages"]),
        oddities=tuple(Oddity(**oddity) for oddity in answer["oddities"]),
    )


def _refuses(facts: FileFacts) -> bool:
    return any(CODES[oddity.kind][0] == "error" for oddity in facts.oddities)


def _accident(facts: FileFacts) -> bool:
    """True when the look may turn out otherwise on another day: it was cut short by a limit."""
    return any(oddity.kind in CODES_OF_REASONS.values() for oddity in facts.oddities)


def _choose_models(shop: Workshop, work: ItemWork) -> None:
    """Fixes which models read the item's text, and says which are missing."""
    item = work.described
    if not wants_text(item):
        return
    choice = choose(item.languages, item.ocr_model, shop.engine.available if shop.engine else ())
    work.models = choice.models
    work.problems.extend(
        problem("ocr-model-missing", file=work.folder, language=missing.language, remedy=missing.remedy)
        for missing in choice.missing
    )


def _compare_with_held(shop: Workshop, work: ItemWork) -> None:
    """Finds out whether this item, or its pages under another name, are held already."""
    work.held = items.held(shop.catalog, work.described.source_key)
    if work.held:
        held = items.files(shop.catalog, work.held.item.id)
        work.texts_held = sum(file.logical.startswith("text/") for file in held)
    elif twin := items.held_by_images(shop.catalog, work.image_fingerprint):
        work.problems.append(problem("duplicate-pages", file=work.folder, id=twin))


def _difference(work: ItemWork, held: Item) -> str:
    """What is not the same, in words."""
    new = work.described
    if new.title != held.title:
        return f'its title was "{held.title}"'
    before = [(page.source_name, page.facts) for page in held.pages]
    if before != [(file.name, facts) for file, facts in work.images()]:
        return "its pages differ"
    return "its description or its files differ"
