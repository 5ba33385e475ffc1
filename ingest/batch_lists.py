"""Checksum lists at the top of a batch: each counts for every item, once it names a page of any."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from core.problems import Problem, problem
from core.submission import Submission, SubmittedFile
from ingest.checksums import Supplied, by_folded, take_entries
from ingest.lists import Entry, is_list, read_list
from ingest.names import folded, is_litter, is_text, shown
from ingest.walk import look

_PART = re.compile(r"[^/\\]+")
_NONE_KNOWN = "none of its lines names a folder of this batch"


@dataclass(frozen=True, slots=True)
class BatchList:
    """One list, its entries by the folder (as compared) that they name; `fault` says why it cannot be used."""

    file: SubmittedFile
    by_folder: Mapping[str, Sequence[Entry]]
    fault: str

    def of(self, item: Submission) -> Sequence[Entry]:
        """The entries that name the item's folder."""
        return self.by_folder.get(folded(item.path.name), ())


def read_batch_lists(top: Sequence[SubmittedFile], folders: Sequence[str]) -> list[BatchList]:
    """The lists among these files that say something of the batch's folders, or that cannot be understood."""
    known = {folded(folder) for folder in folders}
    beside = {folded(file.name) for file in top}
    lists = [_read(file, known, beside) for file in top if is_list(file.name)]
    return [each for each in lists if each.fault or each.by_folder]


def _read(file: SubmittedFile, known: Set[str], beside: Set[str]) -> BatchList:
    checksums = read_list(file.path, file.name)
    named = [(_parts(entry.name), entry) for entry in checksums.entries]
    depth = _depth([parts for parts, _ in named], known)
    if depth is None:
        strange = any(len(parts) > 1 and not _harmless(parts[-1], beside) for parts, _ in named)
        return BatchList(file, {}, checksums.fault or (_NONE_KNOWN if strange else ""))
    return BatchList(file, _by_folder(named, depth, known), checksums.fault)


def _parts(name: str) -> list[str]:
    return [folded(part) for part in _PART.findall(name) if part != "."]


def _harmless(last: str, beside: Set[str]) -> bool:
    """True for the end of a name that is no item's: a file beside the list, or litter, but not a way out."""
    return last in beside or (last != ".." and is_litter(last))


def _depth(names: Sequence[Sequence[str]], known: Set[str]) -> int | None:
    """How many parts most names have before a folder of the batch; None when no name has such a folder."""
    votes = Counter(place for parts in names for place, part in enumerate(parts[:-1]) if part in known)
    return min(votes, key=lambda place: (-votes[place], place), default=None)


def _by_folder(named: Sequence[tuple[list[str], Entry]], depth: int, known: Set[str]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    prefixes = {parts[0] for parts, _ in named if len(parts) > depth + 1}
    for parts, entry in named:
        if len(parts) > depth + 1:
            # A name that leads outside is kept whole, to be told as such.
            found[parts[depth]].append(entry if ".." in parts else replace(entry, name=_tail(entry.name, depth)))
        elif len(parts) > 1 and (parts[0] in known or parts[0] not in prefixes):
            found[parts[0]].append(entry)
    return dict(found)


def _tail(name: str, depth: int) -> str:
    """The name from its part number `depth` on; separators stay, as a backslash may belong to a name on disk."""
    starts = [found.start() for found in _PART.finditer(name) if found[0] != "."]
    return re.sub(r"([/\\])(?:\.?[/\\])+", r"\1", name[starts[depth] :])


def with_batch_lists(item: Submission, lists: Sequence[BatchList]) -> Submission:
    """The submission with what the batch's lists say of it, and with those lists among its paperwork."""
    supplied = Supplied(dict(item.supplied), list(item.lists))
    for each in lists:
        _take(supplied, each, item)
    kept = {file.name for file in (*item.files, *item.paperwork)}
    papers = [_paper(each.file, kept) for each in lists if each.fault or each.of(item)]
    return replace(
        item,
        supplied={name: digests for name, digests in supplied.digests.items() if name in kept},
        lists=tuple(supplied.lists),
        paperwork=(*item.paperwork, *papers),
        problems=(*item.problems, *supplied.problems),
    )


def _take(supplied: Supplied, each: BatchList, item: Submission) -> None:
    name = each.file.name
    supplied.lists.append(name)
    if mine := each.of(item):
        present = by_folded(file.name for file in look(item.path).files)
        take_entries(supplied, mine, name, present, item.path.name)
    if each.fault:
        supplied.problems.append(problem("checksum-list-unreadable", list=shown(name), detail=each.fault))


def _paper(file: SubmittedFile, taken: Set[str]) -> SubmittedFile:
    """The list under a name that no file of the item has: below "batch/", or deeper where the item has that, too."""
    name = "batch/" + (file.name if is_text(file.name) else shown(file.name))
    while name in taken:
        name = "batch/" + name
    return replace(file, name=name)


def absent_folders(lists: Sequence[BatchList], folders: Sequence[str]) -> Iterator[Problem]:
    """Folders that a list names and that did not arrive."""
    known = {folded(folder) for folder in folders}
    for each in lists:
        for folder in sorted(each.by_folder.keys() - known):
            yield problem("checksum-file-missing", file=shown(folder), list=shown(each.file.name))
