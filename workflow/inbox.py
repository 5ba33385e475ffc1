"""Watches the inbox: a folder that has stopped growing is checked, and its card tells the archivist what is in it.

Reads only; queueing is a person's act.
"""

import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from catalog import batches
from catalog.values import InboxEntry
from core.errors import SubmissionError
from ingest.names import shown
from workflow.receiving import check_batch
from workflow.reports import checked_json
from workflow.workshop import Workshop

UNREADABLE = 'The folder "{}" cannot be read ({}): check its permissions, then it is checked.'
UNREAD = "unread"  # in place of a signature: no digest is like it, so the folder is looked at anew once it can be read
UNNAMEABLE = "The name of this folder has characters that cannot be kept: rename it, then it is checked."
QUIET_SECONDS = 4.0  # slow scanners create a file early and write it late


def look(shop: Workshop, seen: dict[str, tuple[str, float]], *, now: float) -> None:
    """One look: cards of folders that are gone are dropped, new and changed folders get theirs.

    `seen` remembers each folder's signature and since when (in the clock of `now`) it has not changed.
    """
    known = {entry.path: entry for entry in batches.inbox(shop.catalog)}
    folders = {shown(str(folder)): folder for folder in _folders(shop.settings.inbox_folder)}
    for path in known.keys() - folders.keys():
        batches.inbox_drop(shop.catalog, path)
    for path, folder in folders.items():
        try:
            _look_at(shop, seen, known.get(path), folder, now=now)
        except OSError as error:  # this folder's trouble; the others are looked at all the same
            seen.pop(path, None)
            sentence = UNREADABLE.format(Path(path).name, error.strerror or "no reason given")
            _put(shop, Path(path), UNREAD, "checked", sentence=sentence)


def _look_at(
    shop: Workshop, seen: dict[str, tuple[str, float]], known: InboxEntry | None, folder: Path, *, now: float
) -> None:
    path, mark = shown(str(folder)), signature(folder)
    if path != str(folder):
        _put(shop, Path(path), mark, "checked", sentence=UNNAMEABLE)
        return
    if known and known.signature == mark and known.state in ("checked", "queued"):
        return
    before, since = seen.get(path, ("", now))
    seen[path] = (mark, since if before == mark else now)
    if before == mark and now - since >= QUIET_SECONDS:
        _put(shop, folder, mark, "checking")
        _check(shop, folder, mark)
    elif known is None or known.signature != mark:
        _put(shop, folder, mark, "settling")


def signature(folder: Path) -> str:
    """A digest of every file's name, size and time of change: the same while nobody writes."""
    lines = []
    for place, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            path = Path(place) / name
            try:
                stat = path.lstat()
            except FileNotFoundError:
                continue
            lines.append(f"{path.relative_to(folder)}\0{stat.st_size}\0{stat.st_mtime_ns}")
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def _folders(inbox: Path) -> Iterator[Path]:
    for path in sorted(inbox.iterdir()):
        if path.is_dir() and not path.is_symlink() and not path.name.startswith("."):
            yield path


def _check(shop: Workshop, folder: Path, mark: str) -> None:
    try:
        batch, works = check_batch(shop, folder)
    except SubmissionError as error:
        _put(shop, folder, mark, "checked", sentence=str(error))
        return
    languages = dict.fromkeys(tag for work in works if work.item for tag in work.item.languages)
    _put(
        shop,
        folder,
        mark,
        "checked",
        report=checked_json(works),
        pages=sum(work.pages for work in works),
        languages=tuple(languages),
        sentence=" ".join(problem.sentence for problem in batch.problems),
    )


def _put(
    shop: Workshop,
    folder: Path,
    mark: str,
    state: str,
    *,
    report: list[dict[str, object]] | None = None,
    pages: int = 0,
    languages: tuple[str, ...] = (),
    sentence: str = "",
) -> None:
    entry = InboxEntry(
        path=str(folder),
        name=folder.name,
        signature=mark,
        state=state,
        items=len(report or ()),
        pages=pages,
        languages=languages,
        report=report or [],
        sentence=sentence,
        batch_id=None,
        seen=datetime.now(UTC),
    )
    batches.inbox_put(shop.catalog, entry)
