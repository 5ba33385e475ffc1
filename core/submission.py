"""What arrived: batches and submissions as they lie in the drop folder, before anything is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.fixity import Checksum
from core.problems import Problem


@dataclass(frozen=True, slots=True)
class SubmittedFile:
    """One file as it arrived: its name relative to the item's folder (POSIX, exactly as on disk), place and size."""

    name: str
    path: Path
    size: int


@dataclass(frozen=True, slots=True)
class SuppliedDigest:
    """A checksum that came with the batch, and the list it stands in."""

    checksum: Checksum
    list_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One folder with the files of one item (OAIS: SIP).

    `files` are the page files in natural order; `supplied` the digests that came with them, by file name; `lists` the
    names of all checksum lists; `paperwork` what is kept beside the masters (lists, bag tag files, delivery notes);
    `record` the row of metadata.csv as received (column to text), empty when there is none; `problems` what was seen
    while the folder was read.
    """

    folder: str
    path: Path
    files: tuple[SubmittedFile, ...]
    supplied: Mapping[str, tuple[SuppliedDigest, ...]] = field(default_factory=dict)
    lists: tuple[str, ...] = ()
    paperwork: tuple[SubmittedFile, ...] = ()
    record: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A delivery: submissions in the order of metadata.csv, then natural folder order."""

    name: str
    path: Path
    submissions: tuple[Submission, ...]
    problems: tuple[Problem, ...] = ()
