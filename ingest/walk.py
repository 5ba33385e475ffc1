"""What lies in a folder, seen without following a single link."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.submission import SubmittedFile
from ingest.names import is_litter, natural_key

_DEEPEST = 32


@dataclass(frozen=True, slots=True)
class Found:
    """Regular files in natural order; `unsafe` are links, devices and the like, `unreadable` names with a reason."""

    files: tuple[SubmittedFile, ...]
    unsafe: tuple[str, ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()


def look(folder: Path, *, litter: bool = False, deep: bool = True) -> Found:
    """Every file under the folder, or only those directly in it when not `deep`.

    Names are relative to the folder. Hidden files and systems' leavings are left out unless `litter`. Links are
    named, never followed; nothing is opened.
    """
    files: list[SubmittedFile] = []
    unsafe: list[str] = []
    unreadable: list[tuple[str, str]] = []
    for entry, name, reason in _entries(folder, "", litter, _DEEPEST if deep else 0):
        if entry is None:
            unreadable.append((name, reason))
        elif entry.is_file(follow_symlinks=False):
            files.append(SubmittedFile(name, Path(entry.path), entry.stat(follow_symlinks=False).st_size))
        elif not entry.is_dir(follow_symlinks=False):
            unsafe.append(name)
    files.sort(key=lambda file: natural_key(file.name))
    return Found(tuple(files), tuple(sorted(unsafe, key=natural_key)), tuple(unreadable))


def subfolders(folder: Path) -> list[str]:
    """Names of the folders directly in this one (links to folders too, to be refused by name), in natural order."""
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries if entry.is_dir() and not is_litter(entry.name)]
    return sorted(names, key=natural_key)


def _entries(folder: Path, prefix: str, litter: bool, depth: int) -> Iterator[tuple[os.DirEntry[str] | None, str, str]]:
    try:
        with os.scandir(folder) as scan:
            entries = list(scan)
    except OSError as error:
        yield None, prefix.rstrip("/"), error.strerror or "it cannot be opened"
        return
    for entry in entries:
        name = prefix + entry.name
        if is_litter(entry.name) and not litter:
            continue
        if entry.is_dir(follow_symlinks=False):
            if depth == 1:
                yield None, name, "folders lie too deep in one another"
            elif depth:
                yield from _entries(Path(entry.path), name + "/", litter, depth - 1)
        else:
            yield entry, name, ""
