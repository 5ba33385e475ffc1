"""The inbox as cards: what lies in the drop folder, what `check` said of it, and what can be done."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from catalog.values import InboxEntry, JobView
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
    """One batch in the inbox; `button` is "" as long as it cannot be queued.

    `signature` says in which state the folder was checked.
    `held` counts items that are held already and would become new versions; `as_new_versions` when there are no others.
    """

    path: str
    signature: str
    name: str
    summary: str
    status: str
    verdict: str
    complaints: tuple[Complaint, ...]
    more: tuple[Complaint, ...]
    button: str
    as_new_versions: bool
    batch: str
    held: int
    seen: words.Moment


def waiting_first(entries: Sequence[InboxEntry]) -> list[InboxEntry]:
    """What waits for a person first, what was queued already last."""
    order = {"checked": 0, "checking": 1, "settling": 2, "queued": 3}
    return sorted(entries, key=lambda entry: order.get(entry.state, 0))


def inbox_card(entry: InboxEntry, left: Sequence[JobView] = ()) -> InboxCard:
    """The card of one folder; `left` are the items that its ended batch did not take in."""
    refused = sum(row.get("state") == "refused" for row in entry.report)
    held = sum(map(kept_out, left)) if left else sum(only_held(row) for row in entry.report)
    good, found = len(left) - held if left else entry.items - refused, complaints(entry.report)
    checked = entry.state == "checked"
    return InboxCard(
        path=entry.path,
        signature=entry.signature,
        name=entry.name,
        summary=summary(entry),
        status=status(entry, len(left)),
        verdict=verdict(good, refused, found) if checked and not entry.sentence else "",
        complaints=tuple(found[:SHOWN]),
        more=tuple(found[SHOWN:]),
        button=button(good, held) if checked or left else "",
        as_new_versions=good <= 0 < held,
        batch=url_for("desk.batch", batch_id=entry.batch_id) if entry.batch_id else "",
        held=held,
        seen=words.moment(entry.seen),
    )


def button(good: int, held: int) -> str:
    """What the button says, "" when there is nothing to queue."""
    if good > 0:
        return f"Queue {words.count(good, 'item')}"
    return f"Queue {words.count(held, 'item')} as new {'version' if held == 1 else 'versions'}" if held else ""


def only_held(row: dict[str, Any]) -> bool:
    """True when the only thing against the item is that it is held already."""
    errors = [problem["code"] for problem in row.get("problems", ()) if problem["severity"] == "error"]
    return bool(errors) and set(errors) == {"already-held"}


def kept_out(job: JobView) -> bool:
    """True when the batch refused the item only because it is held already."""
    return job.state == "refused" and {problem.code for problem in job.problems if problem.refuses} == {"already-held"}


def summary(entry: InboxEntry) -> str:
    """Items, pages and languages ("27 items, 61 pages, English and German"); "" before the check knows."""
    if not entry.items:
        return ""
    parts = [words.count(entry.items, "item"), words.count(entry.pages, "page") if entry.pages else ""]
    return ", ".join(part for part in (*parts, words.languages(entry.languages)) if part)


def status(entry: InboxEntry, left: int) -> str:
    """What is happening to it, in a sentence; "" when the check has spoken. `left` items were not taken in."""
    if entry.sentence:
        return entry.sentence
    if left:
        was = "was" if left == 1 else "were"
        return f"It was queued; {words.count(left, 'item')} {was} not taken in: look at its batch, or queue it again."
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
