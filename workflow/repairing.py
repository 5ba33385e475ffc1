"""`muniment repair`: a damaged copy made good from one that was found good in the same act, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from catalog import audits, cases, chain
from catalog.fixity_values import Case, CaseKind, CaseState
from core.errors import ChecksumMismatchError, ConfigurationError, ObjectExistsError, StorageError
from core.events import Deed
from core.fixity import FixityEvent, FixityOutcome
from fixity.cases import may
from fixity.verdict import sentence, verdict
from storage.canaries import replant
from storage.quarantine import take_away
from storage.restore import Restored, restore
from storage.stores import Store
from workflow import casework, storekeeping
from workflow.expecting import Expected
from workflow.reading_copies import Reading
from workflow.workshop import Workshop
from workflow.writing_now import items_in_work, roots

Found = tuple[Expected, Reading]
RULES = {
    CaseKind.STORE_AWAY: "Nothing can be repaired while the store is away: bring it back, and the next audit goes on.",
    CaseKind.STORE_SWAPPED: "A store that was exchanged is not repaired: bring the right one back, or run "
    "`muniment replicate --to STORE --accept`.",
    CaseKind.CHAIN: "The event log is never rewritten: compare its copies (`muniment audit --chain`), find out who "
    "changed it, and rebuild the catalogue from a store whose log is whole (`muniment rebuild`).",
}


@dataclass(frozen=True, slots=True)
class Repaired:
    """The case's state now, and one sentence on what was done; `done` is false when nothing was written."""

    alert: str
    state: CaseState
    sentence: str
    done: bool

    def as_json(self) -> dict[str, Any]:
        """The contract's document."""
        return {"alert": self.alert, "state": str(self.state), "sentence": self.sentence}


def repair(shop: Workshop, case_id: str, agent: str) -> Repaired:
    """What was done about the case. Every copy is read anew, and nothing is written when none is found good.

    Raises:
        NotFoundError: there is no such case.
        ConfigurationError: it is closed, or of a kind that nobody repairs.
        StorageError: the store of the case is away, or could not.
    """
    case = casework.known(shop, case_id)
    if case.kind in RULES:
        raise ConfigurationError(RULES[case.kind])
    if case.state is not CaseState.REPAIRED and (refusal := may(case.state, "repaired", last_good=case.last_good)):
        raise ConfigurationError(refusal)
    store = standing_store(shop, case.store)
    if case.kind is CaseKind.CANARY:
        return _replant(shop, case, store, agent)
    if case.kind is CaseKind.UNEXPECTED:
        return _take_away(shop, case, store, agent)
    return _restore(shop, case, store, agent)


def standing_store(shop: Workshop, name: str) -> Store:
    """The store, which answers and is the one it was.

    Raises:
        StorageError: it does not, or is not.
    """
    for store, known in zip(shop.stores, storekeeping.look(shop), strict=True):
        if store.name == name:
            if known.state != storekeeping.WELL:
                raise StorageError(known.sentence)
            return store
    return casework.store_of(shop, name)


def _restore(shop: Workshop, case: Case, store: Store, agent: str) -> Repaired:
    found = casework.read_again(shop, case.key, agent=agent)
    target = next((one for one in found if one[0].copy.store == store.name), None)
    if target is None:
        raise ConfigurationError(
            f'"{case.file}" is no file of the store "{store.name}" any more: run an audit, which looks again.'
        )
    if target[1].intact:
        return _repaired(shop, case, agent, f'"{case.file}" reads as good again; nothing had to be written.')
    for source in _sources(shop, target[0], found):
        try:
            done = restore(source, store, target[0].file, case=case.id, at=datetime.now(UTC), scratch=_scratch(shop))
        except ChecksumMismatchError:
            continue  # it was damaged since it was read: the next source, or nothing
        except ObjectExistsError as error:
            raise StorageError(str(error)) from error
        return _restored(shop, case, target[0], done, agent)
    return Repaired(case.id, casework.known(shop, case.id).state, _no_source(case, found), done=False)


def _sources(shop: Workshop, target: Expected, found: Sequence[Found]) -> list[Store]:
    """The stores whose copy of the same bytes was found good just now, in the order of the settings."""
    good = {
        one.copy.store
        for one, reading in found
        if reading.intact and (one.file.sha512, one.file.size) == (target.file.sha512, target.file.size)
    }
    return [store for store in shop.stores if store.name in good and store.name != target.copy.store]


def _restored(shop: Workshop, case: Case, expected: Expected, done: Restored, agent: str) -> Repaired:
    """Tells the chain, reads the copy as an audit would, and moves the case on."""
    told = [_deed(case, agent, "recovery", {"sha512": expected.file.sha512, "from": done.source})]
    aside = ""
    if done.quarantined:
        told.insert(0, _deed(case, agent, "quarantine", {"to": done.quarantined}))
        aside = f' The damaged bytes lie in quarantine at "{done.quarantined}".'
    chain.append(shop.catalog, told)
    after = casework.read_again(shop, case.key, agent=agent)
    if not any(one.copy.store == case.store and reading.intact for one, reading in after):
        raise StorageError(f'"{case.file}" was written anew and still reads as damaged: exchange its disk.')
    return _repaired(
        shop,
        case,
        agent,
        f'"{case.file}" was restored from the store "{done.source}" and read back.{aside} '
        "The next audit confirms it and closes the case.",
    )


def _take_away(shop: Workshop, case: Case, store: Store, agent: str) -> Repaired:
    """Moves a file that nobody wrote into quarantine."""
    if any(row.store == store.name for row in audits.copies_at(shop.catalog, case.key)):
        casework.saw(shop, case, gone=True)
        return _repaired(shop, case, agent, f'"{case.file}" belongs to an item by now; nothing was taken away.')
    if case.key.startswith(roots(items_in_work(shop))):
        raise ConfigurationError(f'"{case.file}" belongs to an item that is being written: wait until that ends.')
    if store.size(case.key) is None:
        casework.saw(shop, case, gone=True)
        return _repaired(shop, case, agent, f'"{case.file}" is not there any more; nothing had to be taken away.')
    to = take_away(store, case.key, case.id, datetime.now(UTC), scratch=_scratch(shop))
    if to is None:
        sentence_ = f'"{case.file}" cannot be read in full, so it was left where it is: look at its store.'
        return Repaired(case.id, case.state, sentence_, done=False)
    chain.append(shop.catalog, [_deed(case, agent, "quarantine", {"to": to})])
    casework.saw(shop, case, gone=True)
    return _repaired(
        shop, case, agent, f'"{case.file}" was taken into quarantine at "{to}". The next audit closes the case.'
    )


def _replant(shop: Workshop, case: Case, store: Store, agent: str) -> Repaired:
    known = {one.name: one.store_id for one in storekeeping.look(shop)}
    replant(store, known[store.name])
    now = casework.recheck(shop, case.id, agent=agent)
    if not now.last_good:
        words = "The canaries were planted anew and still read wrong: the audit itself is at fault, not the store."
        return Repaired(case.id, now.state, words, done=False)
    return _repaired(
        shop,
        case,
        agent,
        f'The canaries of the store "{store.name}" were planted anew. The next audit closes the case.',
    )


def _repaired(shop: Workshop, case: Case, agent: str, words: str) -> Repaired:
    now = casework.known(shop, case.id)
    if now.state is not CaseState.REPAIRED:
        now = cases.decide(shop.catalog, case.id, "repaired", agent, state=CaseState.REPAIRED)
    return Repaired(case.id, now.state, words, done=True)


def _no_source(case: Case, found: Sequence[Found]) -> str:
    now = datetime.now(UTC)
    target = next(one.file.sha512 for one, _ in found if one.copy.store == case.store)
    same = (
        FixityEvent(
            store=one.copy.store,
            key=one.copy.key,
            outcome=FixityOutcome(reading.outcome),
            expected=one.file.sha512,
            found=reading.found,
            at=now,
            agent="",
        )
        for one, reading in found
        if one.file.sha512 == target
    )
    return sentence(verdict(same), case.file)


def _deed(case: Case, agent: str, kind: str, facts: dict[str, str]) -> Deed:
    return Deed(
        kind=kind,
        agent=agent,
        at=datetime.now(UTC),
        item=case.item,
        store=case.store,
        facts={"case": case.id, "key": case.key, **facts},
    )


def _scratch(shop: Workshop) -> Any:
    shop.home.work.mkdir(parents=True, exist_ok=True)
    return shop.home.work
