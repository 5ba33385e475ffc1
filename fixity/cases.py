"""The life of a case: who may do what to it when, and what its damage looks like. Nothing here reads or writes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

DEEDS = ("opened", "acknowledged", "assigned", "noted", "rechecked", "repaired", "closed", "reopened")
STATES = ("open", "acknowledged", "repaired", "closed")
MANY = 20  # more cases of one store in one run are shown as a group

_AFTER = {
    "opened": "open",
    "reopened": "open",
    "acknowledged": "acknowledged",
    "repaired": "repaired",
    "closed": "closed",
}
_FROM = {
    "opened": frozenset[str](),
    "acknowledged": frozenset({"open"}),
    "assigned": frozenset({"open", "acknowledged", "repaired"}),
    "noted": frozenset(STATES),
    "rechecked": frozenset(STATES),
    "repaired": frozenset({"open", "acknowledged"}),
    "closed": frozenset({"open", "acknowledged", "repaired"}),
    "reopened": frozenset({"repaired", "closed"}),
}
_NOT_NOW = {
    "open": "The case is open already: acknowledge it, or repair its file.",
    "acknowledged": "The case is acknowledged already: repair its file, or note what you found.",
    "repaired": "The file was repaired already: the case closes itself when the next audit reads it and finds it good.",
    "closed": "The case is closed: it opens again by itself when a full read finds damage.",
}


def case_id(store: str, key: str, kind: str = "") -> str:
    """The id of a copy's case; with the key "" that of a kind of case of a whole store (the chain's has store "")."""
    name = f"{store}\0{key}" if key else f"{store}\0\0{kind}"
    return hashlib.sha256(name.encode(errors="surrogateescape")).hexdigest()[:12]


def may(state: str, deed: str, *, last_good: bool) -> str | None:
    """None when the deed may be done to a case in this state, else a sentence that says why not and what can be done.

    `last_good` tells whether the last full read of the copy was good: without that no case is closed.

    Raises:
        ValueError: the deed is none of `DEEDS`, or the state none of `STATES`.
    """
    if deed not in DEEDS or state not in STATES:
        raise ValueError(f'A case that is "{state}" cannot be "{deed}": use the words of its timeline.')
    if state not in _FROM[deed]:
        return _NOT_NOW[state]
    if deed == "closed" and not last_good:
        return (
            "The last full read of this copy was not good, so the case stays open: repair the file, or read it again."
        )
    return None


def after(state: str, deed: str) -> str:
    """The state of a case after a deed that `may` allows; assigning, noting and reading again leave it as it is."""
    return _AFTER.get(deed, str(state))


def grouped(count: int) -> bool:
    """Whether so many cases of one store, opened by one run, are shown as one group."""
    return count > MANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """What is known about damaged bytes. Digests are SHA-512, sizes bytes; None where nothing could be read.

    `others` names the item's other files by their recorded digest, and `read` gives what a read just now found of them
    by name; `earlier` gives the version by the digest of what this place held then; `beside` is what the
    store's own inventory or sidecar says of these bytes.
    """

    name: str
    expected: str
    expected_size: int
    found: str | None
    found_size: int | None
    others: Mapping[str, str] = field(default_factory=dict)
    read: Mapping[str, str] = field(default_factory=dict)
    earlier: Mapping[str, int] = field(default_factory=dict)
    beside: str | None = None


def hint(clues: Clues) -> str:
    """A sentence about the damage that goes beyond "altered", "" when there is nothing to say."""
    if clues.found is None or clues.found_size is None or clues.found == clues.expected:
        return ""
    return _known_bytes(clues) or _size(clues.found_size, clues.expected_size)


def _known_bytes(clues: Clues) -> str:
    found = clues.found or ""
    if found in clues.earlier:
        return _earlier(clues.name, clues.earlier[found])
    if other := clues.others.get(found):
        if clues.read.get(other) == clues.expected:
            return f'It and "{other}" were swapped: each holds the bytes of the other.'
        return f'It holds the bytes of "{other}".'
    if found == clues.beside:
        return (
            "Its bytes agree with the inventory in the same store and not with the event chain: "
            "file and inventory were changed together."
        )
    return ""


def _earlier(name: str, version: int) -> str:
    if name.endswith("inventory.json.sha512"):
        return f"The sidecar is stale: it holds the digest of the inventory of version {version}."
    return f"It holds the bytes of version {version}: a later version was undone, or never came here."


def _size(found: int, expected: int) -> str:
    if found == 0:
        return f"It is empty, and should have {_bytes(expected)}."
    if found < expected:
        return f"It is cut off: {expected - found:,} of {_bytes(expected)} are missing."
    if found > expected:
        return f"It is {_bytes(found - expected)} longer than the {expected:,} that were recorded."
    return "It has the recorded size and other bytes: bits or blocks of it have changed."


def _bytes(count: int) -> str:
    return f"{count:,} byte{'' if count == 1 else 's'}"
