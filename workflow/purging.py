"""Purge: the bytes of an item leave every store, cache and index, by the will of two stewards. A tombstone stays.

The deletion is told in the chain, and the chain to the stores, before the first byte goes: whoever rebuilds the
catalogue from them never brings the item back. Every step may be done again, so a purge that was cut short, or that a
store was away from, is finished by the caretaker.
"""

import shutil
from dataclasses import replace
from datetime import UTC, datetime

from catalog import batches, chain, items, known_stores, purges, tombstones
from catalog.fixity_values import Tombstone
from catalog.values import ItemView
from core.errors import ConfigurationError, NotFoundError, StorageError
from core.events import Deed
from core.item import REASON_CLASSES, Access, AccessState
from fixity.vocabulary import EventType
from storage.cache import VerifiedCache
from storage.erase import erase
from storage.stores import Store
from workflow import shipping
from workflow.reports import count
from workflow.workshop import Workshop


def ask(shop: Workshop, item_id: str, *, reason: str, authority: str, agent: str) -> None:
    """Nothing; the wish stands until a second steward agrees or somebody refuses, and no byte goes before.

    Raises:
        ConfigurationError: the reason is no class, or nobody is named on whose authority.
        NotFoundError: there is no such item.
    """
    view = _purgeable(shop, item_id)
    if reason not in REASON_CLASSES:
        raise ConfigurationError(f'"{reason}" is no reason class: use one of {", ".join(REASON_CLASSES)}.')
    if not authority.strip():
        raise ConfigurationError("A purge needs an authority: say who decided it, and in which document.")
    now = datetime.now(UTC)
    stone = Tombstone(
        item=item_id,
        title=view.item.title,
        at=now,
        reason=reason,
        authority=authority.strip(),
        agents=(agent,),
        asked=True,
    )
    tombstones.put(shop.catalog, stone, deeds=[_wish(item_id, "purge asked", agent, now)])


def refuse(shop: Workshop, item_id: str, *, agent: str) -> None:
    """Nothing; the wish to purge is withdrawn, and the item stays as it is.

    Raises:
        NotFoundError: nobody asked for it.
    """
    _asked(shop, item_id)
    tombstones.drop(shop.catalog, item_id)
    chain.append(shop.catalog, [_wish(item_id, "purge refused", agent, datetime.now(UTC))])


def agree(shop: Workshop, item_id: str, *, agent: str) -> str:
    """What was erased, in a sentence. The item is hidden before anything else is done.

    Raises:
        ConfigurationError: the one who agrees is the one who asked, or a batch works on the item; nothing was done.
        NotFoundError: nobody asked, or there is no such item.
    """
    wish, view = _asked(shop, item_id), _purgeable(shop, item_id)
    if agent in wish.agents:
        raise ConfigurationError("A purge needs two stewards: somebody else than the one who asked must agree.")
    now = datetime.now(UTC)
    hidden = Access(state=AccessState.WITHDRAWN, reason=wish.reason, by=agent, at=now.isoformat())
    items.hide(shop.catalog, item_id, hidden)
    files, holders = purges.whereabouts(shop.catalog, item_id)
    stone = replace(
        wish,
        at=now,
        agents=(*wish.agents, agent),
        owed=tuple(dict.fromkeys([*(store.name for store in shop.stores), *holders])),
        asked=False,
    )
    batches.tell_item(shop.catalog, item_id, state="withdrawn")
    _clear_folders(shop, view)
    tombstones.bury(shop.catalog, stone, deeds=[_deletion(stone, view, files)])
    owed = _finish(shop, stone)
    done = len(stone.owed) - len(owed)
    told = f'"{view.item.title}" ({item_id}) is purged: {count(len(files), "file")} left {count(done, "store")}.'
    return told + "".join(f' The store "{name}" is away; what it holds goes when it is back.' for name in owed)


def finish_owed(shop: Workshop) -> int:
    """How many purges were brought to their end: those that were cut short, or that a store was away from."""
    owing = [stone for stone in tombstones.listing(shop.catalog) if stone.owed and not stone.asked]
    return sum(not _finish(shop, stone) for stone in owing)


def _finish(shop: Workshop, stone: Tombstone) -> tuple[str, ...]:
    """The names of the stores that still owe it; every step is safe to repeat."""
    # Told first: a store that lost the bytes but not the word could bring nothing back, the other way round it could.
    shipping.ship(shop)
    files = _files_of(shop, stone.item)
    cache = VerifiedCache(shop.home.cache / "files", shop.settings.cache_mb * 1_000_000)
    for _, sha512 in files:
        cache.drop(sha512)
    keys = [key for key, _ in files]
    stores = {store.name: store for store in shop.stores}
    owed = tuple(name for name in stone.owed if name not in stores or not _erased(shop, stores[name], stone.item, keys))
    tombstones.settle(shop.catalog, stone.item, owed)
    return owed


def _erased(shop: Workshop, store: Store, item_id: str, keys: list[str]) -> bool:
    known = known_stores.get(shop.catalog, store.name)
    if known and known.state == "swapped":  # it is not the store that owes it
        return False
    try:
        erase(store, item_id, keys=keys)
    except StorageError:
        return False
    return True


def _clear_folders(shop: Workshop, view: ItemView) -> None:
    """Takes what was made of the item out of this machine's folders."""
    home, item_id = shop.home, view.item.id
    for key in view.derived.values():
        if key:
            shutil.rmtree(home.derived_folder(key), ignore_errors=True)
    for folder in home.work.glob(f"{item_id}-*"):
        shutil.rmtree(folder, ignore_errors=True)
    left = [home.manifests / f"{item_id}.json", *home.cache.glob(f"pdf/{item_id}-v*.pdf")]
    for path in (*left, *(folder / item_id for folder in (home.wanted, home.withdrawn, home.intents))):
        path.unlink(missing_ok=True)


def _purgeable(shop: Workshop, item_id: str) -> ItemView:
    view = items.get(shop.catalog, item_id)
    if view is None:
        raise NotFoundError(f'There is no item "{item_id}": look at `muniment status` for what there is.')
    if any(job.item_id == item_id for batch in batches.unfinished(shop.catalog) for job in batch.jobs):
        raise ConfigurationError(f'A batch is working on "{item_id}": wait until it ends, then purge it.')
    return view


def _asked(shop: Workshop, item_id: str) -> Tombstone:
    stone = tombstones.get(shop.catalog, item_id)
    if stone is None or not stone.asked:
        raise NotFoundError(f'Nobody asked to purge "{item_id}": one steward asks, another one agrees.')
    return stone


def _wish(item_id: str, deed: str, agent: str, at: datetime) -> Deed:
    kind = EventType.METADATA_MODIFICATION.value
    return Deed(kind=kind, agent=agent, at=at, item=item_id, detail=f"{deed.capitalize()}.", facts={"deed": deed})


def _deletion(stone: Tombstone, view: ItemView, files: dict[str, str]) -> Deed:
    return Deed(
        kind=EventType.DELETION.value,
        agent=stone.agents[-1],
        at=stone.at,
        item=stone.item,
        detail="Purged from every store.",
        facts={
            "item": stone.item,
            "title": stone.title,
            "source_key": view.item.source_key,
            "reason": stone.reason,
            "authority": stone.authority,
            "agents": list(stone.agents),
            "files": [[key, sha512] for key, sha512 in files.items()],
            "stores": list(stone.owed),
        },
    )


def _files_of(shop: Workshop, item_id: str) -> list[list[str]]:
    """Key and SHA-512 of all that the deletion is about, as the chain has it."""
    deeds = [event.deed for event in chain.of_item(shop.catalog, item_id)]
    told = (deed.facts["files"] for deed in reversed(deeds) if deed.kind == EventType.DELETION.value)
    return next(told, [])
