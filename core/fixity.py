"""The words of integrity: digests, stored files, and what a full read found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Checksum:
    """A digest: the algorithm's name in lower case as hashlib writes it, and lower-case hexadecimal digits."""

    algorithm: str
    value: str


@dataclass(frozen=True, slots=True)
class Digests:
    """What one pass over a file's bytes told: its size in bytes and its digests by algorithm."""

    size: int
    values: Mapping[str, str]

    @property
    def sha512(self) -> str:
        """The digest OCFL addresses content by."""
        return self.values["sha512"]

    @property
    def sha256(self) -> str:
        """The digest S3 checks an upload with."""
        return self.values["sha256"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """One file of an AIP: its logical path in the item, its key in the stores, size in bytes and digests."""

    logical: str
    key: str
    size: int
    sha512: str
    sha256: str


class FixityOutcome(StrEnum):
    """What a full read of a copy found."""

    INTACT = "intact"
    ALTERED = "altered"
    MISSING = "missing"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class FixityEvent:
    """This copy of this file was read in full at this time, by this agent, with this outcome."""

    store: str
    key: str
    outcome: FixityOutcome
    expected: str
    found: str | None
    at: datetime
    agent: str
