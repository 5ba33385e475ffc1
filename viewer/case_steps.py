"""The three steps from alert to verified repair, in their order: check again, repair, close."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from catalog.fixity_values import COPY_KINDS, Case, CaseDeed, CaseKind, CaseState
from fixity.cases import may
from viewer.fixity_actions import CopySide

NO_GOOD = (
    "No good copy is known, so nothing can be written: read all copies again, or look for the file in a backup "
    "or with those who delivered it."
)
AWAY = "The file is copied to the quarantine, read back there, and then taken out of the store."
MENDED = (
    "The copy in “{store}” is read once more; only when it is good are the damaged bytes put aside and replaced, "
    "and what was written is read back."
)
CLOSING = "The last full read was good. Closing says that you have seen it; the next audit reads the copy again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One of the three steps: done, next or later. `button` is "" when it cannot be taken now; `says` tells why."""

    number: int
    title: str
    says: str
    state: str
    action: str
    button: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the steps depend on: the case, whether its copies were read since it was opened, and where good ones lie."""

    case: Case
    rechecked: bool
    good: tuple[str, ...]

    @property
    def over(self) -> bool:
        """True when nothing is left to do."""
        return self.case.state is CaseState.CLOSED

    @property
    def following(self) -> int:
        """The number of the step to be taken next, 0 for none."""
        can_repair = bool(self.good) or self.case.kind is CaseKind.UNEXPECTED
        if self.over:
            return 0
        return 3 if self.case.last_good else 2 if self.rechecked and can_repair else 1


def steps(case: Case, sides: Sequence[CopySide], deeds: Sequence[CaseDeed]) -> tuple[Step, ...]:
    """The steps in their order; exactly one is the next as long as the case is not closed."""
    said = [deed.deed for deed in deeds]
    begun = max((at for at, word in enumerate(said) if word in ("opened", "reopened")), default=-1)
    good = tuple(side.store for side in sides if side.good and side.store != case.store)
    now = Situation(case=case, rechecked="rechecked" in said[begun + 1 :], good=good)
    # A store, a log or an alarm is not repaired from a copy.
    numbers = (1, 2, 3) if case.kind in COPY_KINDS else (1, 3)
    return tuple(step(now, number) for number in numbers)


def step(now: Situation, number: int) -> Step:
    """One step as it stands."""
    title, says, button = (again, mend, close)[number - 1](now)
    done = (now.rechecked or now.case.last_good, now.case.last_good, now.over)[number - 1]
    address = ("cases.recheck", "cases.repair", "cases.close")[number - 1]
    return Step(
        number=number,
        title=title,
        says=says,
        state="next" if number == now.following else "done" if done else "later",
        action=url_for(address, case_id=now.case.id),
        button=button,
    )


def again(now: Situation) -> tuple[str, str, str]:
    """The first step: title, sentence, button."""
    every = "Read every copy again" if now.case.kind in COPY_KINDS else "Look again"
    if not (now.rechecked or now.over):
        return "Check again", "Every copy is read in full and compared with the event log; nothing is changed.", every
    verdict = "good" if now.case.last_good else "not good"
    return "Check again", f"The last full read was {verdict}.", "" if now.over else every


def mend(now: Situation) -> tuple[str, str, str]:
    """The second step: title, sentence, button."""
    case, taken_away = now.case, now.case.kind is CaseKind.UNEXPECTED
    title = "Take it away" if taken_away else "Repair"
    if case.last_good:
        done = "What was written was read back in full and is good." if case.state is CaseState.REPAIRED else ""
        return title, done or "There is nothing to do: the last full read was good.", ""
    refused = may(case.state, "repaired", last_good=case.last_good)
    if refused or not (taken_away or now.good):
        return title, refused or NO_GOOD, ""
    if taken_away:
        return title, AWAY, "Move it to the quarantine"
    return title, MENDED.format(store=now.good[0]), f"Repair from the copy in “{now.good[0]}”"


def close(now: Situation) -> tuple[str, str, str]:
    """The third step: title, sentence, button."""
    if now.over:
        return "Close", "A later read that finds damage opens the case again.", ""
    refused = may(now.case.state, "closed", last_good=now.case.last_good)
    return "Close", refused or CLOSING, "" if refused else "Close the case"
