"""The inbox as cards: what lies in the drop folder, what `check` said of it, and what can be done."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from catalog.values import InboxEntry
from viewer import words

SHOWN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One problem of the check; `of` names the item's folder, `times` how often the same is said of other pages."""

    severity: str
    sentence: str
    of: str
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxCard:
    """One batch in the inbox; `button` is "" as long as it cannot be queued."""

    path: str
    name: str
    summary: str
    status: str
    verdict: str
    complaints: tuple[Complaint, ...]
    more: tuple[Complaint, ...]
    button: str
    batch: str
    again: bool
    seen: words.Moment


def inbox_card(entry: InboxEntry) -> InboxCard:
    """The card of one folder."""
    refused = sum(row.get("state") == "refused" for row in entry.report)
    good, found = entry.items - refused, complaints(entry.report)
    checked = entry.state == "checked"
    return InboxCard(
        path=entry.path,
        name=entry.name,
        summary=summary(entry),
        status=status(entry),
        verdict=verdict(good, refused, found) if checked and not entry.sentence else "",
        complaints=tuple(found[:SHOWN]),
        more=tuple(found[SHOWN:]),
        button=f"Queue {words.count(good, 'item')}" if checked and good > 0 else "",
        batch=url_for("desk.batch", batch_id=entry.batch_id) if entry.batch_id else "",
        again=any(problem.get("code") == "already-held" for row in entry.report for problem in row.get("problems", ())),
        seen=words.moment(entry.seen),
    )


def summary(entry: InboxEntry) -> str:
    """Items, pages and languages ("27 items, 61 pages, English and German"); "" before the check knows."""
    if not entry.items:
        return ""
    parts = [words.count(entry.items, "item"), words.count(entry.pages, "page") if entry.pages else ""]
    return ", ".join(part for part in (*parts, words.languages(entry.languages)) if part)


def status(entry: InboxEntry) -> str:
    """What is happening to it, in a sentence; "" when the check has spoken."""
    if entry.sentence:
        return entry.sentence
    return {
        "settling": "Files are still arriving; the check begins when nothing has changed for a while.",
        "checking": "Every page is being opened and checked; nothing is stored yet.",
        "queued": "It was queued.",
    }.get(entry.state, "")


def verdict(good: int, refused: int, found: Sequence[Complaint]) -> str:
    """What the check came to."""
    if refused:
        are = "is" if refused == 1 else "are"
        return f"{words.count(refused, 'item')} {are} refused as delivered, {good} can be queued."
    hints = sum(complaint.times for complaint in found)
    return f"Nothing stands in the way; {words.count(hints, 'remark')}." if hints else "Nothing stands in the way."


def complaints(report: Sequence[dict[str, Any]]) -> list[Complaint]:
    """All problems, the worst first; what is said of several items in the same words only once."""
    said = Counter(
        (problem["severity"], problem["sentence"], str(row["item"]))
        for row in report
        for problem in row.get("problems", ())
    )
    ordered = sorted(said.items(), key=lambda entry: entry[0][0] != "error")
    return [Complaint(severity=key[0], sentence=key[1], of=key[2], times=times) for key, times in ordered]
