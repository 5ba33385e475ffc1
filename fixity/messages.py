"""The digest mail of an audit run: its first line says whether anybody must act. Nothing here reads or writes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.fixity import FixityOutcome
from fixity.due import Promise
from fixity.told import CaseLike, RunLike
from fixity.words import amount, count, listing, moment

SHOWN = 20  # cases told one by one; the rest is counted
OPEN, ACKNOWLEDGED, REPAIRED, CLOSED = "open", "acknowledged", "repaired", "closed"
MONDAY = 0

_UNTRUE = {"void": "is void: nothing that it read counts", "broken": "broke off before its end"}
_WRONG = {
    "altered": "is altered",
    "missing": "is missing",
    "unreadable": "cannot be read",
    "unexpected": "was written by nobody",
    "store-away": "does not answer",
    "store-swapped": "is empty, or another store stands in its place",
    "chain": "was changed, cut or replaced",
    "canary": "did not tell the planted files right",
}
_WHOLE = {"chain": "The event log", "canary": "The audit"}


@dataclass(frozen=True, slots=True)
class Letter:
    """A message: one line of subject, and the text."""

    subject: str
    body: str


def worth_sending(
    run: RunLike, cases: Sequence[CaseLike], *, now: datetime, troubles: Sequence[str] = (), weekday: int = MONDAY
) -> bool:
    """Whether the letter of this run is sent: quiet by default, with one letter a week as a sign of life.

    Sent when the run is void or broke off, opened a case, was a drill, while a case is open that nobody took on, and
    with every trouble. `now` is local time: on its `weekday` (0 is Monday) the letter goes out even when all is well.
    """
    untaken = any(case.state == OPEN for case in cases)
    return bool(run.state in _UNTRUE or run.opened or run.kind == "drill" or untaken or troubles) or (
        run.kind == "nightly" and now.weekday() == weekday
    )


def digest(
    run: RunLike,
    cases: Sequence[CaseLike],
    *,
    promise: Promise,
    canaries: str,
    head: str,
    desk: str,
    places: str,
    troubles: Sequence[str] = (),
    house: str = "Muniment",
) -> Letter:
    """The letter about a run: who must act, the promise, what the run found, the cases, and the proofs as a footer.

    Args:
        run: the audit run.
        cases: all cases that are not closed.
        promise: how much was read within the period.
        canaries: one sentence on the planted files, store by store.
        head: the chain's head, as `fixity.chain.head` writes it.
        desk: the address of the fixity desk; a case has its own below it.
        places: one sentence on what one fire or theft would take.
        troubles: sentences of the dead-man's switch and of failed deliveries.
        house: the institution's name, for the subject.
    """
    first = _first_line(run, cases, troubles)
    drill = "[Drill] " if run.kind == "drill" else ""
    parts = [
        first,
        "\n".join([promise.sentence, _found(run), *([run.sentence] if run.sentence else [])]),
        "\n".join(troubles),
        "\n".join(_told(cases, desk)),
        "\n".join(["-- ", f"Canaries: {canaries}", f"Chain head: {head}", f"Places: {places}", f"Fixity desk: {desk}"]),
    ]
    subject = " ".join(f"{drill}{house}: {first}".split())  # a mail's subject is one line
    return Letter(subject=subject, body="\n\n".join(part for part in parts if part) + "\n")


def _first_line(run: RunLike, cases: Sequence[CaseLike], troubles: Sequence[str]) -> str:
    """Whether anybody must act."""
    states = Counter(str(case.state) for case in cases)
    if run.state in _UNTRUE:
        return f"You must act: the audit {_UNTRUE[run.state]}."
    if run.kind == "drill" and states[OPEN]:
        states[OPEN] -= 1  # its own, which asks nothing of anybody
        return f"This is a drill, and its alarm has reached you. {_needed(states, troubles)}"
    return _needed(states, troubles)


def _needed(states: Counter[str], troubles: Sequence[str]) -> str:
    """What waits for somebody, by the states of the cases and the troubles."""
    if states[OPEN]:
        return f"You must act: {count(states[OPEN], 'case')} {'waits' if states[OPEN] == 1 else 'wait'} for somebody."
    if troubles:
        return f"You must act: {count(len(troubles), 'thing')} did not happen as it should."
    if states[ACKNOWLEDGED]:
        return f"Nothing new needs you; {count(states[ACKNOWLEDGED], 'case')} somebody has taken on already."
    if states[REPAIRED]:
        return f"Nothing needs you; {count(states[REPAIRED], 'repair')} to be confirmed by the next audit."
    return "Nothing needs you."


def _found(run: RunLike) -> str:
    """What the run read and found."""
    bad = [f"{run.outcomes[each]:,} {each}" for each in FixityOutcome if each != "intact" and run.outcomes.get(each)]
    bad += [f"{run.unexpected:,} unexpected"] if run.unexpected else []
    result = listing(bad) if bad else "all intact" if run.read else "nothing was due"
    read = f"{count(run.read, 'file')} ({amount(run.bytes)})"
    return f"The audit of {moment(run.started)} read {read}: {result}."


def _told(cases: Sequence[CaseLike], desk: str) -> Iterator[str]:
    """A line for each group of cases, then a line or two for each other case, as far as there is room."""
    groups: dict[tuple[str, str], list[CaseLike]] = {}
    for case in cases:
        if case.group:
            groups.setdefault((case.group, case.store), []).append(case)
    for (_, store), members in groups.items():
        kinds = Counter(str(case.kind) for case in members)
        what = listing([f"{number:,} {kind}" for kind, number in sorted(kinds.items())])
        yield f'- {count(len(members), "case")} of one audit in the store "{store}": {what}.'
    single = [case for case in cases if not case.group]
    for case in single[:SHOWN]:
        yield f"- {_case(case)}\n  {desk}/cases/{case.id}"
    if len(single) > SHOWN:
        yield f"- and {count(len(single) - SHOWN, 'case')} more, on the desk."


def _case(case: CaseLike) -> str:
    """One case in a sentence or two; names of files stay on their line."""
    where = f' in the store "{case.store}"' if case.store else ""
    if case.file:
        named = " ".join(case.file.removeprefix("=").split())
        thing = f'"{named}"' + (f" of {case.item}" if case.item else "") + where
    else:
        thing = _WHOLE[case.kind] + where if case.kind in _WHOLE else f'The store "{case.store}"'
    state = "" if case.state == OPEN else f" ({case.state})"
    return f"{thing} {_WRONG.get(case.kind, case.kind)}{state}." + (f" {case.hint}" if case.hint else "")
