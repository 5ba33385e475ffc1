"""Whether an audit can be trusted with a store: its good canaries must read as good, its bad one must be flagged."""

import hashlib
from dataclasses import dataclass

from core.errors import MunimentError, StorageError
from core.fixity import FixityOutcome, StoredFile
from storage.canaries import Canary, canaries
from storage.stores import Store
from workflow import reading_copies
from workflow.reading_copies import Reading


class VoidRunError(MunimentError):
    """The audit cannot be trusted: a canary was not judged as what it is."""

    code = "audit-void"

    def __init__(self, store: str, sentence: str) -> None:
        super().__init__(sentence)
        self.store = store


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What the canaries of a store said. `trouble` is "" or a sentence about good ones that are damaged themselves."""

    away: bool
    good: StoredFile
    bad: StoredFile
    trouble: str = ""


def prove(store: Store, store_id: str) -> Proof:
    """What the canaries said: the store is away, or its reads can be trusted.

    Raises:
        VoidRunError: the bad canary was not flagged, no good one was found good, or one is good and was flagged.
    """
    known = canaries(store_id)
    found = {canary.name: reading_copies.read_copy(store, canary.file) for canary in known}
    good = [canary for canary in known if canary.good]
    bad = next(canary for canary in known if not canary.good)
    away = all(found[canary.name].outcome is FixityOutcome.UNREADABLE for canary in good)
    sound = next((canary for canary in good if found[canary.name].intact), good[0])
    if not away:
        check_flagged(store, found[bad.name])
        _check_good(store, good, found)
    return Proof(away=away, good=sound.file, bad=bad.file, trouble="" if away else _trouble(good, found))


def check_flagged(store: Store, found: Reading) -> None:
    """Nothing, when the bad canary was found to be altered; else no reading beside it proves anything.

    Raises:
        VoidRunError: it was called intact, or could not be judged.
    """
    if found.outcome is not FixityOutcome.ALTERED:
        raise VoidRunError(
            store.name,
            f'The bad canary of the store "{store.name}" was found {found.outcome} and not altered, so the audit '
            "cannot be trusted: look for what changed in the program, or repair this case to plant the canaries anew.",
        )


def _check_good(store: Store, good: list[Canary], found: dict[str, Reading]) -> None:
    """Nothing, when one at least was found good, and none was flagged that another look finds to be right."""
    flagged = [one for one in good if found[one.name].outcome is FixityOutcome.ALTERED]
    wronged = next((one for one in flagged if _is_right(store, one)), None)
    if wronged or not any(found[one.name].intact for one in good):
        which = f"The good canary {wronged.name}" if wronged else "Every good canary"
        raise VoidRunError(
            store.name,
            f'{which} of the store "{store.name}" was not found good, so the audit cannot be trusted: '
            "look for what changed in the program, or repair this case to plant the canaries anew.",
        )


def _is_right(store: Store, canary: Canary) -> bool:
    """True when the bytes are the recorded ones, by another way than the audit's: then the audit is at fault."""
    try:
        return hashlib.sha512(store.get(canary.file.key)).hexdigest() == canary.file.sha512
    except StorageError:
        return False


def _trouble(good: list[Canary], found: dict[str, Reading]) -> str:
    hurt = [f"{one.name} is {found[one.name].outcome}" for one in good if not found[one.name].intact]
    return f"Of the good canaries {', '.join(hurt)}: they were damaged themselves; plant them anew." if hurt else ""
