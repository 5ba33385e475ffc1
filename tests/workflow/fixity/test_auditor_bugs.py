"""Bugs put into the auditor on purpose: each must void the run by its canaries, or change what it says of known damage.

The second kind is what every other test of the audit leans on: the same damage, told under the same names.
"""

import itertools
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import text

from catalog import audits
from core.errors import StorageError
from core.fixity import FixityOutcome, StoredFile
from storage.checksums import digest_chunks
from storage.stores import Store
from workflow import audit_reading, auditing, chain_checking, expecting, reading_copies
from workflow.audit_reading import StoreReading
from workflow.audit_report import AuditReport
from workflow.audit_work import AuditWork
from workflow.expecting import Expected, recorded
from workflow.reading_copies import Reading

A, B, C = "aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc"
TRUE_READ = reading_copies.read_copy
Patch = Callable[[pytest.MonkeyPatch], None]
INTACT, ALTERED = FixityOutcome.INTACT, FixityOutcome.ALTERED


@pytest.fixture
def damaged(holdings: Any) -> Any:
    """Holdings with one damage of each kind that an auditor may overlook."""
    holdings.take_in(C, {"masters/0001.tif": bytes(1_200_000)})
    flip_last(holdings.path("one", "masters/0001.tif", C))
    flip_last(holdings.path("two", "masters/0002.tif", A))
    flip_last(holdings.path("one", "=v1/inventory.json", B))
    holdings.path("two", "masters/0001.tif", B).unlink()
    gone = holdings.path("one", "masters/0002.tif", A)
    gone.unlink()
    gone.mkdir()
    (holdings.folder / "one" / "ocfl" / "ghost.txt").write_text("boo")
    segment = holdings.folder / "two" / "events" / "000000000001-000000000001.jsonl"
    segment.parent.mkdir()
    segment.write_text("no event\n")
    return holdings


EXPECTED = {
    ("one", "masters/0001.tif", "altered"),
    ("one", "masters/0002.tif", "unreadable"),
    ("one", "v1/inventory.json", "altered"),
    ("one", "ocfl/ghost.txt", "unexpected"),
    ("two", "masters/0001.tif", "missing"),
    ("two", "masters/0002.tif", "altered"),
    ("two", "", "chain"),
}


def flip_last(path: Any) -> None:
    data = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


def audit(holdings: Any) -> AuditReport:
    return auditing.audit(holdings.shop, everything=True, tell=lambda _: None)


def told(report: AuditReport) -> set[tuple[str, str, str]]:
    return {(one["store"], one["file"], one["outcome"]) for one in report.alerts}


def kept(holdings: Any) -> bool:
    """True when every copy has been noted as read."""
    return all(row.audited for store in ("one", "two") for row in audits.due(holdings.shop.catalog, store))


def good(file: StoredFile) -> Reading:
    return Reading(INTACT, file.sha512, file.size)


def reads(instead: Callable[[Store, StoredFile], Reading]) -> Patch:
    """The bug of another reading function."""
    return lambda patch: patch.setattr(reading_copies, "read_copy", instead)


def as_intact(*outcomes: FixityOutcome) -> Patch:
    """The bug that takes some outcomes for good ones."""

    def read(store: Store, file: StoredFile) -> Reading:
        found = TRUE_READ(store, file)
        return good(file) if found.outcome in outcomes else found

    return reads(read)


def hashed(pick: Callable[[Any], Any]) -> Patch:
    """The bug that hashes only some of the chunks."""

    def digest(chunks: Any, algorithms: Any) -> Any:
        return digest_chunks(pick(chunks), algorithms)

    return lambda patch: patch.setattr(reading_copies, "digest_chunks", digest)


def by_size(store: Store, file: StoredFile) -> Reading:
    size = store.size(file.key)
    return good(file) if size == file.size else Reading(ALTERED, None, size)


def swallowing(store: Store, file: StoredFile) -> Reading:
    with suppress(StorageError):
        b"".join(store.read(file.key))
    return good(file)


def after(number: int) -> Patch:
    """The bug that tires: from a certain read on all is well."""
    count = itertools.count()

    def read(store: Store, file: StoredFile) -> Reading:
        return good(file) if next(count) >= number else TRUE_READ(store, file)

    return reads(read)


def remembering() -> Patch:
    """The bug of a cache with too short a key."""
    seen: dict[str, Reading] = {}

    def read(store: Store, file: StoredFile) -> Reading:
        return seen.setdefault(file.key.rpartition("/")[0], TRUE_READ(store, file))

    return reads(read)


def only_first_digits(store: Store, file: StoredFile) -> Reading:
    found = TRUE_READ(store, file)
    return good(file) if found.found and found.found[:0] == file.sha512[:0] and found.size == file.size else found


VOID: dict[str, Patch] = {
    "always says intact": reads(lambda _, file: good(file)),
    "always says altered": reads(lambda *_: Reading(ALTERED, "0" * 128, 1)),
    "judges everything as intact": lambda patch: patch.setattr(reading_copies, "outcome_of", lambda *_: INTACT),
    "takes altered for intact": as_intact(ALTERED),
    "reads the first MiB": hashed(lambda chunks: itertools.islice(chunks, 1)),
    "leaves the last chunk out": hashed(lambda chunks: [chunk[:-1] for chunk in chunks]),
    "asks for the size only": reads(by_size),
    "swallows errors and never compares": reads(swallowing),
    "compares no digit": reads(only_first_digits),
    "compares with what it found": lambda patch: patch.setattr(
        reading_copies, "outcome_of", lambda _, found: INTACT if hasattr(found, "values") else FixityOutcome.MISSING
    ),
    "tires after ten reads": after(10),
    "remembers by folder": remembering(),
}


def skip_store(patch: pytest.MonkeyPatch) -> None:
    true = StoreReading.read_due
    patch.setattr(StoreReading, "read_due", lambda self: true(self) if self.store.name == "one" else None)


def skip_bookkeeping(patch: pytest.MonkeyPatch) -> None:
    true = StoreReading.read

    def read(self: StoreReading, copies: Any) -> None:
        true(self, (copy for copy in copies if not copy.logical.startswith("=")))

    patch.setattr(StoreReading, "read", read)


def swallow_portions(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(StoreReading, "_portion", lambda *_: None)


def stop_early(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(audit_reading, "portions", lambda copies: [list(itertools.islice(copies, 5))])


def no_reconciliation(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(auditing, "reconcile", lambda _: None)


def no_cases(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(AuditWork, "open", lambda _, case: case)


def keeps_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(AuditWork, "keep", lambda *_: None)


def trusts_the_log(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(chain_checking, "_store_break", lambda *_: None)


def trusts_the_record(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(expecting.Expectations, "_expected", lambda _, copy: Expected(copy, recorded(copy)))


def forgives_what_changed_meanwhile(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(StoreReading, "_still_meant", lambda *_: False)


TESTED: dict[str, Patch] = {
    "takes missing for intact": as_intact(FixityOutcome.MISSING),
    "takes unreadable for intact": as_intact(FixityOutcome.UNREADABLE),
    "skips a store": skip_store,
    "skips the bookkeeping": skip_bookkeeping,
    "swallows whole portions": swallow_portions,
    "stops early": stop_early,
    "never reconciles": no_reconciliation,
    "opens no cases": no_cases,
    "keeps no reads": keeps_nothing,
    "trusts the logs of stores": trusts_the_log,
    "forgives what it found": forgives_what_changed_meanwhile,
}


def test_the_auditor_as_it_is_finds_all_of_it(damaged: Any) -> None:
    report = audit(damaged)
    assert (told(report), report.void, kept(damaged)) == (EXPECTED, False, True)


@pytest.mark.parametrize("bug", VOID)
def test_the_canaries_void_the_run_of_an_auditor_that(damaged: Any, bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    VOID[bug](monkeypatch)
    report = audit(damaged)
    assert (report.void, report.exit_code) == (True, 2)
    assert any(one["outcome"] == "canary" for one in report.alerts)
    monkeypatch.undo()
    assert not any(row.audited for store in ("one", "two") for row in audits.due(damaged.shop.catalog, store))


@pytest.mark.parametrize("bug", TESTED)
def test_known_damage_tells_on_an_auditor_that(damaged: Any, bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    TESTED[bug](monkeypatch)
    report = audit(damaged)
    monkeypatch.undo()
    assert (told(report), kept(damaged)) != (EXPECTED, True)


def test_an_auditor_that_trusts_the_record_overlooks_a_forged_one(
    holdings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    flip_last(holdings.path("one", "masters/0002.tif", A))
    found = TRUE_READ(
        holdings.stores[0],
        recorded(
            next(row for row in audits.of_item(holdings.shop.catalog, A, "one") if row.logical == "masters/0002.tif")
        ),
    )
    with holdings.shop.catalog.writing() as connection:
        edit = "UPDATE copies SET sha512 = :found WHERE logical = 'masters/0002.tif' AND store = 'one'"
        connection.execute(text(edit), {"found": found.found})
    trusts_the_record(monkeypatch)
    blind = told(audit(holdings))
    monkeypatch.undo()
    seeing = told(audit(holdings))
    assert seeing - blind == {("one", "masters/0002.tif", "altered")}
    assert ("", "", "chain") in blind
