"""What the catalogue answers about fixity: copies to read, audit runs, cases, messages, stores, tombstones.

Times are aware and in UTC, sizes are bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.fixity import FixityOutcome


class CaseKind(StrEnum):
    """What a case is about: a copy (the first four), a file that nobody wrote, or a whole store, log or alarm."""

    ALTERED = "altered"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    UNEXPECTED = "unexpected"
    STORE_AWAY = "store-away"
    STORE_SWAPPED = "store-swapped"  # emptied, or another store stands in its place
    CHAIN = "chain"  # the event log was edited, cut or replaced
    CANARY = "canary"  # the audit could not be trusted


COPY_KINDS = frozenset({CaseKind.ALTERED, CaseKind.MISSING, CaseKind.UNREADABLE, CaseKind.UNEXPECTED})


class CaseState(StrEnum):
    """The life of a case; reopened is open again, with `recurrences` one higher."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    REPAIRED = "repaired"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One alert as a case. `file` is the logical path in the item (the key for a file nobody wrote).

    `found` and `found_size` are what the last full read gave, `expected` and `expected_size` what the chain says;
    None where there is none. `hint` is one sentence more about the damage; `last_read` is when the copy was last
    read in full and `last_good` whether that read was good: a case cannot be closed while it is not.
    `group` is the id of the run that opened it when that run opened many, else "".
    """

    id: str
    kind: CaseKind
    state: CaseState
    store: str
    key: str
    item: str
    file: str
    expected: str | None = None
    found: str | None = None
    expected_size: int | None = None
    found_size: int | None = None
    hint: str = ""
    assigned: str = ""
    opened: datetime
    changed: datetime
    recurrences: int = 0
    last_read: datetime | None = None
    last_good: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDeed:
    """One line of a case's timeline: opened, acknowledged, assigned, noted, rechecked, repaired, closed, reopened."""

    case: str
    deed: str
    agent: str
    at: datetime
    note: str = ""
    event: int = 0  # its number in the chain


class RunState(StrEnum):
    """How an audit run ended; a void one proved nothing."""

    RUNNING = "running"
    DONE = "done"
    VOID = "void"
    BROKEN = "broken"  # it ended before its end


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One audit run. `kind` is nightly, demand, or drill; `stores` says what was read in each, and its canaries.

    `stores[name]` = {"read", "bytes", "intact", "altered", "missing", "unreadable", "unexpected", "canaries": "ok" or a
    sentence, "state": "ok" | "away" | "swapped"}.
    """

    id: str
    kind: str
    state: RunState
    started: datetime
    finished: datetime | None
    read: int = 0
    bytes: int = 0
    outcomes: Mapping[str, int] = field(default_factory=dict)
    unexpected: int = 0
    opened: int = 0  # cases opened or reopened by it
    stores: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    sentence: str = ""
    head: str = ""  # "NUMBER:DIGEST" of the chain when it ended


@dataclass(frozen=True, slots=True, kw_only=True)
class DueCopy:
    """One copy as the audit's plan sees it. `audited` is when an audit last read it, None when none ever did.

    `event` is the number of the chain event that says what its bytes must be, None for holdings older than the chain.
    """

    store: str
    key: str
    item: str
    logical: str
    size: int
    sha512: str
    sha256: str
    audited: datetime | None
    outcome: str | None
    event: int | None
    since: datetime | None = None  # when the copy came into the store


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Per store: how many files and bytes it holds, how many were audited since a moment, how many never.

    `oldest` is the time of the audit's read that lies back furthest, `first` when the oldest copy came in, `longest`
    since when a copy was not read: by its last audit, or since it came in where none ever read it. Each is None where
    there is none.
    """

    store: str
    files: int
    bytes: int
    fresh: int
    never: int
    overdue: int
    not_intact: int
    oldest: datetime | None
    first: datetime | None = None
    longest: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message on its way; `sent` is None until every channel took it, `gave_up` after the last try.

    `taken` are the names of the channels that have it already.
    """

    id: int
    subject: str
    body: str
    created: datetime
    tries: int
    next_try: datetime
    sent: datetime | None
    trouble: str
    gave_up: bool = False
    taken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownStore:
    """A store as it was seen; `state` is well, away, or swapped (then nothing is read from it or written to it)."""

    name: str
    store_id: str
    state: str
    since: datetime  # since when it is in this state
    sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """What stays of a purged item: when, a reason class, on what authority, by which two agents.

    `owed` are the stores whose copies could not be erased yet; `asked` is true while the second steward has not agreed.
    """

    item: str
    title: str
    at: datetime
    reason: str
    authority: str
    agents: tuple[str, ...]
    owed: tuple[str, ...] = ()
    asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One full read of a copy by an audit: the SHA-512 expected and found, the size found, the run it belongs to.

    `found` and `size` are None where nothing could be read; `run` is "" for a read outside any run.
    """

    store: str
    key: str
    outcome: FixityOutcome
    expected: str
    found: str | None
    size: int | None
    at: datetime
    agent: str
    run: str = ""
