"""Whether the catalogue's copies are those that the chain tells of: none edited, none left out, nothing in between."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from catalog import audits, chain, copies
from catalog.database import Catalog
from core.events import Event
from core.fixity import StoredFile
from workflow.expecting import files_of, recorded, stores_of
from workflow.workshop import Workshop

TOLD = 20  # differences that are told one by one
DELETION = "deletion"


def differences(shop: Workshop, stores: frozenset[str]) -> list[str]:
    """Sentences on records that differ from the chain, at most `TOLD`, of these stores.

    What both say alike needs no reading; the stores' own bytes are compared with the chain by the audit.
    """
    found: list[str] = []
    with contextlib.suppress(ValueError):  # a damaged line of the log is told by whoever verifies the log
        for sentence in _differences(shop.catalog, stores):
            found.append(sentence)
            if len(found) == TOLD:
                break
    return found


def _differences(cat: Catalog, stores: frozenset[str]) -> Iterator[str]:
    seen: set[str] = set()
    # What the storage root consists of is no item's; its records are compared when it is read, with their events.
    for row in (row for store in sorted(stores) for row in audits.of_item(cat, "", store) if row.event is None):
        yield f'The catalogue\'s record of "{row.key}" in the store "{row.store}" has lost its event.'
    rows = (row for row in copies.all_copies(cat) if row.store in stores and row.item_id)
    for (store, item), group in groupby(rows, key=lambda row: (row.store, row.item_id)):
        seen.add(item)
        told = _told(chain.of_item(cat, item), store)
        if wrong := _wrong({row.file.key: row.file for row in group}, told):
            yield from _wrong_still(cat, store, item, wrong)
    for item in _held_by_chain(cat, stores) - seen:
        held = any(_told(chain.of_item(cat, item), store) for store in stores)
        if held and not any(audits.of_item(cat, item, store) for store in stores):
            yield f'The catalogue has no record of "{item}", of which the chain tells.'


def _wrong(known: Mapping[str, StoredFile], told: Mapping[str, StoredFile]) -> set[str]:
    """The keys of files whose record is not what the chain tells, or lacks."""
    edited = {key for key, file in known.items() if key in told and _bytes(told[key]) != _bytes(file)}
    return edited | (told.keys() - known.keys())


def _wrong_still(cat: Catalog, store: str, item: str, keys: set[str]) -> Iterator[str]:
    """Those that a second look finds wrong too: a version may have come in, or the item may have gone, meanwhile."""
    known = {row.key: recorded(row) for row in audits.of_item(cat, item, store)}
    told = _told(chain.of_item(cat, item), store)
    for key in sorted(keys & _wrong(known, told)):
        what = f'record of "{key}" in the store "{store}" is not what' if key in known else f'list lacks "{key}", which'
        yield f"The catalogue's {what} the chain tells of."


def _bytes(file: StoredFile) -> tuple[str, int]:
    return file.sha512, file.size


def _told(events: Iterable[Event], store: str) -> dict[str, StoredFile]:
    """The files that must be in the store by these events, oldest first, by key; one event's word ends another's."""
    here: dict[str, StoredFile] = {}
    for event in events:
        if event.deed.kind == DELETION:
            here = {}
        elif store in stores_of(event):
            here |= {file.key: file for file in files_of(event)}
    return here


def _held_by_chain(cat: Catalog, stores: frozenset[str]) -> set[str]:
    """The items of which the chain tells that they came into one of these stores and were not deleted."""
    held: set[str] = set()
    for event in chain.events(cat):
        if event.deed.kind == DELETION:
            held.discard(event.deed.item)
        elif event.deed.item and "files" in event.deed.facts and stores.intersection(stores_of(event)):
            held.add(event.deed.item)
    return held
