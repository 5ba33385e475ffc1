"""One audit at a time on one home, whoever asked for it: the nightly schedule, the desk, or the command line."""

from collections.abc import Iterator
from contextlib import contextmanager

from workflow import leases
from workflow.homes import Home

AUDIT = "audit"
PATIENCE = 1.0  # seconds: whoever only asks whether an audit runs holds the lock for a moment


@contextmanager
def leased(home: Home) -> Iterator[bool]:
    """True while this process alone may audit; False when another audit runs."""
    with leases.leased(home, AUDIT, patience=PATIENCE) as free:
        yield free


def is_running(home: Home) -> bool:
    """True while an audit runs."""
    with leases.leased(home, AUDIT) as free:
        return not free
