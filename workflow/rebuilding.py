"""`muniment rebuild`: the catalogue from the stores alone. Safe to repeat, and a killed one is taken up again.

The event chain first, which tells of copies, reads, cases and purges; then every object that any store lists, from the
best copy that agrees with the chain. Whatever is doubtful about who may see an item hides it. What was purged stays so.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from typing import Any

from catalog import chain, items, known_stores, rebuilding
from catalog.fixity_values import KnownStore
from core.errors import MunimentError, StorageError
from storage.census import objects
from storage.layout import object_id, object_root
from storage.ocfl import store_id
from storage.stores import Store
from workflow import found_objects, intents, purging
from workflow.found_objects import Found
from workflow.logs_of_stores import take_chain, take_notes
from workflow.reports import count
from workflow.workshop import Workshop

SAY_EVERY = 50


@dataclass(slots=True)
class Rebuilt:
    """What was brought back; `hidden` are items hidden for doubt, `failed` those that no store could give back."""

    items: int = 0
    known: int = 0
    pages: int = 0
    files: int = 0
    copies: int = 0
    events: int = 0
    notes: int = 0
    purged: int = 0
    hidden: list[dict[str, str]] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    @property
    def needs_somebody(self) -> bool:
        """True when a person has to look at something."""
        return bool(self.hidden or self.failed or self.troubles)

    def as_json(self) -> dict[str, Any]:
        """One document with everything above."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def needed(shop: Workshop) -> bool:
    """True when the catalogue holds no item and a store lists one that was not purged, or a rebuild was cut short.

    An item that was being written when we were killed was never in the catalogue: recovery finishes it.
    """
    if _marker(shop).exists():
        return True
    if items.count(shop.catalog, public_only=False):
        return False
    listed = (item_id for store in _ours(shop, []) for item_id in objects(store))
    return any(not (_gone(shop, item_id) or intents.of(shop.home, item_id)) for item_id in listed)


def at_start(shop: Workshop, say: Callable[[str], None]) -> None:
    """Nothing, unless the catalogue was lost: then it is made anew before anybody works with it."""
    if needed(shop):
        say("The catalogue holds no item, the stores do: it is rebuilt from them ...")
        print_rebuilt(rebuild(shop, tell=say), say)


def rebuild(shop: Workshop, *, tell: Callable[[str], None]) -> Rebuilt:
    """What was brought back. Items that the catalogue holds in their newest version are left as they are.

    Raises:
        StorageError: no store answers.
    """
    report = Rebuilt()
    stores = _ours(shop, report.troubles)
    if not stores:
        raise StorageError("No store answers, so nothing can be rebuilt: connect one, then try again.")
    shop.home.make()
    _marker(shop).touch()
    take_chain(shop, stores, report.troubles.append)
    report.notes = take_notes(shop, stores, report.troubles.append)
    last = rebuilding.clear(shop.catalog)
    report.events = rebuilding.replay(
        shop.catalog, takewhile(lambda event: event.number <= last, chain.events(shop.catalog))
    )
    for number, item_id in enumerate(_listed(stores), 1):
        _bring_back(shop, stores, item_id, report)
        if number % SAY_EVERY == 0:
            tell(f"{count(number, 'object')} looked at.")
    rebuilding.settle_cases(shop.catalog)
    for store in stores:
        _know(shop, store)
    # Nobody knows any more which stores have erased what was purged: erasing again costs little.
    purging.finish_owed(shop)
    report.copies = rebuilding.copies_known(shop.catalog)
    _marker(shop).unlink(missing_ok=True)
    return report


def print_rebuilt(report: Rebuilt, say: Callable[[str], None]) -> None:
    """The same as lines of text, what needs somebody first."""
    for sentence in report.troubles:
        say(sentence)
    for failure in report.failed:
        say(f'"{failure["item"]}" could not be brought back: {failure["sentence"]}')
    for doubt in report.hidden:
        say(f'"{doubt["item"]}" is hidden until somebody publishes it: {doubt["sentence"]}')
    back = f"{count(report.items, 'item')} with {count(report.pages, 'page')} brought back, {report.known:,} known"
    say(f"{back}, {report.purged:,} purged; {count(report.events, 'event')}, {count(report.copies, 'copy', 'copies')}.")


def _ours(shop: Workshop, troubles: list[str]) -> list[Store]:
    """The stores that answer and are what they were known to be."""
    found = []
    for store in shop.stores:
        known = known_stores.get(shop.catalog, store.name)
        try:
            name = store_id(store)
        except StorageError as error:
            troubles.append(str(error))
            continue
        if known and known.store_id and name != known.store_id:
            troubles.append(f'The store "{store.name}" is not the one it was: nothing was read from it.')
            continue
        found.append(store)
    return found


def _listed(stores: Sequence[Store]) -> Iterator[str]:
    """The id of every object that any of the stores lists, once, with nothing kept in memory."""
    for number, store in enumerate(stores):
        for item_id in objects(store):
            root = f"{object_root(object_id(item_id))}/"
            if not any(next(iter(earlier.listing(root)), None) for earlier in stores[:number]):
                yield item_id


def _gone(shop: Workshop, item_id: str) -> bool:
    return any(event.deed.kind == "deletion" for event in chain.of_item(shop.catalog, item_id))


def _bring_back(shop: Workshop, stores: Sequence[Store], item_id: str, report: Rebuilt) -> None:
    if _gone(shop, item_id):
        report.purged += 1
        return
    try:
        found = found_objects.find(shop, stores, item_id)
        view = items.get(shop.catalog, item_id)
        if view and view.version >= found.inventory.head:
            report.known += 1
            return
        entry = found_objects.save(shop, found)
    except (MunimentError, ValueError, KeyError, TypeError) as error:
        report.failed.append({"item": item_id, "sentence": str(error)})
        return
    report.items, report.pages = report.items + 1, report.pages + len(entry.item.pages)
    report.files += len(entry.files)
    _tell_doubt(found, report)


def _tell_doubt(found: Found, report: Rebuilt) -> None:
    report.troubles += found.troubles
    if found.doubt:
        report.hidden.append({"item": found.item_id, "sentence": found.doubt})


def _know(shop: Workshop, store: Store) -> None:
    """The store is known by its id from now on, so that its exchange is noticed."""
    name = store_id(store)
    if name and known_stores.get(shop.catalog, store.name) is None:
        known = KnownStore(name=store.name, store_id=name, state="well", since=datetime.now(UTC))
        known_stores.note(shop.catalog, known)


def _marker(shop: Workshop) -> Path:
    """Lies in the home while a rebuild is under way."""
    return shop.home.folder / "rebuilding"
