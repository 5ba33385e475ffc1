"""What the catalogue answers with: plain values, no rows and no queries.

Times are aware and in UTC, boxes are pixels of the upright page image from its top left corner.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.fixity import FixityOutcome, StoredFile
from core.item import Access, AccessState, Item
from core.problems import Problem
from core.text import Box, PageText

JOB_STATES = (
    "queued",
    "checking",
    "refused",
    "reading",
    "storing",
    "awaiting",
    "published",
    "withdrawn",
    "stored",
    "failed",
)
BATCH_STATES = ("queued", "running", "done", "failed")
INBOX_STATES = ("settling", "checking", "checked", "queued")


@dataclass(frozen=True, slots=True)
class Reservation:
    """The ids an item and its pages will have, in page order."""

    item_id: str
    page_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldItem:
    """An item that is in: its OCFL version, what it was made from (`fingerprint`), and who may see it.

    `waiting` is true while a required store lacks it.
    """

    item: Item
    version: int
    fingerprint: str
    state: AccessState
    waiting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemEntry:
    """Everything the catalogue keeps of one committed item; `derived` and `texts` are by page id.

    `files` are those of the committed version, `stores` the names of the stores that hold verified copies of them,
    `at` is when the copies were verified. `bookkeeping` are the object's own files (logical names begin with "="),
    which have copies but belong to no version; `waiting` is true while a required store lacks the item: nobody but
    staff sees it then.
    """

    item: Item
    version: int
    fingerprint: str
    image_fingerprint: str
    files: tuple[StoredFile, ...]
    stores: tuple[str, ...]
    derived: Mapping[str, str]
    texts: Mapping[str, PageText]
    at: datetime
    bookkeeping: tuple[StoredFile, ...] = ()
    waiting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """One item as it is shown; `has_text` are the ids of pages with words, `public` is true for readers today.

    An item that is `waiting` for a required store is not public, whatever its access says: ask `public`.
    """

    item: Item
    version: int
    added: datetime
    changed: datetime
    derived: Mapping[str, str]
    has_text: frozenset[str]
    batch_id: str
    public: bool
    waiting: bool = False

    @property
    def shown_as(self) -> str:
        """The word for staff: its access state, or "stored" while a required store lacks it."""
        return _shown_as(self.item.access.state, self.waiting)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCard:
    """One item in a list; `first_page_id` and `first_image_id` are "" for an item without pages."""

    id: str
    title: str
    date: str
    collection: str
    pages: int
    first_page_id: str
    first_image_id: str
    state: AccessState
    added: datetime
    waiting: bool = False

    @property
    def shown_as(self) -> str:
        """The word for staff: its access state, or "stored" while a required store lacks it."""
        return _shown_as(self.state, self.waiting)


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionCard:
    """One collection; `items` counts those of its children too, `title` is the last part of the path."""

    path: str
    title: str
    items: int
    parent: str | None
    first_image_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageView:
    """What serving one image needs: where its access copy lies (`derived`), its size in pixels, who may see it.

    While a required store lacks the item, that is staff alone.
    """

    item_id: str
    page_id: str
    derived: str
    width: int
    height: int
    access: Access


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyView:
    """The bytes of one file in one store, when they were last read in full, and what was found.

    `event` is the number of the chain event that says what its bytes must be, `audited` when an audit last read it,
    `since` when it came into the store; None where it is not known.
    """

    item_id: str
    store: str
    file: StoredFile
    last_read: datetime | None
    outcome: FixityOutcome | None
    event: int | None = None
    audited: datetime | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody searches for.

    Words are joined by AND, "quoted words" stand next to each other, a trailing * completes a word. `exact` minds
    case and diacritics. `collection` includes its children; `page` counts from 1.
    """

    text: str
    exact: bool = False
    collection: str | None = None
    item: str | None = None
    page: int = 1
    per_page: int = 10
    public_only: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One place where the text was found: the words, a few words around them, and their box.

    `more` holds the boxes on following lines when a phrase or a hyphenated word runs over a line's end.
    """

    text: str
    before: str
    after: str
    box: Box
    more: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageHit:
    """A page on which something was found; `snippet` alternates plain text with True where it matched.

    `boxes` are those of the matching words, `line` that of the line of the first one. A search in one item tells all of
    them, and every place apart in `matches`; a search in all items tells those near the first.
    """

    page_id: str
    image_id: str
    number: int
    label: str
    width: int
    height: int
    snippet: tuple[tuple[str, bool], ...]
    boxes: tuple[Box, ...]
    line: Box | None
    matches: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemHits:
    """An item with something found: on how many pages, the best of them, and whether its record matched."""

    card: ItemCard
    pages_found: int
    pages: tuple[PageHit, ...]
    in_record: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a search found in all, and the items of the page of results that was asked for, best first.

    Where more is found than anybody reads, it is not `counted` to its end: there are more than `pages_found` pages
    then, or more than `items_found` items. `goes_on` is true when there is a next page of results.
    """

    question: Question
    pages_found: int
    items_found: int
    hits: tuple[ItemHits, ...]
    counted: bool = True
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class JobSeed:
    """A submission that becomes a job of its batch: its folder's name and its place from 0."""

    folder: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """One submission on its way; `state` is one of `JOB_STATES`."""

    folder: str
    position: int
    item_id: str | None
    state: str
    pages: int
    pages_done: int
    problems: tuple[Problem, ...]
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchView:
    """One batch on its way; `state` is one of `BATCH_STATES`, `attempt` counts starts from 1 (0: never started).

    `pages_before` counts the pages that were done before the running attempt began.
    """

    id: str
    name: str
    path: str
    publish: bool
    new_version: bool
    state: str
    sentence: str
    attempt: int
    created: datetime
    started: datetime | None
    finished: datetime | None
    agent: str
    jobs: tuple[JobView, ...]
    pages_before: int = 0

    @property
    def items(self) -> int:
        """How many submissions the batch has."""
        return len(self.jobs)

    @property
    def pages(self) -> int:
        """How many pages its submissions have, as far as they are known."""
        return sum(job.pages for job in self.jobs)

    @property
    def pages_done(self) -> int:
        """How many of its pages are done."""
        return sum(job.pages_done for job in self.jobs)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems of all its submissions, in their order."""
        return tuple(problem for job in self.jobs for problem in job.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxEntry:
    """A folder in the inbox; `state` is one of `INBOX_STATES`, `report` its items as `check --json` gives them."""

    path: str
    name: str
    signature: str
    state: str
    items: int
    pages: int
    languages: tuple[str, ...]
    report: list[dict[str, Any]]
    sentence: str
    batch_id: str | None
    seen: datetime


class Role(StrEnum):
    """What a person may do: each role may do what those before it may."""

    READER = "reader"
    ARCHIVIST = "archivist"
    STEWARD = "steward"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a login; `agent_id` is what chain and AIP know them by."""

    agent_id: str
    name: str
    role: Role
    disabled: bool


def _shown_as(state: AccessState, waiting: bool) -> str:
    return "stored" if waiting and state is not AccessState.WITHDRAWN else state.value
