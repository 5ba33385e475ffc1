"""One item on its way from the drop folder to the reading room: what is known of it so far.

A plain class, so that Prefect hands it from task to task as it is and looks into none of its fields.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from catalog.values import HeldItem
from core.fixity import Digests
from core.images import FileFacts, ImageFacts
from core.item import Item, Page
from core.problems import Problem
from core.submission import Submission, SubmittedFile

EXTENSIONS = {
    "image/tiff": "tif",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/jp2": "jp2",
    "application/pdf": "pdf",
}


class ItemWork:
    """Filled station by station; `problems` are gathered from all of them."""

    def __init__(self, submission: Submission) -> None:
        self.submission = submission
        self.folder = submission.folder
        self._places = {file.name: place for place, file in enumerate(submission.files, 1)}
        self.digests: dict[str, Digests] = {}
        self.facts: dict[str, FileFacts] = {}
        self.problems: list[Problem] = []
        self.item: Item | None = None
        self.held: HeldItem | None = None
        self.texts_held = 0  # how many pages of the held item have a text
        self.models: tuple[str, ...] = ()
        self.staged: dict[str, str] = {}  # file name -> key in the first required store
        self.derived: dict[str, str] = {}  # page id -> key of the derived folder

    @property
    def refused(self) -> bool:
        """True when an error was found."""
        return any(problem.refuses for problem in self.problems)

    @property
    def unchanged(self) -> bool:
        """True when exactly this is held already: same identity, same bytes, same description."""
        return self.held is not None and self.held.fingerprint == self.fingerprint

    @property
    def complete(self) -> bool:
        """True when nothing is left to do: it is held as it arrived, and no page waits for its text."""
        return self.unchanged and not (self.models and self.texts_held < self.pages)

    @property
    def pages(self) -> int:
        """How many pages the files have, as far as they could be read."""
        return sum(len(facts.pages) for facts in self.facts.values())

    @property
    def described(self) -> Item:
        """The item; only asked for after it was described."""
        assert self.item is not None
        return self.item

    def images(self) -> Iterator[tuple[SubmittedFile, ImageFacts]]:
        """Every page image in page order, with the file it stands in."""
        for file in self.submission.files:
            for facts in self.facts[file.name].pages:
                yield file, facts

    def master(self, name: str) -> str:
        """The logical path of a submitted file in the AIP: its place in the item and its true kind, never its name."""
        return f"masters/{self._places[name]:04d}.{EXTENSIONS[self.facts[name].media_type]}"

    def identify(self, item_id: str, page_ids: tuple[str, ...]) -> None:
        """Gives the item and its pages their lasting ids; pages that replace a held page keep its id, a version up."""
        earlier = {page.id: page for page in self.held.item.pages} if self.held else {}
        places = {page.number: page for page in earlier.values() if page.id not in page_ids}
        pages = []
        for number, ((file, facts), page_id) in enumerate(zip(self.images(), page_ids, strict=True), 1):
            page = Page(
                id=page_id,
                number=number,
                label=str(number),
                file=self.master(file.name),
                source_name=file.name,
                facts=facts,
                version=earlier[page_id].version if page_id in earlier else 1,
            )
            if page_id not in earlier and number in places:
                page = replace(page, id=places[number].id, version=places[number].version + 1)
            pages.append(page)
        self.item = replace(self.described, id=item_id, pages=tuple(pages))

    @property
    def fingerprint(self) -> str:
        """A digest of what arrived: names and bytes of the page files, and the row of metadata."""
        return self._fingerprints[0]

    @property
    def image_fingerprint(self) -> str:
        """A digest of the page files' bytes alone: the same scans under another name have the same."""
        return self._fingerprints[1]

    @property
    def _fingerprints(self) -> tuple[str, str]:
        files = [(file.name, self.digests[file.name].sha512) for file in self.submission.files]
        return fingerprints(files, self.submission.record, self.described.collection)


def fingerprints(files: Sequence[tuple[str, str]], row: Mapping[str, str], collection: str) -> tuple[str, str]:
    """The digest of all that arrived, and that of the page files' bytes alone.

    `files` are names and SHA-512 of the page files in order, `row` is the row of metadata.csv.
    """
    told = {column: value for column, value in row.items() if value}
    return _digest([[list(file) for file in files], told, collection]), _digest([sha512 for _, sha512 in files])


def _digest(data: object) -> str:
    return hashlib.sha256(json.dumps(data, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
