"""A drop folder as a batch: which items lie in it, in which order, with which rows of metadata.csv."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.errors import SubmissionError
from core.problems import Problem, problem
from core.submission import Batch, Submission
from ingest.bags import is_bag
from ingest.batch_lists import absent_folders, read_batch_lists, with_batch_lists
from ingest.lists import is_list
from ingest.names import folded, is_picture, shown
from ingest.submissions import read_bag_submission, read_submission
from ingest.table import Row, Table, read_table
from ingest.walk import Found, look, subfolders

TABLE_NAME = "metadata.csv"


@dataclass(frozen=True, slots=True)
class _Drop:
    """What lies directly in the drop folder."""

    path: Path
    top: Found
    folders: list[str]
    table: Table | None
    rows: Mapping[str, Sequence[Row]]

    def rows_of(self, folder: str) -> Sequence[Row]:
        """The rows of metadata.csv that name this folder."""
        return self.rows.get(folded(folder), ())


def read_batch(folder: Path) -> Batch:
    """The items of a drop folder, in the order of metadata.csv, then natural order. Reads names and lists, no page.

    The folder may hold one folder an item, or be one item itself: pages directly in it, or a BagIt bag. Links are
    refused by name and never followed; nothing is changed.

    Raises:
        SubmissionError: there is no such folder, it cannot be opened, or it holds no item.
    """
    drop = _open(folder)
    submissions = _alone(drop) or _gathered(drop)
    if not submissions:
        raise SubmissionError(
            f'The folder "{shown(str(folder))}" holds no item: put one folder of page images an item into it.'
        )
    described = tuple(_described(submission, drop) for submission in submissions)
    return Batch(
        name=_name(folder), path=folder, submissions=described, problems=tuple(_batch_problems(drop, described))
    )


def _name(folder: Path) -> str:
    return folder.name or folder.resolve().name


def _open(folder: Path) -> _Drop:
    if not folder.is_dir():
        raise SubmissionError(f'There is no folder "{shown(str(folder))}": give the folder that holds the batch.')
    try:
        folders = subfolders(folder)
    except OSError as error:
        raise SubmissionError(
            f'The folder "{shown(str(folder))}" cannot be opened ({error.strerror}): check its permissions.'
        ) from error
    top = look(folder, deep=False)
    table = next((file for file in top.files if file.name.casefold() == TABLE_NAME), None)
    read = read_table(table.path) if table else None
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in read.rows if read else ():
        rows[folded(row.folder)].append(row)
    return _Drop(folder, top, folders, read, dict(rows))


def _alone(drop: _Drop) -> list[Submission]:
    """The one item that the folder itself is: a bag, or pages directly in it and no row that names a folder in it."""
    name = _name(drop.path)
    if is_bag(drop.path):
        return [read_bag_submission(drop.path, name)]
    pages = any(is_picture(file.name) for file in drop.top.files)
    if not pages or any(drop.rows_of(folder) or _holds_pages(drop.path / folder) for folder in drop.folders):
        return []
    return [read_submission(drop.path, name, leave_out=frozenset((TABLE_NAME,)))]


def _holds_pages(folder: Path) -> bool:
    return not folder.is_symlink() and any(is_picture(file.name) for file in look(folder).files)


def _gathered(drop: _Drop) -> list[Submission]:
    """One item a folder; lists at the top of the batch count for each item whose folder they name."""
    lists = read_batch_lists(drop.top.files, drop.folders)
    items = [_one(drop, folder) for folder in _ordered(drop)]
    return [item if item.path.is_symlink() else with_batch_lists(item, lists) for item in items]


def _ordered(drop: _Drop) -> list[str]:
    by_name = {folded(folder): folder for folder in drop.folders}
    described = [by_name[folder] for folder in drop.rows if folder in by_name]
    return list(dict.fromkeys([*described, *drop.folders]))


def _one(drop: _Drop, folder: str) -> Submission:
    path = drop.path / folder
    if path.is_symlink():
        return Submission(
            folder=shown(folder), path=path, files=(), problems=(problem("file-unsafe", file=shown(folder)),)
        )
    return read_bag_submission(path, folder) if is_bag(path) else read_submission(path, folder)


def _described(item: Submission, drop: _Drop) -> Submission:
    """The submission with its row of metadata.csv."""
    if drop.table is None:
        return item
    if drop.table.fault:
        return _refused(item, problem("metadata-unreadable", file=TABLE_NAME, detail=drop.table.fault))
    rows = drop.rows_of(_name(item.path))
    if item.path == drop.path and not rows:
        rows = [*drop.rows_of(""), *drop.rows_of(".")]
    if len(rows) > 1:
        item = _refused(item, problem("metadata-row-twice", file=shown(item.folder)))
    for row in rows[:1]:
        item = replace(item, record=row.record)
        if row.fault:
            item = _refused(item, problem("metadata-unreadable", file=TABLE_NAME, detail=row.fault))
    return item


def _refused(item: Submission, reason: Problem) -> Submission:
    return replace(item, problems=(*item.problems, reason))


def _batch_problems(drop: _Drop, submissions: Sequence[Submission]) -> list[Problem]:
    """What is odd about the drop folder itself; no item is refused for it."""
    alone = any(submission.path == drop.path for submission in submissions)
    known = {folded(_name(drop.path)), "", "."} if alone else {folded(folder) for folder in drop.folders}
    absent = [rows[0].folder for folder, rows in drop.rows.items() if folder not in known]
    found = [problem("metadata-row-without-folder", file=shown(folder)) for folder in absent]
    if alone:
        return found
    found += absent_folders(read_batch_lists(drop.top.files, drop.folders), drop.folders)
    strangers = (file.name for file in drop.top.files if file.name.casefold() != TABLE_NAME and not is_list(file.name))
    found += [problem("file-stranger", file=shown(name)) for name in strangers]
    return found + [problem("file-unsafe", file=shown(name)) for name in drop.top.unsafe if name not in drop.folders]
