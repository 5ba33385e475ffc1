"""Cases: opened by what a read found, moved on by people, read again on request. None closes over a bad last read."""

from collections.abc import Sequence
from datetime import UTC, datetime

from catalog import audits, cases, known_stores
from catalog.fixity_values import COPY_KINDS, Case, CaseKind, CaseState, DueCopy
from core.errors import ConfigurationError, NotFoundError, StorageError, StoreUnavailableError
from core.fixity import FixityOutcome
from fixity.cases import after, case_id, may
from storage.canaries import canaries as planted
from storage.root import store_id
from storage.stores import Store
from workflow import chain_checking, clues, record_checking
from workflow.audit_work import check_deed, read_row
from workflow.canaries import VoidRunError, prove
from workflow.expecting import Expectations, Expected
from workflow.reading_copies import Reading, copy_reader
from workflow.workshop import Workshop

PEOPLES = ("acknowledged", "assigned", "noted", "closed")


def copy_case(expected: Expected, reading: Reading, hint: str, *, at: datetime) -> Case:
    """The case of a copy that was not found intact."""
    copy = expected.copy
    return Case(
        id=case_id(copy.store, copy.key),
        kind=CaseKind(reading.outcome),
        state=CaseState.OPEN,
        store=copy.store,
        key=copy.key,
        item=copy.item,
        file=clues.name_of(copy),
        expected=expected.file.sha512,
        found=reading.found,
        expected_size=expected.file.size,
        found_size=reading.size,
        hint=hint,
        opened=at,
        changed=at,
        last_read=at,
    )


def known(shop: Workshop, case_id: str) -> Case:
    """The case.

    Raises:
        NotFoundError: there is none with this id.
    """
    case = cases.get(shop.catalog, case_id)
    if case is None:
        raise NotFoundError(f'There is no alert "{case_id}": `muniment status` lists those there are.')
    return case


def decide(shop: Workshop, case_id: str, deed: str, *, agent: str, note: str = "", assigned: str = "") -> Case:
    """The case after a person acknowledged, assigned, noted or closed it.

    Raises:
        ConfigurationError: the deed is not for this case now; the sentence says why and what can be done.
    """
    case = known(shop, case_id)
    if deed not in PEOPLES:
        raise ConfigurationError(f'"{deed}" is nothing to be done with a case: use {", ".join(PEOPLES)}.')
    if refusal := may(case.state, deed, last_good=case.last_good):
        raise ConfigurationError(refusal)
    if deed == "assigned" and not assigned:
        raise ConfigurationError("A case is assigned to somebody: name who is to look after it.")
    state = CaseState(after(case.state, deed))
    return cases.decide(shop.catalog, case_id, deed, agent, note=note, assigned=assigned, state=state)


def recheck(shop: Workshop, case_id: str, *, agent: str) -> Case:
    """The case, after every copy of its file (or what else it is about) was read again in full.

    Raises:
        StoreUnavailableError: the store of the case does not answer, so that nothing is known anew.
    """
    case = known(shop, case_id)
    if case.kind in COPY_KINDS and case.kind is not CaseKind.UNEXPECTED:
        read_again(shop, case.key, agent=agent)
    elif case.kind is CaseKind.UNEXPECTED:
        store = store_of(shop, case.store)
        saw(shop, case, gone=store.size(case.key) is None)
    else:
        _recheck_wide(shop, case)
    return cases.decide(shop.catalog, case_id, "rechecked", agent)


def read_again(shop: Workshop, key: str, *, agent: str) -> list[tuple[Expected, Reading]]:
    """What full reads of all copies of a key found just now, store by store; kept, and noted with their cases.

    A copy in a store that is away is left out: nothing is known of it.
    """
    found: list[tuple[Expected, Reading]] = []
    for expected in Expectations(shop.catalog).of(audits.copies_at(shop.catalog, key)):
        reading = _answer(shop, expected)
        if reading is not None:
            keep_reading(shop, expected, reading, agent=agent)
            found.append((expected, reading))
    return found


def keep_reading(shop: Workshop, expected: Expected, reading: Reading, *, agent: str) -> None:
    """Keeps one reading outside any run, and what it says for the copy's case: a new damage opens one."""
    at = datetime.now(UTC)
    row = read_row(expected, reading, at=at, agent=agent, run="")
    deed = check_deed([row], at=at, agent=agent, run="", store=row.store, item=expected.copy.item)
    audits.record(shop.catalog, [row], deed)
    name = case_id(expected.copy.store, expected.copy.key)
    if not reading.intact:
        hint = clues.damage_hint(shop.catalog, store_of(shop, row.store), expected, reading)
        cases.open_or_reopen(shop.catalog, copy_case(expected, reading, hint, at=at), agent)
    elif cases.get(shop.catalog, name):
        cases.seen(shop.catalog, name, at, True, reading.found, reading.size)


def saw(shop: Workshop, case: Case, *, gone: bool) -> Case:
    """The case of a file that nobody wrote, or of a whole store, after it was looked for again."""
    return cases.seen(shop.catalog, case.id, datetime.now(UTC), gone, None if gone else case.found, case.found_size)


def close(shop: Workshop, case: Case, agent: str) -> Case:
    """The case, closed by the audit whose read was good."""
    return cases.decide(shop.catalog, case.id, "closed", agent, state=CaseState.CLOSED)


def store_of(shop: Workshop, name: str) -> Store:
    """The store of this name.

    Raises:
        StoreUnavailableError: the settings name none.
    """
    for store in shop.stores:
        if store.name == name:
            return store
    raise StoreUnavailableError(f'MUNIMENT_STORES names no store "{name}": add it again, then look once more.')


def _answer(shop: Workshop, expected: Expected) -> Reading | None:
    """A reading of one copy, or None when its store is away, or another one stands in its place."""
    try:
        store = store_of(shop, expected.copy.store)
        found = store_id(store)
        noted = known_stores.get(shop.catalog, store.name)
        if found is None or noted is None or found != noted.store_id:
            return None
        good = planted(found)[0].file
        with copy_reader(store, good) as reader:
            return reader.read_all([expected.file])[0]
    except StorageError:
        return None


def _recheck_wide(shop: Workshop, case: Case) -> None:
    """Looks again at a store, the log, or the canaries."""
    if case.kind is CaseKind.CHAIN:
        saw(shop, case, gone=_log_is_whole(shop, case.store))
        return
    store = store_of(shop, case.store)
    try:
        proof = prove(store, store_id(store) or "")
        saw(shop, case, gone=not proof.away and not proof.trouble)
    except (VoidRunError, StorageError):
        saw(shop, case, gone=False)


def _log_is_whole(shop: Workshop, store: str) -> bool:
    """True when this log ("" is the catalogue's) was read from its first event, and nothing contradicts it."""
    found = chain_checking.verify_chain(shop)
    if store:
        return store not in {where for where, _ in (*found.breaks, *found.unread)}
    stores = frozenset(one.name for one in shop.stores)
    return found.ok and not any(record_checking.differences(shop, stores))


def good_now(found: Sequence[tuple[Expected, Reading]]) -> list[DueCopy]:
    """The copies that were just found intact."""
    return [expected.copy for expected, reading in found if reading.outcome is FixityOutcome.INTACT]
