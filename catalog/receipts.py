"""What a batch brought, file by file, with the copies of each: for a receipt, and for saying what is safe to erase."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from catalog.database import Catalog
from catalog.showing import get
from catalog.tables import copies
from catalog.values import BatchView, JobView
from core.fixity import FixityOutcome

# Where the bytes lie that lay in the drop folder; the rest of an AIP is made by us.
DELIVERED = ("masters/", "submission/", "metadata/received")
OURS = "submission/muniment-batch.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCopy:
    """A delivered file in one store: since when it is there, and when an audit last read it in full."""

    logical: str
    key: str
    size: int
    sha256: str
    store: str
    outcome: FixityOutcome | None
    since: datetime | None
    audited: datetime | None

    @property
    def proven(self) -> bool:
        """True when an audit has read the copy in full and found it intact after it was written and read back."""
        late = self.audited is not None and self.since is not None and self.audited > self.since
        return late and self.outcome is FixityOutcome.INTACT


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFile:
    """One delivered file: its name as it arrived, size in bytes, SHA-256, and the stores that hold it.

    `verified` is when the last of them was written and read back, `audited` the audit that all of them have had.
    """

    name: str
    size: int
    sha256: str
    stores: tuple[str, ...]
    verified: datetime | None
    audited: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptItem:
    """One item of the batch; `safe` says that its folder may be erased, as far as we are concerned."""

    folder: str
    item_id: str
    title: str
    state: str
    files: tuple[ReceiptFile, ...]
    safe: bool


def receipt(cat: Catalog, batch: BatchView, required: Collection[str]) -> Iterator[ReceiptItem]:
    """The items of the batch in its order; `required` are the names of the stores that must hold every item."""
    for job in batch.jobs:
        yield _item(cat, job, required)


def is_safe(cat: Catalog, item_id: str, required: Collection[str]) -> bool:
    """True when every delivered file is intact in every required store, by an audit later than its read-back."""
    return _proven(held(cat, item_id), required)


def held(cat: Catalog, item_id: str) -> tuple[HeldCopy, ...]:
    """The copies of all files that were delivered for the item, those of earlier versions too, by path and store."""
    delivered = or_(*(copies.c.logical.startswith(start, autoescape=True) for start in DELIVERED))
    query = (
        select(*(copies.c[name] for name in HeldCopy.__dataclass_fields__))
        .where(copies.c.item_id == item_id, delivered, copies.c.logical != OURS)
        .order_by(copies.c.logical, copies.c.key, copies.c.store)
    )
    with cat.reading() as connection:
        rows = connection.execute(query).mappings().all()
    return tuple(
        HeldCopy(**{**row, "outcome": FixityOutcome(row["outcome"]) if row["outcome"] else None}) for row in rows
    )


def _proven(found: Sequence[HeldCopy], required: Collection[str]) -> bool:
    good = {(copy.store, copy.key) for copy in found if copy.proven}
    keys = {copy.key for copy in found}
    return bool(keys) and bool(required) and good >= {(store, key) for store in required for key in keys}


def _item(cat: Catalog, job: JobView, required: Collection[str]) -> ReceiptItem:
    view = get(cat, job.item_id) if job.item_id else None
    found = held(cat, job.item_id) if view and job.item_id else ()
    names = {page.file: page.source_name for page in view.item.pages} if view else {}
    keys = dict.fromkeys(copy.key for copy in found)
    return ReceiptItem(
        folder=job.folder,
        item_id=job.item_id or "",
        title=view.item.title if view else "",
        state=job.state,
        files=tuple(_file([copy for copy in found if copy.key == key], names) for key in keys),
        safe=job.state not in ("refused", "failed") and _proven(found, required),
    )


def _file(found: Sequence[HeldCopy], names: dict[str, str]) -> ReceiptFile:
    first = found[0]
    since = [copy.since for copy in found if copy.since]
    audited = [copy.audited for copy in found if copy.audited]
    return ReceiptFile(
        name=names.get(first.logical, first.logical.partition("/")[2]),
        size=first.size,
        sha256=first.sha256,
        stores=tuple(copy.store for copy in found),
        verified=max(since) if len(since) == len(found) else None,
        audited=min(audited) if len(audited) == len(found) else None,
    )
