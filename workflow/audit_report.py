"""What an audit answers: the contract's document, and the same in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.fixity_values import Case, CaseState
from core.fixity import FixityOutcome
from workflow.reports import count


@dataclass(slots=True)
class Tally:
    """What was read of one store, in files and bytes, and what its canaries said: "ok" or a sentence."""

    read: int = 0
    bytes: int = 0
    outcomes: dict[str, int] = field(default_factory=lambda: {str(outcome): 0 for outcome in FixityOutcome})
    unexpected: int = 0
    canaries: str = "ok"
    state: str = "ok"  # or "away", "swapped"
    overdue: int = 0  # copies that the budget left for later though their day has passed

    def as_json(self) -> dict[str, Any]:
        """The members that `Run.stores` has."""
        return {
            "read": self.read,
            "bytes": self.bytes,
            **self.outcomes,
            "unexpected": self.unexpected,
            "canaries": self.canaries,
            "state": self.state,
            "overdue": self.overdue,
        }


@dataclass(slots=True)
class AuditReport:
    """What an audit read and found; `cases` are all that are not closed, whoever opened them."""

    run: str = ""
    kind: str = "demand"
    stores: dict[str, Tally] = field(default_factory=dict)
    unexpected: list[str] = field(default_factory=list)
    cases: Sequence[Case] = ()
    opened: int = 0  # cases that this run opened or reopened
    void: bool = False
    sentence: str = ""
    chain: Mapping[str, Any] = field(default_factory=dict)

    @property
    def read(self) -> int:
        """Files read in full."""
        return sum(tally.read for tally in self.stores.values())

    @property
    def bytes(self) -> int:
        """Bytes read."""
        return sum(tally.bytes for tally in self.stores.values())

    @property
    def outcomes(self) -> dict[str, int]:
        """How many copies were found in each state."""
        return {str(one): sum(tally.outcomes[one] for tally in self.stores.values()) for one in FixityOutcome}

    @property
    def alerts(self) -> list[dict[str, str]]:
        """The cases as the contract has them."""
        return [alert_json(case) for case in self.cases]

    @property
    def damage(self) -> bool:
        """True when anything is not as it should be, whether this run or an earlier one found it."""
        return bool(self.unexpected) or any(not case.last_good for case in self.cases)

    @property
    def exit_code(self) -> int:
        """0 all intact, 1 damage, 2 void or nothing could be read."""
        blind = bool(self.stores) and all(tally.state == "away" for tally in self.stores.values())
        return 2 if self.void or blind else int(self.damage)

    def as_json(self) -> dict[str, Any]:
        """The contract's document."""
        return {
            "run": self.run,
            "read": self.read,
            "bytes": self.bytes,
            "outcomes": self.outcomes,
            "unexpected": len(self.unexpected),
            "void": self.void,
            "alerts": self.alerts,
            "unexpected_files": self.unexpected,
            "chain": dict(self.chain),
            "stores": {name: tally.as_json() for name, tally in self.stores.items()},
            "sentence": self.sentence,
        }


def alert_json(case: Case) -> dict[str, str]:
    """One case as the contract has it, and the sentence about its damage."""
    return {
        "alert": case.id,
        "item": case.item,
        "file": case.file,
        "store": case.store,
        "outcome": str(case.kind),
        "state": str(case.state),
        "kind": str(case.kind),
        "key": case.key,
        "hint": case.hint,
    }


def alert_words(alert: Mapping[str, str]) -> str:
    """One case as a line of text."""
    state = "" if alert["state"] == CaseState.OPEN else f" ({alert['state']})"
    where = f' in the store "{alert["store"]}"' if alert["store"] else ""
    what = f' "{alert["file"]}"' if alert["file"] else ""
    of = f' of "{alert["item"]}"' if alert["item"] else ""
    hint = f" {alert['hint']}" if alert.get("hint") else ""
    return f"{alert['alert']}  {alert['outcome']}{state}:{what}{of}{where}.{hint}"


def print_audit(report: AuditReport, say: Callable[[str], None]) -> None:
    """The report in words, bad news first."""
    if report.void:
        say(f"VOID: {report.sentence} Nothing of this run proves anything.")
    for alert in report.alerts:
        say(alert_words(alert))
    say(f"{count(report.read, 'file')} read in full, {report.bytes:,} bytes. {_verdict(report)}")


def _verdict(report: AuditReport) -> str:
    if report.void:
        return "The run is void: mend the auditor or its canaries, then audit again."
    if report.damage:
        return "Something is wrong; nothing was repaired."
    if report.cases:
        return "All that was read is intact; cases wait for somebody to close them."
    return "All intact." if report.read else "Nothing was due: read everything with --all."
