"""Audit runs in words: a line of a list, and the page of one with its stores."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from catalog.fixity_values import Run, RunState
from core.fixity import FixityOutcome
from viewer import words
from viewer.fixity_faces import canaries
from viewer.fixity_words import RUN_KINDS, RUN_STATES, is_damage

STORE_STATES = {"ok": "Answered", "away": "Away", "swapped": "Swapped: another store stands in its place"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """One run in a list."""

    id: str
    href: str
    kind: str
    state: str
    sign: str
    started: words.Moment
    took: str
    read: str
    found: str
    found_sign: str
    sentence: str
    is_drill: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreLine:
    """What one run did in one store; `bad` counts what was not intact, by its word."""

    name: str
    state: str
    well: bool
    read: str
    size: str
    intact: str
    bad: tuple[tuple[str, str], ...]
    canaries: str
    canary_sign: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """One run with its stores and the head of the event log when it ended."""

    line: RunLine
    finished: words.Moment | None
    stores: tuple[StoreLine, ...]
    head: str


def run_line(run: Run) -> RunLine:
    """The run as a line."""
    state, sign = RUN_STATES[run.state]
    return RunLine(
        id=run.id,
        href=url_for("fixity.run", run_id=run.id),
        kind=RUN_KINDS.get(run.kind, run.kind.capitalize()),
        state=state,
        sign=sign,
        started=words.moment(run.started),
        took=words.duration(run.finished - run.started) if run.finished else "",
        read=read(run),
        found=found(run),
        found_sign="good" if run.kind == "drill" and is_damage(run) else "bad",
        sentence=run.sentence,
        is_drill=run.kind == "drill",
    )


def read(run: Run) -> str:
    """What was read; "" as long as the run may still read something."""
    if run.read:
        return f"{words.count(run.read, 'copy', 'copies')}, {words.size(run.bytes)}"
    return "Nothing was due" if run.state is RunState.DONE else ""


def found(run: Run) -> str:
    """What was not as it should be: "1 altered, 2 missing"; "" when all was. A drill must find its own file."""
    if run.kind == "drill" and run.state is not RunState.RUNNING:
        return "what was planted" if is_damage(run) else "not what was planted"
    bad = [f"{count:,} {outcome}" for outcome, count in run.outcomes.items() if count and outcome != "intact"]
    bad += [f"{run.unexpected:,} unexpected"] if run.unexpected else []
    return ", ".join(bad)


def run_page(run: Run) -> RunPage:
    """The run with its stores."""
    return RunPage(
        line=run_line(run),
        finished=words.moment(run.finished) if run.finished else None,
        stores=tuple(store_line(name, facts) for name, facts in run.stores.items()),
        head=run.head,
    )


def store_line(name: str, facts: Mapping[str, Any]) -> StoreLine:
    """What the run did in one store."""
    said, sign = canaries(str(facts.get("canaries", "")))
    state = str(facts.get("state", "ok"))
    bad = [str(outcome) for outcome in FixityOutcome if outcome is not FixityOutcome.INTACT] + ["unexpected"]
    return StoreLine(
        name=name,
        state=STORE_STATES.get(state, state),
        well=state == "ok",
        read=f"{int(facts.get('read', 0)):,}",
        size=words.size(int(facts.get("bytes", 0))),
        intact=f"{int(facts.get('intact', 0)):,}",
        bad=tuple((word, f"{int(facts[word]):,}") for word in bad if facts.get(word)),
        canaries=said,
        canary_sign=sign,
    )
