"""The event chain's one link: what was done, sealed with the digest of everything that was done before.

An event is one line of canonical JSON (keys sorted, no spaces, UTF-8 as it is); its digest is the SHA-256 of that line
without the member `digest`. Whoever changes, drops or reorders a line breaks every link after it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64  # what the first event names as its predecessor


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What is to be recorded: a PREMIS event type, its time, an opaque agent id, and how it ended.

    `outcome` is success, warning or fail; `item` and `store` are "" where the deed concerns none; `detail` is a
    sentence of ours (never a person's words); `facts` are JSON values: digests, keys, counts.
    """

    kind: str
    agent: str
    at: datetime
    outcome: str = "success"
    item: str = ""
    store: str = ""
    detail: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A deed with its place in the chain: numbers count from 1 without a gap."""

    number: int
    previous: str
    digest: str
    deed: Deed


def seal(deed: Deed, *, number: int, previous: str) -> Event:
    """The event that follows the one with the digest `previous`; its facts are as they will be read back.

    Raises:
        ValueError: the deed's time has no zone, or its facts are no JSON or hold what is no text.
    """
    if deed.at.tzinfo is None:
        raise ValueError("A deed in the chain needs a time with a zone: give UTC.")
    try:
        plain = replace(deed, facts=json.loads(_canonical(dict(deed.facts))))
        digest = hashlib.sha256(_written(plain, number, previous).encode()).hexdigest()
    except (TypeError, ValueError) as error:
        raise ValueError(f"A deed's facts must be JSON, and its words text: {error}.") from error
    return Event(number=number, previous=previous, digest=digest, deed=plain)


def line(event: Event) -> str:
    """The event as it stands in the log: canonical JSON without a line end."""
    body = json.loads(_written(event.deed, event.number, event.previous))
    return _canonical({**body, "digest": event.digest})


def from_line(text: str) -> Event:
    """The inverse of `line`; whether the digest is right is for `is_sound` to say.

    Raises:
        ValueError: the line is no event.
    """
    try:
        data: dict[str, Any] = json.loads(text)
        deed = Deed(
            kind=data["kind"],
            agent=data["agent"],
            at=datetime.fromisoformat(data["at"]),
            outcome=data["outcome"],
            item=data["item"],
            store=data["store"],
            detail=data["detail"],
            facts=data["facts"],
        )
        return Event(number=int(data["number"]), previous=data["previous"], digest=data["digest"], deed=deed)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"A line of the event log is damaged ({error}): compare it with another store's.") from error


def is_sound(event: Event) -> bool:
    """True when the event's digest is that of what it says; false too when it says what none can say."""
    try:
        return seal(event.deed, number=event.number, previous=event.previous).digest == event.digest
    except ValueError:
        return False


def _written(deed: Deed, number: int, previous: str) -> str:
    return _canonical(
        {
            "agent": deed.agent,
            "at": deed.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "detail": deed.detail,
            "facts": dict(deed.facts),
            "item": deed.item,
            "kind": deed.kind,
            "number": number,
            "outcome": deed.outcome,
            "previous": previous,
            "store": deed.store,
        }
    )


def _canonical(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
