"""How the fixity desk speaks: of damages, cases, runs, nights, and of whom did what."""

from catalog import people
from catalog.database import Catalog
from catalog.fixity_values import Case, CaseKind, CaseState, Run, RunState

KINDS = {
    CaseKind.ALTERED: "Altered",
    CaseKind.MISSING: "Missing",
    CaseKind.UNREADABLE: "Unreadable",
    CaseKind.UNEXPECTED: "Written by nobody",
    CaseKind.STORE_AWAY: "Store away",
    CaseKind.STORE_SWAPPED: "Store swapped",
    CaseKind.CHAIN: "Event log",
    CaseKind.CANARY: "Canary",
}
SENTENCES = {
    CaseKind.ALTERED: "Its copy in the store “{store}” is not what was stored.",
    CaseKind.MISSING: "Its copy is missing from the store “{store}”.",
    CaseKind.UNREADABLE: "Its copy in the store “{store}” cannot be read.",
    CaseKind.UNEXPECTED: "It lies in the store “{store}”, and nobody wrote it there.",
    CaseKind.STORE_AWAY: "The store does not answer; nothing in it can be checked.",
    CaseKind.STORE_SWAPPED: "It is empty, or another store stands there; nothing is read from it or written to it.",
    CaseKind.CHAIN: "The event log was changed, cut or replaced: what it says cannot be trusted from there on.",
    CaseKind.CANARY: "The audit could not be trusted: a planted file was not told right.",
}
STATES = {
    CaseState.OPEN: "Open",
    CaseState.ACKNOWLEDGED: "Acknowledged",
    CaseState.REPAIRED: "Repaired, to be confirmed by the next audit",
    CaseState.CLOSED: "Closed",
}
SIGNS = {
    CaseState.OPEN: "bad",
    CaseState.ACKNOWLEDGED: "warn",
    CaseState.REPAIRED: "ready",
    CaseState.CLOSED: "good",
}
OUTCOMES = {
    "intact": "Intact",
    "altered": "Altered",
    "missing": "Missing",
    "unreadable": "Unreadable",
    "": "Never read",
}
DEEDS = {
    "opened": "An audit found the damage and opened the case.",
    "acknowledged": "{who} took note of it.",
    "assigned": "{who} gave it to somebody to look after.",
    "noted": "{who} wrote a note.",
    "rechecked": "{who} had every copy read again in full.",
    "repaired": "{who} had it repaired; the new copy was read back.",
    "closed": "{who} closed the case.",
    "reopened": "The damage came back; the case is open again.",
}
RUN_KINDS = {"nightly": "Nightly audit", "demand": "Audit on demand", "drill": "Drill"}
RUN_STATES = {
    RunState.RUNNING: ("Running", "ready"),
    RunState.DONE: ("Done", "good"),
    RunState.VOID: ("Void", "bad"),
    RunState.BROKEN: ("Broken off", "warn"),
}
ROOT, BOOKKEEPING = "=root/", "="
DRILLS = "canaries/drill-"  # where drills plant what they have to find


def file_name(case: Case) -> str:
    """The file as people know it; what the storage layer keeps for itself says so."""
    if case.key.startswith(DRILLS):
        return "The planted file of a drill"
    if case.file.startswith(ROOT):
        return f"{case.file.removeprefix(ROOT)} (of the store itself)"
    if case.file.startswith(BOOKKEEPING):
        return f"{case.file.removeprefix(BOOKKEEPING)} (bookkeeping of the item)"
    return case.file.removeprefix("masters/") or case.key


def about(case: Case) -> str:
    """What the case is about, as its heading says it."""
    if case.key:
        return file_name(case)
    return "The event log" if case.kind is CaseKind.CHAIN else f"The store “{case.store}”"


def sentence(case: Case) -> str:
    """How it is now: what is wrong, or that the last full read was good."""
    if case.last_good and case.key.startswith(DRILLS):
        return "The audit found it, and it was taken up again."
    if case.last_good:
        return f"Its copy in the store “{case.store}” is good again." if case.key else "It is as it should be again."
    return found(case)


def found(case: Case) -> str:
    """What was found when the case was opened, with what is known of the damage."""
    return f"{SENTENCES[case.kind].format(store=case.store)} {case.hint}".rstrip()


def who(cat: Catalog, agent_id: str) -> str:
    """The name of a person, "Muniment" for what runs by itself."""
    if not agent_id or agent_id.startswith("muniment"):
        return "Muniment"
    person = people.find(cat, agent_id)
    return person.name if person else f"Somebody who has no login any more ({agent_id})"


def is_damage(run: Run) -> bool:
    """True when the run read something that was not intact, or found a file that nobody wrote."""
    bad = sum(count for outcome, count in run.outcomes.items() if outcome != "intact")
    return bool(run.opened or run.unexpected or bad)
