"""`muniment replicate`: a new or emptied store gets every object, from copies read in full in the same act.

What is brought is what the event chain says: a source whose inventory is another one than was recorded is passed over,
however well its files go with it. Each object is whole or not there, so a run that was cut short goes on where it was.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from catalog import cases, chain, copies, items, known_stores
from catalog.fixity_values import CaseState, KnownStore
from core.errors import ConfigurationError, ObjectNotFoundError, StorageError, StoreUnavailableError
from core.fixity import StoredFile
from storage import canaries
from storage.census import root_files
from storage.inventory import Inventory
from storage.layout import STORE_JSON, case_id, object_id, object_root
from storage.ocfl import initialise, read_inventory, store_id
from storage.replicate import copy_between
from storage.replicate import replicate as copy_object
from storage.stores import Store
from workflow import deeds, shipping, storekeeping
from workflow.history import program_id
from workflow.reports import count
from workflow.workshop import Workshop

PAGE = 200
SAY_EVERY = 25


@dataclass(slots=True)
class Replicated:
    """What a run did: objects that were brought and those that were there, files and bytes written, what failed."""

    to: str
    brought: int = 0
    there: int = 0
    files: int = 0
    bytes: int = 0
    failed: list[dict[str, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """One document; `items` counts all that were looked at."""
        return {
            "to": self.to,
            "items": self.brought + self.there + len(self.failed),
            "brought": self.brought,
            "there": self.there,
            "files": self.files,
            "bytes": self.bytes,
            "failed": self.failed,
        }


def replicate(
    shop: Workshop, *, to: str, source: str = "", accept: bool = False, tell: Callable[[str], None]
) -> Replicated:
    """What was done to fill the store `to`, from the store `source` or from all others; safe to repeat.

    `accept` takes an emptied or exchanged store as the new one: it is laid out, and its new id noted.

    Raises:
        ConfigurationError: there is no such store, or none to read from.
        StoreUnavailableError: the store is away, or is not the one that it was and was not accepted.
    """
    target = named(shop, to)
    if accept:
        _accept(shop, target)
    seen = {one.name: one for one in storekeeping.look(shop)}
    if seen[to].state != storekeeping.WELL:
        raise StoreUnavailableError(seen[to].sentence)
    wanted = [named(shop, source)] if source else shop.stores
    sources = [one for one in wanted if one.name != to and seen[one.name].state == storekeeping.WELL]
    if not sources:
        raise ConfigurationError(f'There is no store to fill "{to}" from: connect one that holds the items.')
    report, total = Replicated(to=to), items.count(shop.catalog, public_only=False)
    for number, item_id in enumerate(_ids(shop), 1):
        _bring(shop, sources, target, item_id, report)
        if number % SAY_EVERY == 0 or number == total:
            tell(f"{number:,} of {count(total, 'item')}, {count(report.files, 'file')} written.")
    shipping.ship(shop)
    return report


def print_replicated(report: Replicated, say: Callable[[str], None]) -> None:
    """The same as lines of text, what failed first."""
    for failure in report.failed:
        say(f'"{failure["item"]}" could not be brought: {failure["sentence"]}')
    done = f"{count(report.brought, 'item')} brought, {report.there:,} there already"
    written = f"{count(report.files, 'file')} and {report.bytes:,} bytes written and read back"
    say(f'The store "{report.to}": {done}; {written}.')


def named(shop: Workshop, name: str) -> Store:
    """The store of this name.

    Raises:
        ConfigurationError: MUNIMENT_STORES names none so.
    """
    for store in shop.stores:
        if store.name == name:
            return store
    names = ", ".join(store.name for store in shop.stores)
    raise ConfigurationError(f'There is no store "{name}" in MUNIMENT_STORES: use one of {names}.')


def _accept(shop: Workshop, store: Store) -> None:
    """Lays the store out and knows it by its new id from now on; one that is what it was is left as it is."""
    storekeeping.look(shop)  # that it is another one is a case first, which this brings to its end
    known = known_stores.get(shop.catalog, store.name)
    found = store_id(store)
    if known is None or (found and found == known.store_id):
        return
    others = {one.store_id for one in known_stores.listing(shop.catalog) if one.name != store.name}
    if found in others:  # a copy of another store: two stores of one id could not be told apart
        store.delete(STORE_JSON)
    name = initialise(store)
    canaries.replant(store, name)
    files, now = root_files(store), datetime.now(UTC)
    copies.add(shop.catalog, store.name, files, item="", at=now, deeds=(deeds.of_store(store, files),))
    sentence = "It was accepted as a new store and is being filled."
    known_stores.note(
        shop.catalog,
        KnownStore(name=store.name, store_id=name, state=storekeeping.SWAPPED, since=now, sentence=sentence),
    )


def _ids(shop: Workshop) -> Iterator[str]:
    """The ids of all items that are in, those of hidden ones too; purged ones are not in."""
    offset = 0
    while cards := items.newest(shop.catalog, limit=PAGE, offset=offset, public_only=False):
        yield from (card.id for card in cards)
        offset += len(cards)


def _bring(shop: Workshop, sources: Sequence[Store], target: Store, item_id: str, report: Replicated) -> None:
    sentence = "no store holds it as the event chain says."
    for source in sources:
        try:
            files = _from(shop, source, target, item_id)
        except StoreUnavailableError:
            raise
        except StorageError as error:
            sentence = str(error)
            continue
        report.files, report.bytes = report.files + len(files), report.bytes + sum(file.size for file in files)
        report.brought, report.there = report.brought + bool(files), report.there + (not files)
        return
    report.failed.append({"item": item_id, "sentence": sentence})


def _from(shop: Workshop, source: Store, target: Store, item_id: str) -> tuple[StoredFile, ...]:
    """The files that the target got, none when it had all of them; they are in the chain and the catalogue then."""
    shop.home.work.mkdir(parents=True, exist_ok=True)
    inventory = _good_inventory(shop, source, item_id)
    standing = read_inventory(target, object_id(item_id))
    lost = _lost(source, target, standing) if standing else ()
    for file in lost:
        copy_between(source, target, file.key, file.sha512, scratch=shop.home.work)
    if standing is None or standing.head < inventory.head:
        copy_object(source, target, object_id(item_id), scratch=shop.home.work)
    since = standing.head + 1 if standing else 1
    came = deeds.come_with(source, inventory, since=since) if since <= inventory.head else ()
    files = tuple({file.key: file for file in (*lost, *came)}.values())
    if not files and target.name not in copies.holders(shop.catalog, item_id):
        files = deeds.come_with(source, inventory, since=1)  # an earlier run was cut short before it could tell
    if files:
        deed = deeds.of_copy(source, target, inventory, files)
        copies.add(shop.catalog, target.name, files, item=item_id, at=deed.at, deeds=(deed,))
        _settle_cases(shop, target, files)
        _release(shop, item_id)
    return files


def _settle_cases(shop: Workshop, target: Store, files: Sequence[StoredFile]) -> None:
    """The cases of copies that were just written are repaired: the next audit confirms them, and closes them."""
    for file in files:
        case = cases.get(shop.catalog, case_id(target.name, file.key))
        if case and case.state in (CaseState.OPEN, CaseState.ACKNOWLEDGED):
            cases.decide(shop.catalog, case.id, "repaired", program_id(), state=CaseState.REPAIRED)


def _good_inventory(shop: Workshop, source: Store, item_id: str) -> Inventory:
    """The source's inventory of the item, when it is the one that the chain records.

    Raises:
        StorageError: it is not, or the source has none; its bytes are not to be brought anywhere.
    """
    inventory = read_inventory(source, object_id(item_id))
    if inventory is None:
        raise ObjectNotFoundError(source.name, object_root(object_id(item_id)))
    version, sha512 = recorded(shop, item_id)
    if sha512 and (inventory.head < version or (inventory.head == version and inventory.sha512 != sha512)):
        raise StorageError(
            f'The inventory of "{item_id}" in the store "{source.name}" is not the one that was recorded: run an audit.'
        )
    return inventory


def recorded(shop: Workshop, item_id: str) -> tuple[int, str]:
    """The newest version of an item that the chain tells of and the SHA-512 of its inventory, (0, "") without one."""
    told = [event.deed.facts for event in chain.of_item(shop.catalog, item_id)]
    known = [(int(facts["version"]), str(facts["inventory"])) for facts in told if facts.get("inventory")]
    return max(known, key=lambda pair: pair[0], default=(0, ""))


def _lost(source: Store, target: Store, standing: Inventory) -> tuple[StoredFile, ...]:
    """The files that the target's inventory names and the target lists no more."""
    root = object_root(standing.object_id)
    listed = {one.key for one in target.listing(f"{root}/")}
    gone = {f"{root}/{path}" for path in standing.paths} - listed
    files = deeds.come_with(source, standing, since=1) if gone else ()
    return tuple(file for file in files if file.key in gone and target.size(file.key) is None)


def _release(shop: Workshop, item_id: str) -> None:
    """Lets an item be seen that waited for the stores that must hold it."""
    view = items.get(shop.catalog, item_id)
    if view and view.waiting and {store.name for store in shop.required} <= set(copies.holders(shop.catalog, item_id)):
        items.release(shop.catalog, item_id)
