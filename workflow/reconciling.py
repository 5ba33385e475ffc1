"""Catalogue, listing and inventories of a store side by side: files that nobody wrote, and copies that are not listed.

A listing proves nothing: what it lacks, or tells another size of, is read in full at once.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

from catalog import audits, cases
from catalog.fixity_values import Case, CaseKind, CaseState, DueCopy
from catalog.items import get as get_item
from core.errors import StorageError
from fixity.cases import case_id
from storage.census import census, item_of
from storage.layout import OCFL
from storage.stores import Listed, Store
from workflow import casework, reading_copies
from workflow.audit_reading import StoreReading
from workflow.audit_work import AuditWork
from workflow.expecting import recorded
from workflow.writing_now import items_in_work, items_owed, roots, was_just_deleted


def reconcile(reading: StoreReading) -> None:
    """Reads what the listing puts in doubt, and opens a case for each file that nobody wrote.

    Listed first and compared with the catalogue after it: what comes in meanwhile is known by then.
    """
    work, store = reading.work, reading.store
    writing = items_in_work(work.shop)
    listed = {_mark(one.key): one.size for one in census(store)}
    reading.read(_doubtful(work, store, listed))
    # What the catalogue knows was taken out of `listed`: the rest is strange.
    strange = [one for one in census(store) if _mark(one.key) in listed] if listed else []
    under_way = roots(writing | items_in_work(work.shop) | items_owed(work.shop, store.name))
    found = [one for one in strange if not one.key.startswith(under_way) and _is_strange(work, store, one.key)]
    for one in found:
        work.open(_unexpected(work, store, one))
    work.tally(store.name).unexpected = len(found)
    keys = [_written(one.key) for one in found]
    work.report.unexpected += [f"{store.name}: {key}" for key in keys]
    _settle_gone(work, store, set(keys))


def _doubtful(work: AuditWork, store: Store, listed: dict[int, int]) -> Iterator[DueCopy]:
    """The copies that the listing lacks or tells another size of, unless this run has read them.

    Every key that the catalogue knows leaves `listed`.
    """
    for copy in audits.due(work.shop.catalog, store.name):
        size = listed.pop(_mark(copy.key), None)
        unread = copy.audited is None or copy.audited < work.started
        if unread and size != copy.size and copy.key.startswith(f"{OCFL}/"):
            yield copy


def _mark(key: str) -> int:
    """The key in few bytes: a hundred thousand of them lie in memory at once."""
    return int.from_bytes(hashlib.blake2b(key.encode(errors="surrogateescape"), digest_size=8).digest(), "big")


def _written(key: str) -> str:
    """The key as text that can be written anywhere: a strange file may have a name that is no text."""
    return key.encode(errors="surrogateescape").decode(errors="backslashreplace")


def _is_strange(work: AuditWork, store: Store, key: str) -> bool:
    """True when the file is there and no copy of the catalogue's, at a second look."""
    if _written(key) != key:
        return True  # what is no text cannot be asked for, neither in the catalogue nor in the store
    rows = audits.copies_at(work.shop.catalog, key)
    if any(row.store == store.name for row in rows) or was_just_deleted(work.shop, item_of(key) or ""):
        return False
    # A store that is being filled holds copies before anybody tells of them; only true ones are let pass.
    if any(reading_copies.read_copy(store, recorded(row)).intact for row in rows):
        return False
    try:
        return store.size(key) is not None
    except StorageError:
        return True  # a name that is no key of ours cannot be asked for; it was listed all the same


def _unexpected(work: AuditWork, store: Store, listed: Listed) -> Case:
    at, item = datetime.now(UTC), item_of(listed.key) or ""
    key = _written(listed.key)
    return Case(
        id=case_id(store.name, key),
        kind=CaseKind.UNEXPECTED,
        state=CaseState.OPEN,
        store=store.name,
        key=key,
        item=item,
        file=key,
        found_size=listed.size,
        hint=_whose(work, item),
        opened=at,
        changed=at,
        last_read=at,
    )


def _whose(work: AuditWork, item: str) -> str:
    if item and get_item(work.shop.catalog, item) is None:
        return "It belongs to an object that the catalogue does not know: `muniment rebuild` reads it from the stores."
    return ""


def _settle_gone(work: AuditWork, store: Store, found: set[str]) -> None:
    """Cases of files that are not there any more: those that were repaired are over, the others can be closed."""
    for case in cases.not_closed(work.shop.catalog):
        if case.kind is CaseKind.UNEXPECTED and case.store == store.name and case.key not in found:
            work.when_trusted.append(partial(_settle, work, case))


def _settle(work: AuditWork, case: Case) -> None:
    now = casework.saw(work.shop, case, gone=True)
    if now.state is CaseState.REPAIRED:
        casework.close(work.shop, now, work.agent)
