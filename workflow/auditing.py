"""The audit: every byte that is due read in full, compared with the event chain, and what came of it told.

An audit repairs nothing. One run: the lock, the run's row, the canaries of every store, what is due in each (portion by
portion, each kept at once), the reconciliation of each store, the chain, the cases, the letter.
"""

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime

from catalog import audits, cases, chain
from catalog.fixity_values import CaseKind, CaseState, Run, RunState
from core.errors import ConfigurationError, StorageError
from storage.stores import Store
from workflow import casework, chain_checking, letters, record_checking, shipping, storekeeping
from workflow.audit_lease import leased
from workflow.audit_reading import StoreReading
from workflow.audit_report import AuditReport
from workflow.audit_work import AuditWork, void_deed
from workflow.canaries import Proof, VoidRunError, prove
from workflow.enrolling import enrol
from workflow.expecting import Expectations
from workflow.reading_copies import copy_reader
from workflow.reconciling import reconcile
from workflow.reports import count
from workflow.workshop import Workshop

AGENT = "muniment-audit"
Proven = tuple[Store, str, Proof]


def audit(
    shop: Workshop,
    *,
    everything: bool,
    tell: Callable[[str], None],
    kind: str = "demand",
    agent: str = AGENT,
) -> AuditReport:
    """What full reads found of what is due (never read, or longest ago, within each store's budget), or of everything.

    Each portion is kept at once, so an interrupted audit loses no more than one. A void run proves nothing: what it
    read counts as unread. `kind` is nightly, demand, or drill (then only a planted file is read).

    Raises:
        ConfigurationError: another audit is running.
    """
    if kind == "drill":
        from workflow import drilling  # which begins and ends its run as every audit does

        return drilling.drill(shop, tell=tell, agent=agent)
    with leased(shop.home) as free:
        if not free:
            raise ConfigurationError("An audit runs already: wait until it ends, then try again.")
        work = begin(shop, kind=kind, agent=agent, everything=everything, tell=tell)
        with ended(work):
            for store, store_id, proof in prove_stores(work):
                _audit_store(work, store, store_id, proof)
            _check_chain(work)
        return finish(work)


def begin(shop: Workshop, *, kind: str, agent: str, everything: bool, tell: Callable[[str], None]) -> AuditWork:
    """A new run; those that were left running by a killed auditor are broken from now on."""
    started = datetime.now(UTC)
    audits.break_open(shop.catalog, started)
    for last in audits.latest(shop.catalog, 5):
        if last.state is RunState.VOID:
            audits.disown(shop.catalog, last.id)  # again, as its auditor may have been killed on the way
    run = audits.begin(shop.catalog, kind, started)
    return AuditWork(
        shop=shop,
        run=run,
        agent=agent,
        everything=everything,
        started=started,
        tell=tell,
        report=AuditReport(run=run, kind=kind),
        expectations=Expectations(shop.catalog),
    )


@contextlib.contextmanager
def ended(work: AuditWork):  # type: ignore[no-untyped-def]
    """Nothing; a run that proves void inside is noted as such, one that breaks off as broken."""
    try:
        yield
    except VoidRunError as error:
        work.report.void, work.report.sentence = True, str(error)
        work.tally(error.store).canaries = str(error)
        _keep_run(work, RunState.VOID)  # first: what it read counts no more, though its auditor be killed now
        chain.append(work.shop.catalog, [void_deed(error, agent=work.agent, run=work.run)])
        audits.disown(work.shop.catalog, work.run)
        work.open_wide(CaseKind.CANARY, error.store, str(error))
    except BaseException:
        _keep_run(work, RunState.BROKEN)
        raise


def prove_stores(work: AuditWork) -> list[Proven]:
    """The stores that can be audited, each with what its canaries proved; all are asked before anything is read.

    Raises:
        VoidRunError: the canaries of one of them were not told right.
    """
    seen = zip(work.shop.stores, storekeeping.look(work.shop), strict=True)
    asked = [(store, known, work.tally(store.name)) for store, known in seen]
    proven: list[Proven] = []
    for store, known, tally in asked:
        tally.state = "ok" if known.state == storekeeping.WELL else known.state
        if known.state == storekeeping.WELL:
            proof = prove(store, known.store_id)
            tally.state = "away" if proof.away else "ok"
            tally.canaries = proof.trouble or ("not read" if proof.away else "ok")
            _settle_wide(work, store.name, proof)
            proven += [] if proof.away else [(store, known.store_id, proof)]
        else:
            tally.canaries = "not read"
            _store_lost(work, store, known.state, known.sentence)
    return proven


def finish(work: AuditWork) -> AuditReport:
    """The report of the run, which is kept; its head is anchored, and a letter about it waits when it is worth one."""
    report, cat = work.report, work.shop.catalog
    for settle in () if report.void else work.when_trusted:
        settle()
    report.cases = cases.not_closed(cat)
    report.opened = work.all_opened
    run = _keep_run(work, RunState.VOID if report.void else RunState.DONE)
    # No anchor may be ahead of the stores' logs: who lost the catalogue could never catch up with it.
    with contextlib.suppress(ValueError):  # a log with a damaged line can't go anywhere, and is a case by now
        shipping.ship(work.shop)
    chain_checking.anchor(work.shop.home, run.head)
    letters.write(work.shop, run, report)
    return report


def _audit_store(work: AuditWork, store: Store, store_id: str, proof: Proof) -> None:
    """Reads and reconciles one store; one that goes away in the midst becomes one case, and the others go on."""
    known = {one.key: one for one in cases.not_closed(work.shop.catalog) if one.store == store.name and one.key}
    copies_cases = {key: case for key, case in known.items() if case.kind is not CaseKind.UNEXPECTED}
    try:
        if enrolled := enrol(work.shop, store):
            work.tell(f'{count(enrolled, "item")} of the store "{store.name}" came into the event log.')
        with copy_reader(store, proof.good) as reader:
            reading = StoreReading(work, store, store_id, reader, proof, copies_cases)
            reading.read_due()
            reconcile(reading)
    except StorageError as error:
        work.tally(store.name).state = "away"
        _store_lost(work, store, "away", str(error))


def _store_lost(work: AuditWork, store: Store, state: str, sentence: str) -> None:
    kind = CaseKind.STORE_SWAPPED if state == storekeeping.SWAPPED else CaseKind.STORE_AWAY
    work.open_wide(kind, store.name, sentence)


def _settle_wide(work: AuditWork, store: str, proof: Proof) -> None:
    """What canaries and stores said before is over, or was said again."""
    if proof.away:
        work.open_wide(CaseKind.STORE_AWAY, store, f'The store "{store}" does not answer: see that it runs.')
        return
    if proof.trouble:
        work.open_wide(CaseKind.CANARY, store, proof.trouble)
    for case in cases.not_closed(work.shop.catalog):
        good = {CaseKind.STORE_AWAY: True, CaseKind.STORE_SWAPPED: True, CaseKind.CANARY: not proof.trouble}
        if case.store != store or case.key or not good.get(case.kind):
            continue
        now = casework.saw(work.shop, case, gone=True)
        # A store that is back asks nothing of anybody; that an audit was void, a person has to see.
        if case.kind is not CaseKind.CANARY or case.state is CaseState.REPAIRED:
            casework.close(work.shop, now, work.agent)


def _check_chain(work: AuditWork) -> None:
    """Verifies the log, and the catalogue's records against it."""
    stores = tuple(store for store in work.shop.stores if work.tally(store.name).state == "ok")
    found = chain_checking.verify_chain(work.shop, stores=stores)
    edited = record_checking.differences(work.shop, frozenset(store.name for store in stores))
    checked = {"", *(store.name for store in stores)} - {name for name, _ in found.unread}
    work.report.chain = found.as_json() | {"edited": list(dict.fromkeys([*work.edited, *edited]))}
    by_place = {"": [*work.report.chain["edited"]]}
    for where, one in found.breaks:
        place = "" if where == chain_checking.CATALOGUE else where
        by_place.setdefault(place, []).insert(0, one.sentence)
    for place, sentences in by_place.items():
        if sentences:
            work.open_wide(CaseKind.CHAIN, place, " ".join(sentences[:5]))
    for case in cases.not_closed(work.shop.catalog):
        if case.kind is CaseKind.CHAIN and case.store in checked and not by_place.get(case.store):
            casework.saw(work.shop, case, gone=True)


def _keep_run(work: AuditWork, state: RunState) -> Run:
    report = work.report
    run = Run(
        id=work.run,
        kind=report.kind,
        state=state,
        started=work.started,
        finished=datetime.now(UTC),
        read=report.read,
        bytes=report.bytes,
        outcomes=report.outcomes,
        unexpected=len(report.unexpected),
        opened=work.all_opened,
        stores={name: tally.as_json() for name, tally in report.stores.items()},
        sentence=report.sentence,
        head=chain_checking.present_head(work.shop),
    )
    audits.finish(work.shop.catalog, run)
    return run
