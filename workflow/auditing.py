"""`muniment audit` and `muniment export`: every byte read, compared with what was recorded, and what came of it said.

An audit repairs nothing. Files are compared with the catalogue's record, not with the checksum that lies next to them;
inventories, for now, only with their sidecar and the newest version's own copy.
"""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from catalog import batches, items
from catalog.values import CopyView
from core.errors import ConfigurationError, NotFoundError, ObjectNotFoundError, StorageError
from core.fixity import FixityEvent, FixityOutcome
from storage.checksums import audit_copy
from storage.export import export_bag, export_ocfl
from storage.layout import OCFL, object_id, object_root
from storage.ocfl import read_inventory
from storage.stores import Store
from workflow.reports import count
from workflow.statuses import alert_json
from workflow.workshop import Workshop

AGENT = "muniment-audit"
PERIOD = timedelta(days=30)
ROOT_FILES = ("0=ocfl_1.1", "ocfl_layout.json", "README.md", "extensions/")
PORTION = 50


@dataclass(slots=True)
class AuditReport:
    """What an audit read and found."""

    read: int = 0
    bytes: int = 0
    outcomes: dict[str, int] = field(default_factory=lambda: {str(outcome): 0 for outcome in FixityOutcome})
    unexpected: list[str] = field(default_factory=list)
    alerts: list[dict[str, str]] = field(default_factory=list)

    @property
    def damage(self) -> bool:
        """True when anything is not as it should be."""
        return bool(self.alerts or self.unexpected)

    def as_json(self) -> dict[str, Any]:
        """The contract's document."""
        return {
            "read": self.read,
            "bytes": self.bytes,
            "outcomes": self.outcomes,
            "unexpected": len(self.unexpected),
            "void": False,
            "alerts": self.alerts,
            "unexpected_files": self.unexpected,
        }


def audit(shop: Workshop, *, everything: bool, tell: Callable[[str], None]) -> AuditReport:
    """The outcome of full reads of what is due (never read, or longest ago), or of everything.

    Reads each copy once and keeps each finished result at once, so an interrupted audit loses nothing.

    Raises:
        StorageError: a store cannot be listed at all.
    """
    report = AuditReport()
    stores = {store.name: store for store in shop.stores}
    copies = [copy for copy in items.all_copies(shop.catalog) if everything or _due(copy)]
    with ThreadPoolExecutor(shop.settings.workers) as readers:
        for start in range(0, len(copies), PORTION):
            portion = [copy for copy in copies[start : start + PORTION] if copy.store in stores]
            found = list(readers.map(lambda copy: _read(stores[copy.store], copy), portion))
            items.record_reads(shop.catalog, found)
            for copy, event in zip(portion, found, strict=True):
                _count(report, copy, event)
            tell(f"{min(start + PORTION, len(copies)):,} of {count(len(copies), 'file')} read.")
    for store in stores.values():
        _reconcile(shop, store, report)
    return report


def print_audit(report: AuditReport, say: Callable[[str], None]) -> None:
    """The report in words, bad news first."""
    for alert in report.alerts:
        say(f'{alert["outcome"]}: "{alert["file"]}" of "{alert["item"]}" in the store "{alert["store"]}".')
    for key in report.unexpected:
        say(f'unexpected: nobody wrote "{key}".')
    verdict = "Something is wrong; nothing was repaired." if report.damage else "All intact."
    if not report.read and not report.damage:
        verdict = "Nothing was due: read everything with --all."
    say(f"{count(report.read, 'file')} read in full, {report.bytes:,} bytes. {verdict}")


def export(shop: Workshop, item: str, destination: Path, *, form: str) -> Path:
    """Where the item was written, every byte verified on the way.

    Raises:
        NotFoundError: there is no such item.
        ConfigurationError: the form is neither "bag" nor "ocfl".
    """
    if items.get(shop.catalog, item) is None:
        raise NotFoundError(f'There is no item "{item}": look at `muniment status` for what there is.')
    forms = {"bag": export_bag, "ocfl": export_ocfl}
    if form not in forms:
        raise ConfigurationError(f'"{form}" is no form of export: use --as bag or --as ocfl.')
    for store in shop.stores[:-1]:
        try:
            return forms[form](store, object_id(item), destination)
        except StorageError:
            continue  # the next store's copy may be the good one
    return forms[form](shop.stores[-1], object_id(item), destination)


def _due(copy: CopyView) -> bool:
    """Never read by an audit, read too long ago, or not found intact the last time."""
    known_good = copy.outcome is FixityOutcome.INTACT
    return not known_good or copy.last_read is None or datetime.now(UTC) - copy.last_read > PERIOD


def _read(store: Store, copy: CopyView) -> FixityEvent:
    outcome, found = audit_copy(store, copy.file)
    return FixityEvent(
        store=store.name,
        key=copy.file.key,
        outcome=outcome,
        expected=copy.file.sha512,
        found=found,
        at=datetime.now(UTC),
        agent=AGENT,
    )


def _count(report: AuditReport, copy: CopyView, event: FixityEvent) -> None:
    report.read += 1
    report.bytes += copy.file.size
    report.outcomes[event.outcome] += 1
    if event.outcome is not FixityOutcome.INTACT:
        _alert(report, copy.item_id, copy.file.logical, event.store, event.key, event.outcome)


def _alert(report: AuditReport, item: str, file: str, store: str, key: str, outcome: FixityOutcome) -> None:
    report.alerts.append(alert_json(item, file, store, key, outcome))


def _reconcile(shop: Workshop, store: Store, report: AuditReport) -> None:
    """Looks for files nobody wrote, and reads the inventories, which no copy in the catalogue stands for.

    Listed first and compared with the catalogue after it: what comes in meanwhile is known by then.
    """
    listed = [one.key for one in store.listing(f"{OCFL}/")]
    coming = _coming_in(shop)
    copies = [copy for copy in items.all_copies(shop.catalog) if copy.store == store.name]
    written = {copy.file.key for copy in copies}
    for item in {copy.item_id for copy in copies}:
        for key, outcome, size in _inventories(store, item):
            report.read += 1
            report.bytes += size
            report.outcomes[outcome] += 1
            written.add(key)
            if outcome is not FixityOutcome.INTACT:
                _alert(report, item, Path(key).name, store.name, key, outcome)
    known = tuple(f"{OCFL}/{name}" for name in ROOT_FILES) + coming
    report.unexpected += [f"{store.name}: {key}" for key in listed if key not in written and not key.startswith(known)]


def _coming_in(shop: Workshop) -> tuple[str, ...]:
    """The roots of objects that a batch is writing at this moment."""
    return tuple(
        f"{object_root(object_id(job.item_id))}/"
        for view in batches.unfinished(shop.catalog)
        for job in view.jobs
        if job.item_id and job.state == "storing"
    )


def _inventories(store: Store, item: str) -> Iterator[tuple[str, FixityOutcome, int]]:
    """Declaration, inventories and sidecars of one object: key, outcome of a full read, and bytes read."""
    root = object_root(object_id(item))
    expected: dict[str, bytes] = {f"{root}/0=ocfl_object_1.1": b"ocfl_object_1.1\n"}
    try:
        inventory = read_inventory(store, object_id(item))
    except ObjectNotFoundError:
        inventory = None
    except StorageError:
        yield f"{root}/inventory.json", FixityOutcome.ALTERED, 0
        return
    if inventory is None:
        yield f"{root}/inventory.json", FixityOutcome.MISSING, 0
        return
    for folder in ("", f"v{inventory.head}/"):
        expected[f"{root}/{folder}inventory.json"] = inventory.raw
        expected[f"{root}/{folder}inventory.json.sha512"] = inventory.sidecar
    for number in range(1, inventory.head):
        raw = _bytes(store, f"{root}/v{number}/inventory.json")
        sidecar = f"{hashlib.sha512(raw).hexdigest()} inventory.json\n".encode() if raw else b"missing"
        expected[f"{root}/v{number}/inventory.json"] = raw or b"missing"
        expected[f"{root}/v{number}/inventory.json.sha512"] = sidecar
    for key, data in expected.items():
        found = _bytes(store, key)
        yield key, _outcome(found, data), len(found or b"")


def _outcome(found: bytes | None, expected: bytes) -> FixityOutcome:
    if found is None:
        return FixityOutcome.MISSING
    return FixityOutcome.INTACT if found == expected else FixityOutcome.ALTERED


def _bytes(store: Store, key: str) -> bytes | None:
    try:
        return store.get(key)
    except StorageError:
        return None
