"""Checksum lists at the top of a batch: each counts for every item, once it names a page of any."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from core.problems import Problem, problem
from core.submission import Submission, SubmittedFile
from ingest.checksums import Supplied, by_folded, take_entries
from ingest.lists import Entry, is_list, read_list
from ingest.names import folded, shown
from ingest.walk import look


@dataclass(frozen=True, slots=True)
class BatchList:
    """One list, its entries by the folder (as compared) that they name first; `fault` as in `lists.ChecksumList`."""

    name: str
    by_folder: Mapping[str, Sequence[Entry]]
    fault: str


def read_batch_lists(top: Sequence[SubmittedFile], folders: Sequence[str]) -> list[BatchList]:
    """The lists among these files that say something of the batch's folders, or that cannot be understood."""
    known = {folded(folder) for folder in folders}
    lists = [_read(file) for file in top if is_list(file.name)]
    return [each for each in lists if each.fault or known & each.by_folder.keys()]


def _read(file: SubmittedFile) -> BatchList:
    checksums = read_list(file.path, file.name)
    by_folder: dict[str, list[Entry]] = defaultdict(list)
    for entry in checksums.entries:
        first, slash, _ = folded(entry.name.replace("\\", "/")).removeprefix("./").partition("/")
        if slash:
            by_folder[first].append(entry)
    return BatchList(file.name, dict(by_folder), checksums.fault)


def with_batch_lists(item: Submission, lists: Sequence[BatchList]) -> Submission:
    """The submission with what the batch's lists say of it; names in them begin with the item's folder."""
    supplied = Supplied(dict(item.supplied), list(item.lists))
    for each in lists:
        supplied.lists.append(each.name)
        if mine := each.by_folder.get(folded(item.path.name), ()):
            present = by_folded(file.name for file in look(item.path).files)
            take_entries(supplied, mine, each.name, present, item.path.name)
        if each.fault:
            supplied.problems.append(problem("checksum-list-unreadable", list=shown(each.name), detail=each.fault))
    kept = {file.name for file in (*item.files, *item.paperwork)}
    return replace(
        item,
        supplied={name: digests for name, digests in supplied.digests.items() if name in kept},
        lists=tuple(supplied.lists),
        problems=(*item.problems, *supplied.problems),
    )


def absent_folders(lists: Sequence[BatchList], folders: Sequence[str]) -> Iterator[Problem]:
    """Folders that a list names and that did not arrive."""
    known = {folded(folder) for folder in folders}
    for each in lists:
        for folder in each.by_folder.keys() - known:
            yield problem("checksum-file-missing", file=shown(folder), list=shown(each.name))
