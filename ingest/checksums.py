"""Supplied checksums: which digest belongs to which file, and what the lists name that is not there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from core.problems import Problem, problem
from core.submission import Submission, SubmittedFile, SuppliedDigest
from ingest.lists import Entry, read_list
from ingest.names import folded, is_inside, is_litter, shown

_ALWAYS = ("sha512", "sha256")


@dataclass(slots=True)
class Supplied:
    """What the lists of one item say, gathered list by list."""

    digests: dict[str, tuple[SuppliedDigest, ...]] = field(default_factory=dict)
    lists: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, name: str, digest: SuppliedDigest) -> None:
        """Notes a digest of a file that is there; the same line twice counts once."""
        known = self.digests.get(name, ())
        if digest not in known:
            self.digests[name] = (*known, digest)


def by_folded(names: Iterable[str]) -> dict[str, str]:
    """The names as they are on disk by the names as they are compared."""
    return {folded(name): name for name in names}


def take_list(supplied: Supplied, file: SubmittedFile, present: Mapping[str, str], folder: str) -> None:
    """Adds what a list inside the item says; names in it are relative to the list, or begin with the item's folder."""
    checksums = read_list(file.path, file.name)
    supplied.lists.append(file.name)
    if checksums.fault:
        supplied.problems.append(problem("checksum-list-unreadable", list=shown(file.name), detail=checksums.fault))
    take_entries(supplied, checksums.entries, file.name, present, folder)


def take_entries(
    supplied: Supplied, entries: Sequence[Entry], list_name: str, present: Mapping[str, str], folder: str
) -> None:
    """Adds entries of one list; a name that is absent or leads outside is a problem. `present`: see `by_folded`."""
    inside = list_name.rpartition("/")[0]
    for entry in entries:
        name = _find(entry.name, present, inside, folder)
        if name is not None:
            supplied.add(name, SuppliedDigest(entry.checksum, list_name))
        elif not is_inside(entry.name):
            detail = f'it names "{shown(entry.name)}", which lies outside the folder'
            supplied.problems.append(problem("checksum-list-unreadable", list=shown(list_name), detail=detail))
        elif not is_litter(entry.name.replace("\\", "/")):
            supplied.problems.append(problem("checksum-file-missing", file=shown(entry.name), list=shown(list_name)))


def _find(written: str, by_name: Mapping[str, str], inside: str, folder: str) -> str | None:
    """The name on disk that a list means: as written, with other separators, from the list's or the item's folder."""
    for spelling in (written, written.replace("\\", "/")):
        plain = folded(spelling).removeprefix("./")
        beside = f"{inside}/{plain}" if inside else plain
        for candidate in (beside, plain, plain.removeprefix(folded(folder) + "/")):
            if candidate in by_name:
                return by_name[candidate]
    return None


def algorithms_needed(submission: Submission) -> tuple[str, ...]:
    """Names of hashlib algorithms that the supplied digests use beyond SHA-512 and SHA-256, sorted."""
    used = {digest.checksum.algorithm for digests in submission.supplied.values() for digest in digests}
    return tuple(sorted(used - set(_ALWAYS)))


def provenance_note(submission: Submission) -> str:
    """One sentence for the item's record on where the trust in its bytes begins."""
    if not submission.supplied:
        return "No checksums came with the item: its files are vouched for from their ingest on."
    names = ", ".join(f'"{shown(name)}"' for name in submission.lists)
    return f"The files were compared at ingest with the checksums that came with them in {names}."
