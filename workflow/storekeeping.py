"""Which stores may be used: those that answer, and are the ones that they were.

A store is known by the id in its `store.json`. One that has none, or another one, was emptied or exchanged: it is one
case, and nothing is read from it or written to it until a person decides. One that does not answer is away: it is
caught up when it comes back.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from catalog import cases, copies, items, known_stores
from catalog.fixity_values import Case, CaseKind, CaseState, KnownStore
from core.errors import StorageError, StoreUnavailableError
from storage import canaries
from storage.census import root_files
from storage.layout import case_id, object_id
from storage.ocfl import initialise, read_inventory, store_id
from storage.stores import Role, Store
from workflow import crashing, deeds, intents
from workflow.history import program_id
from workflow.workshop import Workshop

WELL, AWAY, SWAPPED = "well", "away", "swapped"
EMPTIED = 'The store "{name}" ({place}) is not the one it was: it {found}. Nothing is read from it or written to it'
REMEDY = "bring the right one back, or, when it is to be filled anew, run `muniment replicate --to {name} --accept`."


def look(shop: Workshop) -> tuple[KnownStore, ...]:
    """How every store is now, in the order of the settings; a new one is laid out, and what changed is noted."""
    return tuple(_look(shop, store) for store in shop.stores)


def standing(shop: Workshop) -> tuple[Store, ...]:
    """The stores that answer and are what they were; the others are left alone."""
    return tuple(store for store, seen in zip(shop.stores, look(shop), strict=True) if seen.state == WELL)


def required(stores: Sequence[Store]) -> tuple[Store, ...]:
    """Those that must hold an item before it can be seen."""
    return tuple(store for store in stores if store.role is Role.REQUIRED)


def absent(shop: Workshop, stores: Sequence[Store]) -> tuple[str, ...]:
    """The names of the required stores that are not among these."""
    names = {store.name for store in stores}
    return tuple(store.name for store in shop.required if store.name not in names)


def waits_for(shop: Workshop, item_id: str) -> str:
    """Which required stores an item that nobody may see yet waits for, in a sentence."""
    held = copies.holders(shop.catalog, item_id)
    names = ", ".join(f'"{store.name}"' for store in shop.required if store.name not in held)
    return f"It is stored, and waits to be copied to {names} before it is shown: this happens by itself."


def must_wait(shop: Workshop, item_id: str, holders: Sequence[str]) -> bool:
    """True for an item that nobody has seen yet, while a required store is not among those that hold it.

    One that was visible before stays so: it is under-replicated, and caught up.
    """
    view = items.get(shop.catalog, item_id)
    seen = view is not None and not view.waiting
    return not seen and any(store.name not in holders for store in shop.required)


def first_for(shop: Workshop, item_id: str, stores: Sequence[Store]) -> Store:
    """The store of these in which the item's next version is committed: a required one that holds its present one.

    Raises:
        StoreUnavailableError: there is none; or the version may stand, unknown, in a store that is away.
    """
    ours, intended = required(stores), intents.of(shop.home, item_id)
    if intended and intended not in {store.name for store in stores}:
        raise unavailable(shop, f'"{item_id}" was being written to the store "{intended}", which is away')
    if view := items.get(shop.catalog, item_id):
        ours = tuple(store for store in ours if _holds(store, item_id, view.version))
    ordered = sorted(ours, key=lambda store: store.name != intended)
    if not ordered:
        raise unavailable(shop, f'No required store that answers can take "{item_id}"')
    return ordered[0]


def unavailable(shop: Workshop, sentence: str) -> StoreUnavailableError:
    """The error with this beginning of a sentence, and with the stores that are waited for."""
    told = [f"{one.name}: {one.sentence}" for one in known_stores.listing(shop.catalog) if one.state != WELL]
    return StoreUnavailableError(f"{sentence}. It is tried again by itself. {' '.join(told)}".strip())


def trouble(shop: Workshop) -> str:
    """What is wrong with the required stores, or "ok"; asks them, and writes nothing."""
    seen = [(store, _seen(shop, store, known_stores.get(shop.catalog, store.name))) for store in shop.required]
    new = [f"not laid out yet: {store.name}" for store, found in seen if found is None]
    return " ".join([found.sentence for _, found in seen if found and found.state != WELL] + new) or "ok"


def is_ours(shop: Workshop, store: Store) -> bool:
    """True for a store that may be read before anything is known of it: the one that it was, or one with an id."""
    seen = _seen(shop, store, known_stores.get(shop.catalog, store.name))
    return store_id(store) is not None if seen is None else seen.state == WELL


def _holds(store: Store, item_id: str, version: int) -> bool:
    inventory = read_inventory(store, object_id(item_id))
    return inventory is not None and inventory.head >= version


def _look(shop: Workshop, store: Store) -> KnownStore:
    known = known_stores.get(shop.catalog, store.name)
    found = _seen(shop, store, known) or _welcome(shop, store)
    if known is None or (known.state, known.sentence) != (found.state, found.sentence):
        _note(shop, store, known, found)
    return found


def _seen(shop: Workshop, store: Store, known: KnownStore | None) -> KnownStore | None:
    """How the store is now; None when it is new, and here. Writes nothing."""
    known_id = known.store_id if known else ""
    try:
        found = store_id(store)
    except StorageError as error:
        return _as(store, AWAY, known_id, str(error))
    if not known_id:
        return _same_as_another(shop, store, found)
    if found == known_id:
        return _as(store, WELL, known_id)
    why = "holds another store's id" if found else "is empty or holds no id"
    return _as(store, SWAPPED, known_id, _swapped(store, why))


def _same_as_another(shop: Workshop, store: Store, found: str | None) -> KnownStore | None:
    for other in known_stores.listing(shop.catalog):
        if found and other.store_id == found and other.name != store.name:
            return _as(store, SWAPPED, "", _swapped(store, f'is the store "{other.name}", or a copy of it'))
    return None


def _swapped(store: Store, why: str) -> str:
    remedy = REMEDY.format(name=store.name)
    return f"{EMPTIED.format(name=store.name, place=store.place, found=why)}: {remedy}"


def _as(store: Store, state: str, known_id: str, sentence: str = "") -> KnownStore:
    return KnownStore(name=store.name, store_id=known_id, state=state, since=datetime.now(UTC), sentence=sentence)


def _welcome(shop: Workshop, store: Store) -> KnownStore:
    """A store that is seen for the first time: laid out where it is empty, its canaries planted, its files known."""
    try:
        name = initialise(store)
        crashing.step("store.laid-out")
        canaries.plant(store, name)
        files = root_files(store)
    except StorageError as error:
        return _as(store, AWAY, "", str(error))
    crashing.step("store.planted")
    copies.add(shop.catalog, store.name, files, item="", at=datetime.now(UTC), deeds=(deeds.of_store(store, files),))
    crashing.step("store.recorded")
    return _as(store, WELL, name)


def _note(shop: Workshop, store: Store, known: KnownStore | None, found: KnownStore) -> None:
    """The case first: whoever is killed in between finds the change again."""
    if found.state == SWAPPED:
        cases.open_or_reopen(shop.catalog, _case(store, found), agent=program_id(), run="")
    elif known and known.state == SWAPPED and found.state == WELL:
        cases.decide(shop.catalog, _case_id(store), "repaired", program_id(), state=CaseState.REPAIRED)
    known_stores.note(shop.catalog, found)


def _case_id(store: Store) -> str:
    return case_id(store.name, f"\0{CaseKind.STORE_SWAPPED}")


def _case(store: Store, found: KnownStore) -> Case:
    return Case(
        id=_case_id(store),
        kind=CaseKind.STORE_SWAPPED,
        state=CaseState.OPEN,
        store=store.name,
        key="",
        item="",
        file="",
        hint=found.sentence,
        opened=found.since,
        changed=found.since,
    )
