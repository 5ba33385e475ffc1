"""The event logs of the stores, read for a catalogue that lost its own: the longest that is whole, and what differs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from catalog import chain, items, rebuilding
from core.errors import StorageError
from core.events import Deed, Event
from fixity.chain import check_anchors, compare, read_segment, verify
from storage import events as logs
from storage.stores import Store
from workflow import runfile
from workflow.history import program_id
from workflow.homes import Home
from workflow.workshop import Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreLog:
    """A store's log: how many of its events are whole from the first one on, and what is wrong after them."""

    store: Store
    length: int
    trouble: str


def take_chain(shop: Workshop, stores: Sequence[Store], trouble: Callable[[str], None]) -> int:
    """How many events the catalogue took from the longest log that is whole; every difference is told as a sentence.

    What the catalogue has already stays as it is: its own chain goes first, unless it is too young to tell of items.
    """
    found = [_measured(store) for store in stores]
    for log in found:
        if log.trouble:
            trouble(f'The event log in the store "{log.store.name}" is damaged: {log.trouble}')
    best = max(found, key=lambda log: log.length, default=None)
    if best is None or not best.length:
        return 0
    for other in found:
        if other is not best and (differs := compare(_sound(best), _sound(other))):
            trouble(f'The logs of the stores "{best.store.name}" and "{other.store.name}" differ: {differs.sentence}')
    young = chain.head(shop.catalog) is None
    taken = _take(shop, best, trouble)
    if young:
        _set_aside(shop, trouble)
    if broken := check_anchors(chain.events(shop.catalog), anchors(shop.home)):
        trouble(f"The log is not the one that was anchored in {shop.home.folder}: {broken.sentence}")
    return taken


def take_notes(shop: Workshop, stores: Sequence[Store], trouble: Callable[[str], None]) -> int:
    """How many notes of people were taken, from whichever store has them as they were written."""
    taken = set()
    for store in stores:
        for digest, text in logs.notes(store):
            if text is None:
                trouble(f'The note "{digest}" in the store "{store.name}" was changed: it was not taken from there.')
            else:
                taken.add(chain.note(shop.catalog, text))
    return len(taken)


def anchors(home: Home) -> list[str]:
    """The heads of the chain that earlier audits left in the home."""
    place = home.folder / "anchors"
    return place.read_text().splitlines() if place.exists() else []


def _take(shop: Workshop, best: StoreLog, trouble: Callable[[str], None]) -> int:
    differs = compare(chain.events(shop.catalog), _sound(best))
    if differs is None:
        return chain.import_events(shop.catalog, _sound(best))
    if items.count(shop.catalog, public_only=False) or any(event.deed.item for event in chain.events(shop.catalog)):
        trouble(f'The log of the store "{best.store.name}" is not that of the catalogue: {differs.sentence}')
        return 0
    return rebuilding.rebase(shop.catalog, _sound(best))


def _set_aside(shop: Workshop, trouble: Callable[[str], None]) -> None:
    """Anchors of events that no store has any more are told once, and kept in a file of their own."""
    head = chain.head(shop.catalog)
    known, told = head.number if head else 0, anchors(shop.home)
    lost = [line for line in told if _number(line) > known]
    if not lost:
        return
    trouble(f"Event {_number(lost[-1])} was anchored, and the stores' logs end at event {known}: the rest is lost.")
    place = shop.home.folder / "anchors"
    with place.with_name("anchors.lost").open("a") as file:
        file.writelines(f"{line}\n" for line in lost)
    runfile.write_private(place, "".join(f"{line}\n" for line in told if line not in lost))
    detail = "The log was taken from the stores, and ended before what had been anchored"
    facts = {"anchors": lost, "end": known}
    deed = Deed(kind="validation", agent=program_id(), at=datetime.now(UTC), outcome="fail", detail=detail, facts=facts)
    chain.append(shop.catalog, [deed])


def _number(anchor: str) -> int:
    """The number of the event that a line of the anchors file is about, 0 for another line."""
    number = anchor.rpartition(" ")[2].partition(":")[0]
    return int(number) if number.isdigit() else 0


def _measured(store: Store) -> StoreLog:
    seen, said = 0, ""

    def counted() -> Iterator[Event]:
        nonlocal seen, said
        try:
            for event in _events(store):
                yield event
                seen += 1
        except (StorageError, ValueError) as error:
            said = str(error)

    broken = verify(counted())
    return StoreLog(store=store, length=seen, trouble=broken.sentence if broken else said)


def _sound(log: StoreLog) -> Iterator[Event]:
    return islice(_events(log.store), log.length)


def _events(store: Store) -> Iterator[Event]:
    """The events of the log; one that a later segment tells again is left out."""
    last = 0
    for name, text in logs.read_segments(store):
        for event in read_segment(name, text):
            if event.number > last:
                last = event.number
                yield event
