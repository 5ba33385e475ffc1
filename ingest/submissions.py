"""One folder as a submission: its pages in order, the digests that came with them, and what lies beside them."""

from collections.abc import Set
from pathlib import Path

from core.problems import Problem, problem
from core.submission import Submission, SubmittedFile
from ingest.bags import Bag, check_payload, read_bag
from ingest.checksums import Supplied, by_folded, take_list
from ingest.lists import is_list
from ingest.names import (
    MAGIC_BYTES,
    is_litter,
    is_paperwork,
    is_picture,
    is_text,
    natural_key,
    shown,
    starts_like_a_scan,
)
from ingest.walk import Found, look


def read_submission(path: Path, folder: str, *, leave_out: Set[str] = frozenset()) -> Submission:
    """The folder as one item, without its metadata; those named in `leave_out` (in lower case) left out."""
    found = look(path)
    files = [file for file in found.files if file.name.casefold() not in leave_out]
    lists = [file for file in files if is_list(file.name)]
    others = [file for file in files if not is_list(file.name)]
    pages = [file for file in others if _is_page(file)]
    names = {file.name for file in pages}
    rest = [file for file in others if file.name not in names]
    papers = [file for file in rest if is_paperwork(file.name)]
    supplied = Supplied()
    present = by_folded(file.name for file in found.files)
    for file in lists:
        take_list(supplied, file, present, folder)
    kept = {file.name for file in (*pages, *papers)}
    strangers = [file for file in rest if file.name not in kept]
    return Submission(
        folder=_label(folder),
        path=path,
        files=tuple(pages),
        supplied={name: digests for name, digests in supplied.digests.items() if name in kept},
        lists=tuple(supplied.lists),
        paperwork=(*lists, *papers),
        problems=(*_names(folder, kept), *_seen(found), *supplied.problems, *_strangers(strangers)),
    )


def read_bag_submission(path: Path, folder: str) -> Submission:
    """The bag as one item: its payload's pages, its payload manifests as supplied digests, its tag files as paperwork.

    Tag files and payload that is no page are compared here; pages are left to the one pass that reads them.
    """
    bag = read_bag(path)
    files = sorted(bag.files.values(), key=lambda file: natural_key(file.name))
    payload = [file for file in files if file.name.startswith("data/") and not is_litter(file.name)]
    pages = [file for file in payload if _is_page(file)]
    names = {file.name for file in pages}
    others = [file for file in payload if file.name not in names]
    papers = [file for file in others if is_paperwork(file.name)]
    findings = (*bag.findings, *check_payload(bag, [file.name for file in others]))
    kept = {file.name for file in (*pages, *papers)}
    return Submission(
        folder=_label(folder),
        path=path,
        files=tuple(pages),
        supplied={name: digests for name, digests in bag.supplied.items() if name in kept},
        lists=tuple(bag.named(r"manifest-[A-Za-z0-9_-]+\.txt")),
        paperwork=(*_tag_files(bag), *papers),
        problems=(
            *_names(folder, kept),
            *(problem("bag-invalid", file=shown(folder), detail=finding) for finding in findings),
            *_strangers([file for file in others if file.name not in kept]),
        ),
    )


def _label(folder: str) -> str:
    return folder if is_text(folder) else shown(folder)


def _names(folder: str, kept: Set[str]) -> list[Problem]:
    unwritable = [name for name in (folder, *sorted(kept)) if not is_text(name)]
    return [problem("file-name", file=shown(name)) for name in unwritable]


def _tag_files(bag: Bag) -> list[SubmittedFile]:
    tags = (file for file in bag.files.values() if not file.name.startswith("data/") and not is_litter(file.name))
    return sorted(tags, key=lambda file: natural_key(file.name))


def _is_page(file: SubmittedFile) -> bool:
    return is_picture(file.name) or (not is_paperwork(file.name) and starts_like_a_scan(_head(file.path)))


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as opened:
            return opened.read(MAGIC_BYTES)
    except OSError:
        return b""


def _seen(found: Found) -> list[Problem]:
    unsafe = [problem("file-unsafe", file=shown(name)) for name in found.unsafe]
    return unsafe + [problem("file-unreadable", file=shown(name), detail=why) for name, why in found.unreadable]


def _strangers(files: list[SubmittedFile]) -> list[Problem]:
    return [problem("file-stranger", file=shown(file.name)) for file in files]
