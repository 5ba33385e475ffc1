"""The deeds that the fixity desk asks for; whoever starts the viewer does them."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from catalog.fixity_values import Case
from fixity.levels import FunctionLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class CopySide:
    """One copy of a case's file beside the others: what is known of it, and whether a picture can be shown.

    `digest` is the SHA-512 that the last full read found, None when nothing could be read; `good` says whether it is
    the one recorded; `size` is in bytes; `note` is one sentence.
    """

    store: str
    place: str
    key: str
    outcome: str  # intact, altered, missing, unreadable, or "" when it was never read
    digest: str | None
    size: int | None
    read: datetime | None
    good: bool
    picture: bool
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Warning:
    """Something that is late or silent, told by somebody other than the auditor: a stable code and a sentence."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFace:
    """A store as the desk shows it: where it is, what threatens it, its promise and its last canaries.

    `days` is its period, `daily` its byte budget a day (None: as much as the promise needs), `monthly` the bytes that
    the promise reads a month, `free` the bytes left on its disk where that can be known, `loss` one sentence on what
    would be lost with it.
    """

    name: str
    role: str
    place: str
    threats: str
    state: str
    sentence: str
    days: int
    daily: int | None
    monthly: int
    free: int | None
    canaries: str
    loss: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waypoint:
    """One place on the way of a drill's alarm: planted, read, case, mail. `at` is None while it has not come so far.

    `sentence` says what happened or what is awaited; `place` is the store or the case concerned, "" for none.
    """

    code: str
    sentence: str
    at: datetime | None
    place: str = ""


class FixityActions(Protocol):
    """What the desk may ask for. Every deed raises MunimentError with a sentence when it could not be done."""

    def audit_now(self, *, agent: str) -> None:
        """Nothing; an audit of what is due runs soon."""
        ...

    def drill(self, *, agent: str) -> None:
        """Nothing; a damaged sentinel is planted, and a drill run will find it and tell everybody."""
        ...

    def recheck(self, case_id: str, *, agent: str) -> Case:
        """The case, after every copy of its file was read in full."""
        ...

    def repair(self, case_id: str, *, agent: str) -> str:
        """What was done, in a sentence; nothing is written when no good copy is found."""
        ...

    def decide(self, case_id: str, deed: str, *, agent: str, note: str = "", assigned: str = "") -> Case:
        """The case after it was acknowledged, assigned, noted or closed (the words of `CaseDeed`)."""
        ...

    def sides(self, case_id: str) -> tuple[CopySide, ...]:
        """The copies of the case's file, store by store, as the last full reads found them."""
        ...

    def bytes_of(self, case_id: str, store: str) -> Path:
        """A local file with the copy's bytes as they can be read now, damaged or not; for staff alone."""
        ...

    def picture_of(self, case_id: str, store: str) -> bytes | None:
        """The copy as a JPEG made anew by a page process, at most 1,000 pixels wide; None when it shows nothing."""
        ...

    def warnings(self) -> tuple[Warning, ...]:
        """The dead-man's switch: what should have happened and has not."""
        ...

    def faces(self) -> tuple[StoreFace, ...]:
        """The stores in their order."""
        ...

    def places(self) -> str:
        """One sentence on what one fire or theft would take."""
        ...

    def levels(self) -> tuple[FunctionLevel, ...]:
        """What the configuration supports of the NDSA Levels of Digital Preservation, function by function."""
        ...

    def travel(self, run_id: str) -> tuple[Waypoint, ...]:
        """How far the alarm of this drill has come, in the order planted, read, case, mail; () when it was no drill."""
        ...

    def ask_purge(self, item_id: str, *, reason: str, authority: str, agent: str) -> None:
        """Nothing; a second steward has to agree before a byte is erased."""
        ...

    def agree_purge(self, item_id: str, *, agent: str) -> str:
        """What was erased, in a sentence; refused when `agent` is the one who asked."""
        ...

    def refuse_purge(self, item_id: str, *, agent: str) -> None:
        """Nothing; the wish to purge is withdrawn."""
        ...
