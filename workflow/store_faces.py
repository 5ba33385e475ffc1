"""The stores as the fixity desk shows them."""

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from catalog import audits, copies, known_stores
from catalog.fixity_values import Coverage, KnownStore
from fixity.due import forecast
from storage.folder import FolderStore
from storage.s3 import S3Store
from storage.stores import Store
from viewer.fixity_actions import StoreFace
from workflow.reports import count
from workflow.workshop import Workshop

Held = Mapping[str, Coverage]  # what each store holds, by its name


def faces(shop: Workshop) -> tuple[StoreFace, ...]:
    """The stores in their order, by what the catalogue knows of them; no store is asked."""
    known = {one.name: one for one in known_stores.listing(shop.catalog)}
    held = {one.store: one for one in audits.coverage(shop.catalog, datetime.now(UTC))}
    told = _canaries(shop)
    return tuple(_face(shop, store, known.get(store.name), held, told.get(store.name, "")) for store in shop.stores)


def _face(shop: Workshop, store: Store, known: KnownStore | None, held: Held, canaries: str) -> StoreFace:
    days = store.terms.days or shop.settings.audit_days
    return StoreFace(
        name=store.name,
        role=str(store.role),
        place=store.terms.words or store.place,
        threats=store.terms.threats,
        state=known.state if known else "new",
        sentence=known.sentence if known else "",
        days=days,
        daily=store.terms.daily,
        monthly=forecast(held[store.name].bytes if store.name in held else 0, timedelta(days=days)),
        free=_free(shop, store),
        canaries=canaries,
        loss=_loss(shop, store, held),
    )


def _loss(shop: Workshop, store: Store, held: Held) -> str:
    """What would go with this store: nothing, where another one holds every item that it holds, and holds it well."""
    if store.name not in held:
        return ""
    others = [one.name for one in shop.stores if one.name != store.name and one.name in held]
    whole = [name for name in others if next(copies.lacking(shop.catalog, [name]), None) is None]
    if not whole:
        return "Items would be lost with it: no other store holds all of them."
    best = min(whole, key=lambda name: held[name].not_intact)
    if bad := held[best].not_intact:
        hurt = f"{bad:,} {'is' if bad == 1 else 'are'} not intact there"
        return f'{count(bad, "file")} could be lost with it: "{best}" holds every item, but {hurt}.'
    return f'Nothing would be lost with it: "{best}" holds every item.'


def _canaries(shop: Workshop) -> dict[str, str]:
    """What the canaries of each store said in the newest run that asked them."""
    told: dict[str, str] = {}
    for run in reversed(audits.latest(shop.catalog, 10)):
        told |= {name: str(said["canaries"]) for name, said in run.stores.items() if said.get("canaries")}
    return told


def _free(shop: Workshop, store: Store) -> int | None:
    """The bytes left on the store's disk, where it is one of this machine's."""
    folder = store.root if isinstance(store, FolderStore) else None
    if isinstance(store, S3Store) and store.local:
        folder = shop.home.store if shop.home.store.exists() else shop.home.folder
    try:
        return shutil.disk_usage(folder).free if folder else None
    except OSError:
        return None
