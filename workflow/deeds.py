"""What goes into the event chain when a version is committed or copied: the deed, and every file that came with it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from core.events import Deed
from core.fixity import StoredFile
from fixity.premis import PremisEvent
from fixity.vocabulary import EventType
from storage.inventory import Inventory
from storage.layout import item_id, object_root
from storage.objects import bookkeeping, stored_files
from storage.stores import Store
from workflow.history import program_id

OF_VERSIONS = frozenset({EventType.INGESTION, EventType.MODIFICATION, EventType.METADATA_MODIFICATION})


def come_with(
    store: Store,
    inventory: Inventory,
    *,
    since: int,
    until: int | None = None,
    sizes: Mapping[str, int] | None = None,
) -> tuple[StoredFile, ...]:
    """Every file that came to the object with the versions from `since` to `until` (None: the newest), once.

    `sizes` are as `stored_files` has them. The root inventory is among the files when they end with the newest version,
    the declaration when they begin with 1.

    Raises:
        StorageError: the store does not hold all of it.
    """
    last, root = until or inventory.head, object_root(inventory.object_id)
    found: dict[str, StoredFile] = {}
    for number in range(since, last + 1):
        for file in stored_files(store, inventory, number, sizes=sizes):
            if file.key.startswith(f"{root}/v{number}/"):
                found.setdefault(file.key, file)
    kept = [file for file in bookkeeping(store, inventory, since=since) if _is_of(file, inventory, since, last)]
    return (*found.values(), *kept)


def of_version(
    told: Iterable[PremisEvent], item: str, *, number: int, inventory: str, stores: Sequence[str], files: Any
) -> tuple[Deed, ...]:
    """The events of one version as deeds; the one that says what was committed lists its files.

    `inventory` is the SHA-512 of the version's inventory, `stores` are the names of the stores it was committed in.
    """
    facts = {"version": number, "inventory": inventory, "stores": list(stores), "files": rows(files)}
    return tuple(
        Deed(
            kind=event.kind.value,
            agent=event.agents[-1],
            at=event.at,
            outcome=event.outcome.value,
            item=item,
            detail=f"Version {number}" if event.kind in OF_VERSIONS else event.detail,
            facts=facts if event.kind in OF_VERSIONS else {"version": number},
        )
        for event in told
    )


def of_copy(source: Store, target: Store, inventory: Inventory, files: Sequence[StoredFile]) -> Deed:
    """That the target got these files of the object from the source, and gave them back the same."""
    return Deed(
        kind=EventType.REPLICATION.value,
        agent=program_id(),
        at=datetime.now(UTC),
        item=item_id(inventory.object_id) or "",
        store=target.name,
        detail=f"Version {inventory.head} was copied and read back",
        facts={
            "version": inventory.head,
            "inventory": inventory.sha512,
            "from": source.name,
            "files": rows(files),
        },
    )


def of_store(store: Store, files: Sequence[StoredFile]) -> Deed:
    """That the store was laid out, or found laid out, and which files make it a storage root."""
    return Deed(
        kind=EventType.CREATION.value,
        agent=program_id(),
        at=datetime.now(UTC),
        store=store.name,
        detail="The store was laid out as an OCFL storage root",
        facts={"stores": [store.name], "files": rows(files)},
    )


def rows(files: Iterable[StoredFile]) -> list[list[Any]]:
    """The files as the facts of a deed have them: logical path, key, size, SHA-512, SHA-256."""
    return [[file.logical, file.key, file.size, file.sha512, file.sha256] for file in files]


def _is_of(file: StoredFile, inventory: Inventory, since: int, last: int) -> bool:
    """True for the bookkeeping of these versions alone."""
    folder, _, _ = file.logical.removeprefix("=").rpartition("/")
    if folder:
        return int(folder.removeprefix("v")) <= last
    if file.logical.startswith("=0="):
        return since == 1
    return last == inventory.head
