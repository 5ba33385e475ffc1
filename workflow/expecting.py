"""What the bytes of a copy must be: told by the event chain, never by the row that points to it."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from catalog import chain
from catalog.database import Catalog
from catalog.fixity_values import DueCopy
from core.events import Event, is_sound
from core.fixity import StoredFile

KEPT = 64  # events in memory


@dataclass(frozen=True, slots=True)
class Expected:
    """What a copy must be, and "" or a sentence that says how the catalogue's record differs from the chain."""

    copy: DueCopy
    file: StoredFile
    edited: str = ""


class Expectations:
    """The files that events tell of, the last events asked for in memory. Not for several threads."""

    def __init__(self, cat: Catalog) -> None:
        self._cat = cat
        self._known: OrderedDict[int, tuple[Event | None, Mapping[str, StoredFile]]] = OrderedDict()

    def of(self, copies: Sequence[DueCopy]) -> list[Expected]:
        """What each copy must be, in their order.

        A copy without an event is older than the chain, and its row must do; `chain_checking` finds those whose event
        was taken away.
        """
        self._load({copy.event for copy in copies if copy.event is not None})
        found = [self._expected(copy) for copy in copies]
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        return found

    def _load(self, numbers: Iterable[int]) -> None:
        wanted = set(numbers)
        for number in wanted - self._known.keys():
            event = self._event(number)
            self._known[number] = (event, {file.key: file for file in files_of(event)} if event else {})
        for number in wanted:
            self._known.move_to_end(number)

    def _event(self, number: int) -> Event | None:
        """The event, or None when it is not there or not what was written."""
        try:
            event = chain.facts_of(self._cat, [number]).get(number)
        except ValueError:
            return None
        return event if event and event.number == number and is_sound(event) else None

    def _expected(self, copy: DueCopy) -> Expected:
        row = recorded(copy)
        if copy.event is None:
            return Expected(copy, row)
        event, files = self._known[copy.event]
        told = files.get(copy.key)
        if event is None or told is None:
            return Expected(copy, row, f'Event {copy.event} of the chain does not tell of "{copy.key}".')
        if (told.sha512, told.size) != (row.sha512, row.size):
            return Expected(copy, told, f'The catalogue\'s record of "{copy.key}" is not what event {copy.event} says.')
        return Expected(copy, told)


def recorded(copy: DueCopy) -> StoredFile:
    """The file as the copy's row has it."""
    return StoredFile(logical=copy.logical, key=copy.key, size=copy.size, sha512=copy.sha512, sha256=copy.sha256)


def files_of(event: Event) -> tuple[StoredFile, ...]:
    """The files that came into stores with this event; none for events of other kinds.

    A member that is no file is passed over: whoever asks for it finds that the chain does not tell of it.
    """
    listed = event.deed.facts.get("files", ())
    return tuple(
        StoredFile(logical=one[0], key=one[1], size=one[2], sha512=one[3], sha256=one[4])
        for one in listed
        if isinstance(one, list) and len(one) == 5  # a deletion's files have two members
    )


def stores_of(event: Event) -> tuple[str, ...]:
    """The stores into which the event's files came."""
    return tuple(event.deed.facts.get("stores", ())) or (event.deed.store,)
