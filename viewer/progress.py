"""A batch on its way, in words and figures: the sentence, the bar, what needs a person, and the items."""

from collections import Counter
from dataclasses import dataclass, replace

from flask import url_for

from catalog import batches, items
from catalog.database import Catalog
from catalog.values import BatchView, ItemCard, JobView
from core.item import AccessState
from core.problems import Problem
from viewer import words
from viewer.cards import thumbnail

STATES = {
    "queued": "Waiting",
    "checking": "Being checked",
    "refused": "Refused",
    "reading": "Being read",
    "storing": "Being stored",
    "awaiting": "Ready for you to publish",
    "published": "Published",
    "withdrawn": "Withdrawn",
    "stored": "Stored in one place, waiting for the other store",
    "failed": "Failed",
}
KINDS = {
    "published": "good",
    "awaiting": "ready",
    "stored": "ready",
    "withdrawn": "waiting",
    "refused": "bad",
    "failed": "bad",
}
SEGMENTS = {
    "good": ("good", "published"),
    "ready": ("ready", "ready to publish"),
    "read": ("read", "read"),
    "bad": ("bad", "refused or failed"),
    "waiting": ("read", "withdrawn"),  # as quiet as what is merely read, and at the other end of the bar
}
DECIDED = ("awaiting", "published", "withdrawn")
BY_ACCESS = {
    AccessState.DRAFT: "awaiting",
    AccessState.PUBLISHED: "published",
    AccessState.WITHDRAWN: "withdrawn",
}
ENDED = ("done", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLine:
    """One item of a batch as a row; `address` leads to it once it is in."""

    folder: str
    title: str
    address: str
    picture: str
    state: str
    kind: str
    pages: str
    sentence: str
    warnings: tuple[str, ...]
    errors: tuple[str, ...]
    item_id: str
    can_publish: bool
    can_withdraw: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One stage in the bar: where it begins and how long it is, of 1000, and what it counts."""

    kind: str
    start: int
    length: int
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Everything the batch page shows; `live` is true while it still changes by itself."""

    id: str
    name: str
    state: str
    sentence: str
    segments: tuple[Segment, ...]
    needs: tuple[JobLine, ...]
    lines: tuple[JobLine, ...]
    created: words.Moment
    live: bool
    can_retry: bool
    ready: int
    path: str


def progress(catalog: Catalog, view: BatchView, *, publishing: bool = False) -> Progress:
    """The batch as its page shows it; `publishing` says that its drafts are being published one by one."""
    cards = items.cards(catalog, [job.item_id for job in view.jobs if job.item_id and job.state in KINDS])
    view = replace(view, jobs=tuple(_as_held(job, cards.get(job.item_id or "")) for job in view.jobs))
    lines = tuple(_line(job, cards.get(job.item_id or "")) for job in view.jobs)
    states = Counter(job.state for job in view.jobs)
    ready = sum(line.can_publish for line in lines)
    return Progress(
        id=view.id,
        name=view.name,
        state=view.state,
        sentence=_publishing(states) if publishing else sentence(view),
        segments=segments(view),
        needs=tuple(line for line in lines if line.kind == "bad"),
        lines=lines,
        created=words.moment(view.created),
        live=publishing or view.state not in ENDED,
        can_retry=view.state in ENDED and (states["failed"] > 0 or view.state == "failed" or _text_is_owed(view)),
        ready=0 if publishing else ready,
        path=view.path,
    )


def _as_held(job: JobView, card: ItemCard | None) -> JobView:
    """The job in the state of its item: the batch remembers only what was done through it."""
    if card is None or job.state not in DECIDED:
        return job
    state = BY_ACCESS.get(card.state, job.state)
    # What could not be done with a draft says nothing once the item is published or withdrawn.
    return replace(job, state=state, sentence=job.sentence if state == "awaiting" else "")


def _publishing(states: Counter[str]) -> str:
    return f"{words.count(states['awaiting'], 'item')} to be published, {states['published']} published so far."


def _text_is_owed(view: BatchView) -> bool:
    """True when some page is in without its text: reading it may go well another time."""
    return any(problem.code.startswith("ocr-") for problem in view.problems)


def sentence(view: BatchView) -> str:
    """How the batch is, in one or two whole sentences with numbers."""
    states = Counter(job.state for job in view.jobs)
    needs = states["refused"] + states["failed"]
    if view.state == "queued":
        many = f"{words.count(view.items, 'item')} wait for their turn." if view.items > 1 else "It waits for its turn."
        return view.sentence or many
    if view.state == "failed":
        return view.sentence or "The batch stopped before its end: try again, nothing will be done twice."
    if view.state == "running":
        are = "is" if view.pages_done == 1 else "are"
        parts = [f"{view.pages_done:,} of {words.count(view.pages, 'page')} {are} read"]
        parts += [f"{needs} {'needs' if needs == 1 else 'need'} you"] if needs else []
        left = words.minutes(batches.minutes_left(view))
        return ", ".join([*parts, left] if left else parts) + "." if view.pages else "The batch is being checked."
    return _ended(view, states, needs)


def _ended(view: BatchView, states: Counter[str], needs: int) -> str:
    kept = states["published"] + states["awaiting"] + states["withdrawn"] + states["stored"]
    how = "published" if states["published"] == view.items else "in"
    whole = f"All {words.count(kept, 'item')} are {how}" if kept == view.items and kept > 1 else ""
    parts = [whole or f"{words.count(kept, 'item')} of {view.items} {'is' if kept == 1 else 'are'} {how}"]
    parts += [f"{states['awaiting']} ready for you to publish"] if states["awaiting"] else []
    parts += [f"{needs} {'needs' if needs == 1 else 'need'} you"] if needs else []
    said = f"{', '.join(parts)}."
    return f"{said} {view.sentence}" if view.sentence else said


def segments(view: BatchView) -> tuple[Segment, ...]:
    """The bar by pages: in, read, waiting, what was refused or failed, and what was withdrawn."""
    weight = {job.folder: max(1, job.pages) for job in view.jobs}
    total = sum(weight.values()) or 1
    sizes: Counter[str] = Counter()
    for job in view.jobs:
        kind = KINDS.get(job.state, "")
        sizes[kind or "read"] += weight[job.folder] if kind else min(job.pages_done, weight[job.folder])
    found, start = [], 0
    for kind, (shade, name) in SEGMENTS.items():
        length = round(1000 * sizes[kind] / total)
        if length:
            says = f"{words.count(sizes[kind], 'page')} {name}"
            found.append(Segment(kind=shade, start=start, length=length, says=says))
        start += length
    return tuple(found)


def _line(job: JobView, card: ItemCard | None) -> JobLine:
    return JobLine(
        folder=job.folder,
        title=card.title if card else job.folder,
        address=url_for("items.item", item_id=job.item_id) if card else "",
        picture=thumbnail(card.first_image_id) if card else "",
        state=STATES.get(job.state, job.state),
        kind=KINDS.get(job.state, "busy" if job.state != "queued" else "waiting"),
        pages=pages(job),
        sentence=job.sentence,
        errors=sentences(job.problems, refuses=True),
        warnings=sentences(job.problems, refuses=False),
        item_id=job.item_id or "",
        can_publish=job.state == "awaiting" and card is not None and card.state is AccessState.DRAFT,
        can_withdraw=job.state == "published" and card is not None and card.state is AccessState.PUBLISHED,
    )


def pages(job: JobView) -> str:
    """How far the item is."""
    if job.state in ("reading", "storing") and job.pages:
        return f"{job.pages_done} of {words.count(job.pages, 'page')}"
    return words.count(job.pages, "page") if job.pages else ""


def sentences(problems: tuple[Problem, ...], *, refuses: bool) -> tuple[str, ...]:
    """What the problems of one severity say, each once."""
    return tuple(dict.fromkeys(problem.sentence for problem in problems if problem.refuses is refuses))
