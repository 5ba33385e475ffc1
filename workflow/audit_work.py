"""One audit run under way: what its steps share, how each portion of readings is kept, and which cases come of it."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from catalog import audits, cases
from catalog.fixity_values import Case, CaseKind, CaseState, DueCopy, Read
from core.events import Deed
from core.fixity import FixityOutcome
from fixity.cases import case_id, grouped
from workflow.audit_report import AuditReport, Tally
from workflow.canaries import VoidRunError
from workflow.expecting import Expectations, Expected
from workflow.reading_copies import Reading
from workflow.workshop import Workshop

CHECK = "fixity check"
EDITED_TOLD = 20
MOMENT = timedelta(microseconds=1)


@dataclass(slots=True)
class AuditWork:
    """One run: its id, its agent, when it started, and what it has found so far."""

    shop: Workshop
    run: str
    agent: str
    everything: bool
    started: datetime
    tell: Callable[[str], None]
    report: AuditReport
    expectations: Expectations
    opened: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # case ids by store
    edited: list[str] = field(default_factory=list)  # how the catalogue's records differ from the chain
    when_trusted: list[Callable[[], object]] = field(default_factory=list)  # good news, kept until no canary voids it

    def tally(self, store: str) -> Tally:
        """The figures of a store."""
        return self.report.stores.setdefault(store, Tally())

    def keep(self, store: str, read: Sequence[tuple[Expected, Reading]]) -> None:
        """Keeps the readings of a portion at once, in one transaction with the event that tells of them."""
        if not read:
            return
        # Never before its run: a clock that is set back in the midst would make these copies due again and again.
        at = max(datetime.now(UTC), self.started + MOMENT)
        rows = [read_row(expected, reading, at=at, agent=self.agent, run=self.run) for expected, reading in read]
        audits.record(self.shop.catalog, rows, check_deed(rows, at=at, agent=self.agent, run=self.run, store=store))
        tally = self.tally(store)
        for expected, reading in read:
            tally.read += 1
            tally.bytes += reading.size or 0
            tally.outcomes[reading.outcome] += 1
            if expected.edited and len(self.edited) < EDITED_TOLD:
                self.edited.append(expected.edited)

    def open(self, case: Case) -> Case:
        """The case, open: new, reopened, or as it stands when it is open already."""
        now = cases.open_or_reopen(self.shop.catalog, case, self.agent, self.run)
        if now.changed == case.changed:  # opened just now
            self._group(now)
        return now

    def open_wide(self, kind: CaseKind, store: str, sentence: str) -> Case:
        """The case about a whole store, the log (`store` is ""), or the audit itself."""
        at = datetime.now(UTC)
        return self.open(
            Case(
                id=case_id(store, "", kind),
                kind=kind,
                state=CaseState.OPEN,
                store=store,
                key="",
                item="",
                file="",
                hint=sentence,
                opened=at,
                changed=at,
                last_read=at,
            )
        )

    @property
    def all_opened(self) -> int:
        """How many cases this run opened or reopened."""
        return sum(len(ids) for ids in self.opened.values())

    def _group(self, case: Case) -> None:
        """Counts a case of this run; many of one store become a group."""
        opened = self.opened[case.store]
        opened.append(case.id)
        if grouped(len(opened)):
            first = grouped(len(opened) - 1)
            cases.regroup(self.shop.catalog, [case.id] if first else opened, self.run)


def read_row(expected: Expected, reading: Reading, *, at: datetime, agent: str, run: str) -> Read:
    """A reading as the catalogue keeps it."""
    copy: DueCopy = expected.copy
    return Read(
        store=copy.store,
        key=copy.key,
        outcome=reading.outcome,
        expected=expected.file.sha512,
        found=reading.found,
        size=reading.size,
        at=at,
        agent=agent,
        run=run,
    )


def check_deed(rows: Sequence[Read], *, at: datetime, agent: str, run: str, store: str, item: str = "") -> Deed:
    """The event of a portion: every key with its outcome; of one that is not intact, what was expected and found."""
    bad = [row for row in rows if row.outcome != FixityOutcome.INTACT]
    return Deed(
        kind=CHECK,
        agent=agent,
        at=at,
        outcome="fail" if bad else "success",
        item=item,
        store=store,
        detail=f"{len(rows) - len(bad)} intact, {len(bad)} not",
        facts={"run": run, "reads": [_fact(row) for row in rows]},
    )


def void_deed(error: VoidRunError, *, agent: str, run: str) -> Deed:
    """The event that tells that a run proved nothing, so that nobody who has only the log counts what it read."""
    sentence, at = f"The audit is void: {error}", datetime.now(UTC)
    facts = {"run": run, "void": True}
    return Deed(kind=CHECK, agent=agent, at=at, outcome="fail", store=error.store, detail=sentence, facts=facts)


def _fact(row: Read) -> list[str | int | None]:
    if row.outcome == FixityOutcome.INTACT:
        return [row.key, str(row.outcome)]
    return [row.key, str(row.outcome), row.expected, row.found, row.size]
