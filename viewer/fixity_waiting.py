"""The copies that are overdue, and those that no audit has read yet: the first of each, by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, takewhile

from catalog import audits
from catalog.database import Catalog
from catalog.fixity_values import DueCopy
from viewer import words
from viewer.fixity_faces import Standing

SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingFile:
    """One copy that is overdue or was never read; `read` is None when it never was."""

    name: str
    item: str
    store: str
    read: words.Moment | None


def late(cat: Catalog, stores: Sequence[Standing]) -> tuple[list[WaitingFile], list[WaitingFile]]:
    """The first copies that are overdue, and the first that no audit has read yet."""
    overdue: list[WaitingFile] = []
    never: list[WaitingFile] = []
    for store in stores:
        rows = audits.due(cat, store.face.name)
        unread = list(islice(takewhile(lambda copy: copy.audited is None, rows), SHOWN)) if store.coverage.never else []
        never += [waiting(copy) for copy in unread]
        overdue += [waiting(copy) for copy in past(cat, store)]
    return overdue[:SHOWN], never[:SHOWN]


def past(cat: Catalog, store: Standing) -> list[DueCopy]:
    """The copies of a store whose last read, or whose coming, lies before its period; those never read first."""
    if not store.coverage.overdue:
        return []
    rows = takewhile(lambda copy: copy.audited is None or copy.audited < store.since, audits.due(cat, store.face.name))
    return list(islice((copy for copy in rows if is_late(copy, store.since)), SHOWN))


def is_late(copy: DueCopy, since: datetime) -> bool:
    """True when the copy was neither read nor came in since then."""
    last = copy.audited or copy.since
    return last is None or last < since


def waiting(copy: DueCopy) -> WaitingFile:
    """One copy in a list of those that wait."""
    name = copy.logical.removeprefix("masters/").removeprefix("=root/").removeprefix("=")
    moment = words.moment(copy.audited) if copy.audited else None
    return WaitingFile(name=name or copy.key, item=copy.item, store=copy.store, read=moment)
