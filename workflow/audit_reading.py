"""The reading part of an audit: what is due in one store, portion by portion, a bad canary in the midst of each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from catalog import audits, cases
from catalog.copy_rows import REPLACED
from catalog.fixity_values import Case, CaseState, DueCopy
from core.errors import StorageError
from core.fixity import FixityOutcome
from fixity.due import allowance, choose
from storage.root import store_id
from storage.stores import Store
from workflow import casework, clues
from workflow.audit_work import AuditWork
from workflow.canaries import Proof, check_flagged
from workflow.expecting import Expected
from workflow.reading_copies import CopyReader, Reading, StoreAwayError
from workflow.writing_now import items_in_work

FILES = 500  # a portion is kept when it has so many files
BYTES = 256_000_000  # or so many bytes
Found = tuple[Expected, Reading]


@dataclass(slots=True)
class StoreReading:
    """One store while it is read: what proves its readings, and its copies whose cases are not closed."""

    work: AuditWork
    store: Store
    store_id: str
    reader: CopyReader
    proof: Proof
    cases: dict[str, Case]  # by key

    def read_due(self) -> None:
        """Reads what is due within the store's budget, copies with a case first."""
        self.read(self._with_cases())
        late = [0]
        self.read(copy for copy in self._due(late) if copy.key not in self.cases)
        self.work.tally(self.store.name).overdue = late[0]

    def read(self, copies: Iterable[DueCopy]) -> None:
        """Reads these copies; each portion is kept at once.

        Raises:
            StoreAwayError: the store stopped answering; the last portion is not kept and stays due.
            VoidRunError: the bad canary passed for good.
        """
        for portion in portions(copies):
            self._portion(portion)

    def _portion(self, copies: Sequence[DueCopy]) -> None:
        expected = self.work.expectations.of(copies)
        middle = len(expected) // 2
        files = [one.file for one in expected]
        readings = self.reader.read_all([*files[:middle], self.proof.bad, *files[middle:]])
        canary = readings.pop(middle)
        if canary.outcome is FixityOutcome.MISSING:
            self._require_same_store()  # a disk that was pulled out leaves an empty folder
        check_flagged(self.store, canary)
        found = list(zip(expected, readings, strict=True))
        bad = self._confirmed([one for one in found if not one[1].intact])
        good = [one for one in found if one[1].intact] + [one for one in bad if one[1].intact]
        bad = [one for one in bad if not one[1].intact]
        self.work.keep(self.store.name, [*good, *bad])
        for one in good:
            self._found_good(one)
        for one in bad:
            self._found_bad(one)
        tally = self.work.tally(self.store.name)
        self.work.tell(f'{tally.read:,} files of the store "{self.store.name}" read.')

    def _confirmed(self, bad: list[Found]) -> list[Found]:
        """What is still bad at a second read, of the copies that are still meant to be as they were."""
        if not bad:
            return []
        if any(reading.outcome is FixityOutcome.MISSING for _, reading in bad):
            self._require_same_store()
        writing = items_in_work(self.work.shop)
        bad = [one for one in bad if self._still_meant(one[0], writing)]
        again = [at for at, one in enumerate(bad) if one[1].outcome is not FixityOutcome.UNREADABLE]
        readings = self.reader.read_all([bad[at][0].file for at in again])
        for at, reading in zip(again, readings, strict=True):
            bad[at] = (bad[at][0], reading)
        return bad

    def _still_meant(self, expected: Expected, writing: frozenset[str]) -> bool:
        """False for a copy that was taken away, or is being replaced by the next version's, while it was read."""
        copy = expected.copy
        if copy.logical in REPLACED and copy.item in writing:
            return False
        rows = (row for row in audits.copies_at(self.work.shop.catalog, copy.key) if row.store == copy.store)
        row = next(rows, None)
        return row is not None and row.sha512 == copy.sha512

    def _require_same_store(self) -> None:
        try:
            same = store_id(self.store) == self.store_id
        except StorageError:
            same = False
        if not same:
            raise StoreAwayError(f'The store "{self.store.name}" was taken away while it was read.')

    def _found_good(self, found: Found) -> None:
        expected, reading = found
        if case := self.cases.get(expected.copy.key):
            self.work.when_trusted.append(partial(self._settle, case.id, datetime.now(UTC), reading))

    def _settle(self, case_id: str, at: datetime, reading: Reading) -> None:
        """The case knows of the good read; one that was repaired is over."""
        case = cases.seen(self.work.shop.catalog, case_id, at, True, reading.found, reading.size)
        if case.state is CaseState.REPAIRED:
            casework.close(self.work.shop, case, self.work.agent)

    def _found_bad(self, found: Found) -> None:
        expected, reading = found
        hint = clues.damage_hint(self.work.shop.catalog, self.store, expected, reading)
        self.work.open(casework.copy_case(expected, reading, hint, at=datetime.now(UTC)))

    def _with_cases(self) -> Iterator[DueCopy]:
        for key in self.cases:
            rows = audits.copies_at(self.work.shop.catalog, key)
            yield from (row for row in rows if row.store == self.store.name)

    def _due(self, late: list[int]) -> Iterator[DueCopy]:
        """The copies to read, in their order; `late[0]` becomes how many overdue ones the budget leaves."""
        work, cat = self.work, self.work.shop.catalog
        period = timedelta(days=self.store.terms.days or work.shop.settings.audit_days)
        granted = allowance(
            audits.due(cat, self.store.name, work.started),
            now=work.started,
            period=period,
            budget=self.store.terms.daily,
            everything=work.everything,
        )
        late[0] = granted.overdue
        for copy in choose(audits.due(cat, self.store.name, work.started), granted, now=work.started):
            late[0] -= is_late(copy, work.started, period)
            yield copy
        late[0] = max(late[0], 0)


def is_late(copy: DueCopy, now: datetime, period: timedelta) -> bool:
    """True when the copy's day had passed before it was read."""
    start = copy.audited or copy.since
    return start is None or start + period < now


def portions(copies: Iterable[DueCopy]) -> Iterator[list[DueCopy]]:
    """The copies in portions of at most `FILES` files and about `BYTES` bytes."""
    portion: list[DueCopy] = []
    size = 0
    for copy in copies:
        portion.append(copy)
        size += copy.size
        if len(portion) >= FILES or size >= BYTES:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion
