"""Runs and cases as a message tells them: the shapes that the catalogue's values have."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol


class RunLike(Protocol):
    """An audit run. Its words are those of the catalogue: kind nightly, demand or drill; state done, void or broken."""

    @property
    def kind(self) -> str:
        """Why it ran."""

    @property
    def state(self) -> str:
        """How it ended."""

    @property
    def started(self) -> datetime:
        """When it began."""

    @property
    def read(self) -> int:
        """Copies read in full."""

    @property
    def bytes(self) -> int:
        """Bytes read."""

    @property
    def outcomes(self) -> Mapping[str, int]:
        """Copies by what was found."""

    @property
    def unexpected(self) -> int:
        """Files that nobody wrote."""

    @property
    def opened(self) -> int:
        """Cases that it opened, or opened again."""

    @property
    def sentence(self) -> str:
        """What else there is to say of it."""


class CaseLike(Protocol):
    """A case. `file` is the logical path, "" for a case of a whole store."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def kind(self) -> str:
        """What is wrong: altered, missing, unreadable, unexpected, or a word for a store, the log or the audit."""

    @property
    def state(self) -> str:
        """Open, acknowledged, repaired or closed."""

    @property
    def store(self) -> str:
        """The store's name, "" for none."""

    @property
    def item(self) -> str:
        """The item's id, "" for none."""

    @property
    def file(self) -> str:
        """The logical path in the item."""

    @property
    def hint(self) -> str:
        """A sentence more about the damage."""

    @property
    def assigned(self) -> str:
        """Who looks after it, as an opaque id; not for a mail."""

    @property
    def group(self) -> str:
        """The run that opened it with many others, else ""."""
