"""Holdings older than the event chain: their records become an event, and their bookkeeping is known with them.

What the catalogue recorded of a file stands, whatever the store says of it. Declaration, inventories and sidecars were
recorded by nobody then: they are taken as they lie, where they say of every file what the catalogue does.
"""

from datetime import UTC, datetime

from catalog import audits, copies
from core.errors import StorageError, StoreUnavailableError
from core.events import Deed
from core.fixity import StoredFile
from fixity.vocabulary import EventType
from storage.inventory import Inventory
from storage.layout import object_id
from storage.ocfl import read_inventory
from storage.stores import Store
from workflow import deeds
from workflow.expecting import recorded
from workflow.history import program_id
from workflow.workshop import Workshop
from workflow.writing_now import items_in_work


def enrol(shop: Workshop, store: Store) -> int:
    """How many items of the store the chain tells of from now on; safe to repeat, and quick when there are none.

    An item whose inventory cannot be read, or is not what the catalogue says, is left for the audit to tell.

    Raises:
        StoreUnavailableError: the store stopped answering; what was enrolled stays so.
    """
    busy = items_in_work(shop)
    old = (item for item in copies.without_event(shop.catalog, store.name) if item not in busy)
    return sum(_enrol(shop, store, item) for item in old)


def _enrol(shop: Workshop, store: Store, item: str) -> bool:
    try:
        inventory = read_inventory(store, object_id(item))
        came = deeds.come_with(store, inventory, since=1) if inventory else ()
    except StoreUnavailableError:
        raise
    except StorageError:
        return False
    known = {row.key: recorded(row) for row in audits.of_item(shop.catalog, item, store.name)}
    if inventory is None or not all(_agree(file, known) for file in came):
        return False
    new = [file for file in came if file.key not in known]
    files = [*known.values(), *new]
    return copies.enrol(shop.catalog, store.name, files, item=item, deed=_deed(store, inventory, item, files))


def _agree(file: StoredFile, known: dict[str, StoredFile]) -> bool:
    """True for a file as the catalogue has it, and for bookkeeping that it has not."""
    if file.key in known:
        return known[file.key].sha512 == file.sha512
    return file.logical.startswith("=")


def _deed(store: Store, inventory: Inventory, item: str, files: list[StoredFile]) -> Deed:
    return Deed(
        kind=EventType.DIGEST.value,
        agent=program_id(),
        at=datetime.now(UTC),
        item=item,
        store=store.name,
        detail="Holdings older than the event log were entered into it",
        facts={"version": inventory.head, "inventory": inventory.sha512, "files": deeds.rows(files)},
    )
