"""Every rule that decides whether a submission is kept: small pure functions over what is known of each file.

Warnings travel with the item, errors refuse it; `docs/problems.md` says why each rule is there.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.fixity import Digests
from core.images import FileFacts, ImageFacts
from core.item import Item
from core.limits import PageLimits
from core.problems import Problem, problem
from core.submission import Submission, SubmittedFile
from ingest.names import ACCEPTED, shown, suffix
from ingest.oddities import problem_of

LARGEST_SIDE = 700.0  # millimetres: larger than the largest newspapers (600 x 750 is rare)
LARGEST_IMAGE = 200.0  # megapixels: true newspaper pages have 135
_FORMATS = {
    "image/tiff": "a TIFF image",
    "image/jpeg": "a JPEG image",
    "image/png": "a PNG image",
    "image/jp2": "a JPEG 2000 image",
    "application/pdf": "a PDF document",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """One submission and everything known of its files, by file name; a file may lack facts or digests."""

    submission: Submission
    facts: Mapping[str, FileFacts]
    digests: Mapping[str, Digests]
    limits: PageLimits

    def images(self) -> Iterator[tuple[int, SubmittedFile, ImageFacts, str]]:
        """Every page image in page order: number from 1, file, facts, media type of the file."""
        for first, file, facts in self.files():
            for number, image in enumerate(facts.pages if facts else (), first):
                yield number, file, image, facts.media_type if facts else ""

    def files(self) -> Iterator[tuple[int, SubmittedFile, FileFacts | None]]:
        """Every page file with the number of its first page; a file that could not be read counts as one page."""
        first = 1
        for file in self.submission.files:
            facts = self.facts.get(file.name)
            yield first, file, facts
            first += max(1, len(facts.pages)) if facts else 1

    def pages(self) -> dict[str, int]:
        """Page numbers of the files that are one page each, by file name."""
        return {
            file.name: first
            for first, file, facts in self.files()
            if suffix(file.name) != ".pdf" and (facts is None or len(facts.pages) <= 1)
        }


Rule = Callable[[Subject], Iterator[Problem]]


def judge(
    submission: Submission,
    facts: Mapping[str, FileFacts],
    digests: Mapping[str, Digests],
    limits: PageLimits | None = None,
) -> tuple[Problem, ...]:
    """All problems of the submission, each once: those seen while it was read, then rule by rule. Pure.

    `facts` and `digests` are by file name; what is unknown of a file is not judged. `limits` are those the facts were
    read with; messages name them.
    """
    subject = Subject(submission, facts, digests, limits or PageLimits())
    found = [*submission.problems, *(each for rule in RULES for each in rule(subject))]
    seen: dict[tuple[str, int | None, str], Problem] = {}
    for each in found:
        seen.setdefault((each.code, each.page, each.sentence), each)
    return tuple(seen.values())


def judge_batch(items: Sequence[tuple[Submission, Item]]) -> dict[str, tuple[Problem, ...]]:
    """Problems by item folder that show only between items: two with one source key are both refused."""
    folders: dict[str, list[str]] = defaultdict(list)
    for submission, item in items:
        folders[item.source_key].append(submission.folder)
    return {
        folder: (problem("key-twice", value=shown(key.rpartition("\n")[2])),)
        for key, same in folders.items()
        if len(same) > 1
        for folder in same
    }


def has_pages(subject: Subject) -> Iterator[Problem]:
    """A folder without a page file is no item."""
    if not subject.submission.files:
        yield problem("pages-none", file=shown(subject.submission.folder))


def not_empty(subject: Subject) -> Iterator[Problem]:
    """A file of no bytes holds no page."""
    alone = subject.pages()
    for file in subject.submission.files:
        if file.size == 0:
            yield problem("file-empty", page=alone.get(file.name), file=shown(file.name))


def oddities(subject: Subject) -> Iterator[Problem]:
    """What was found strange while a file's header was read or its pages were decoded."""
    alone = subject.pages()
    for first, file, facts in subject.files():
        for oddity in facts.oddities if facts else ():
            page = alone.get(file.name) if oddity.page is None else first + oddity.page
            yield problem_of(oddity, file, facts, page, subject.limits)


def named_for_its_format(subject: Subject) -> Iterator[Problem]:
    """An extension of another format misleads whoever opens the file later."""
    alone = subject.pages()
    for file in subject.submission.files:
        kind = subject.facts[file.name].media_type if file.name in subject.facts else ""
        if kind in _FORMATS and ACCEPTED.get(suffix(file.name)) != kind:
            page = alone.get(file.name)
            yield problem("format-other-name", page=page, file=shown(file.name), detail=_FORMATS[kind])


def has_resolution(subject: Subject) -> Iterator[Problem]:
    """Without dots per inch nobody knows how large the original was; one problem an item."""
    lacking = [file for _, file, image, kind in subject.images() if image.dpi is None and kind != "application/pdf"]
    if lacking:
        yield problem("image-no-resolution", found=len(lacking), file=shown(lacking[0].name))


def has_profile(subject: Subject) -> Iterator[Problem]:
    """Without a profile colours are a guess; one problem an item. The colours inside a PDF are the PDF's business."""
    lacking = [
        file
        for _, file, image, kind in subject.images()
        if image.colour and image.profile is None and kind != "application/pdf" and not _profile_named(subject, file)
    ]
    if lacking:
        yield problem("image-no-profile", found=len(lacking), file=shown(lacking[0].name))


def _profile_named(subject: Subject, file: SubmittedFile) -> bool:
    return any(oddity.kind == "image-profile-invalid" for oddity in subject.facts[file.name].oddities)


def plausible_size(subject: Subject) -> Iterator[Problem]:
    """A page larger than any newspaper has a wrong resolution, or is worth a look."""
    for number, file, image, _ in subject.images():
        across, down = ((side * 25.4 / image.dpi if image.dpi else 0.0) for side in (image.width, image.height))
        if max(across, down) > LARGEST_SIDE:
            yield problem("image-oversized", page=number, file=shown(file.name), detail=f"{across:.0f} x {down:.0f} mm")
        elif image.megapixels > LARGEST_IMAGE:
            detail = f"{image.width} x {image.height} pixels"
            yield problem("image-oversized", page=number, file=shown(file.name), detail=detail)


def same_digests(subject: Subject) -> Iterator[Problem]:
    """The bytes are those that the sender's list describes; one problem a file and list."""
    alone = subject.pages()
    for name, supplied in subject.submission.supplied.items():
        digests = subject.digests.get(name)
        for one in supplied if digests else ():
            found = digests.values.get(one.checksum.algorithm) if digests else None
            if found is not None and found != one.checksum.value:
                yield problem(
                    "checksum-mismatch",
                    page=alone.get(name),
                    file=shown(name),
                    algorithm=one.checksum.algorithm,
                    found=found,
                    expected=one.checksum.value,
                    list=shown(one.list_name),
                )


def all_listed(subject: Subject) -> Iterator[Problem]:
    """Where there is a list, a page that it does not name came from somewhere else."""
    submission = subject.submission
    if not submission.lists or any(each.code == "bag-invalid" for each in submission.problems):
        return
    used = [one.checksum.algorithm for supplied in submission.supplied.values() for one in supplied]
    for file in submission.files:
        digests = subject.digests.get(file.name)
        if file.name not in submission.supplied and digests:
            algorithm = next((name for name in used if name in digests.values), "sha256")
            yield problem(
                "checksum-file-unlisted",
                file=shown(file.name),
                algorithm=algorithm,
                found=digests.values[algorithm],
                list=shown(submission.lists[0]),
            )


RULES: tuple[Rule, ...] = (
    has_pages,
    not_empty,
    oddities,
    named_for_its_format,
    same_digests,
    all_listed,
    has_resolution,
    has_profile,
    plausible_size,
)
