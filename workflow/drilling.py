"""The drill: a damaged sentinel is planted, and its alarm goes the whole way of a true one: read, case, mail."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from catalog import cases
from catalog.fixity_values import Case, CaseKind, CaseState
from core.errors import ConfigurationError, StorageError, StoreUnavailableError
from fixity.cases import case_id
from storage import canaries as planted
from storage.canaries import Canary
from storage.layout import CANARIES
from storage.stores import Store
from workflow import auditing, casework, reading_copies
from workflow.audit_lease import leased
from workflow.audit_report import AuditReport
from workflow.audit_work import AuditWork
from workflow.canaries import check_flagged
from workflow.reading_copies import Reading
from workflow.workshop import Workshop

KIND = "drill"
HINT = "This is a drill: the file was planted to be found, and nothing of the holdings is damaged."


def drill(shop: Workshop, *, tell: Callable[[str], None], agent: str = auditing.AGENT) -> AuditReport:
    """What the drill showed: the sentinel was flagged, a case was opened for it, the letter waits, and all is cleared.

    No file of the holdings is read, and nothing counts in their figures.

    Raises:
        ConfigurationError: an audit is running.
        StoreUnavailableError: no store answers.
    """
    with leased(shop.home) as free:
        if not free:
            raise ConfigurationError("An audit runs already: wait until it ends, then start the drill.")
        work = auditing.begin(shop, kind=KIND, agent=agent, everything=False, tell=tell)
        close_left(work)
        with auditing.ended(work):
            store, store_id = _place(work)
            sentinel = planted.sentinel(store_id, sentinel_name(work.run))
            _find(work, store, store_id, sentinel)
        report = auditing.finish(work)
        if not report.void:
            _clear(work, store, sentinel)
        return report


def sentinel_name(run: str) -> str:
    """The name of a drill's planted file below `canaries/`."""
    return f"drill-{run}"


def case_of(run: str, store: str) -> str:
    """The id of the case that a drill opens in this store."""
    return case_id(store, f"{CANARIES}/{sentinel_name(run)}")


def _place(work: AuditWork) -> tuple[Store, str]:
    """The first store that can be audited."""
    for store, store_id, _ in auditing.prove_stores(work):
        _clear_old(store)
        return store, store_id
    raise StoreUnavailableError("No store answers, so nothing can be planted: bring one back, then try again.")


def _find(work: AuditWork, store: Store, store_id: str, sentinel: Canary) -> None:
    planted.lay(store, store_id, sentinel)
    found = reading_copies.read_copy(store, sentinel.file)
    tally = work.tally(store.name)
    tally.outcomes[found.outcome] += 1
    tally.read, tally.bytes = tally.read + 1, tally.bytes + (found.size or 0)
    check_flagged(store, found)
    work.open(_case(store, sentinel, found))
    work.tell(f'The sentinel in the store "{store.name}" was found {found.outcome}.')


def _case(store: Store, sentinel: Canary, found: Reading) -> Case:
    at, file = datetime.now(UTC), sentinel.file
    return Case(
        id=case_id(store.name, file.key),
        kind=CaseKind.ALTERED,
        state=CaseState.OPEN,
        store=store.name,
        key=file.key,
        item="",
        file=f"the drill's {file.key}",
        expected=file.sha512,
        found=found.found,
        expected_size=file.size,
        found_size=found.size,
        hint=HINT,
        opened=at,
        changed=at,
        last_read=at,
    )


def _clear(work: AuditWork, store: Store, sentinel: Canary) -> None:
    """Takes the sentinel up and closes its case; the letter, with the case in it, is on its way."""
    planted.take_up(store, sentinel)
    case = casework.known(work.shop, case_id(store.name, sentinel.file.key))
    casework.close(work.shop, casework.saw(work.shop, case, gone=True), work.agent)


def _clear_old(store: Store) -> None:
    """Takes up what drills left that were cut short."""
    with suppress(StorageError):
        for listed in list(store.listing(f"{CANARIES}/{KIND}-")):
            store.delete(listed.key)


def close_left(work: AuditWork) -> None:
    """Closes the cases of drills that were cut short: their sentinels are nobody's damage."""
    for case in cases.not_closed(work.shop.catalog):
        if case.key.startswith(f"{CANARIES}/{KIND}-"):
            casework.close(work.shop, casework.saw(work.shop, case, gone=True), work.agent)
