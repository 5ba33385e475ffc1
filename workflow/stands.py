"""Where each store stands: its disks, its machine, the operator's word for it; and which of them fall together."""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from storage.folder import FolderStore
from storage.s3 import S3Store
from storage.stores import Store
from workflow.disks import HERE, Spot, spot_of
from workflow.workshop import Workshop


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a store stands: disks and machine (None while it is away), the operator's word, what it is kept on."""

    name: str
    spot: Spot | None
    words: str
    medium: str


def stands(shop: Workshop) -> tuple[Stand, ...]:
    """Where each store stands, in their order; no store is asked, only this machine.

    Raises:
        ConfigurationError: the stores cannot be opened.
    """
    return tuple(_stand(shop, store) for store in shop.stores)


def houses(found: Sequence[Stand]) -> tuple[tuple[Stand, ...], ...]:
    """The stores by what one fire would take together, the largest loss first."""
    groups: list[list[Stand]] = []
    for stand in found:
        near = [group for group in groups if any(tie(stand, other) for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([*(one for group in near for one in group), stand])
    ordered = [tuple(sorted(group, key=found.index)) for group in groups]
    return tuple(sorted(ordered, key=lambda group: (-len(group), found.index(group[0]))))


def tie(one: Stand, other: Stand) -> str:
    """What two stores share, in words; "" when they are lost in different fires, as far as anybody has told us."""
    if one.words and one.words.casefold() == other.words.casefold():
        return f"in one place ({one.words})"
    if one.spot is None or other.spot is None:
        return ""
    if one.spot.disks & other.spot.disks:
        return "on one disk"
    if one.spot.machine != other.spot.machine:
        return ""
    if one.spot.machine == HERE:
        return "in one machine"
    told_apart = one.words and other.words  # one endpoint, say of a provider, may serve several places
    return "" if told_apart else f"at one host ({one.spot.machine})"


def _stand(shop: Workshop, store: Store) -> Stand:
    spot, medium = _spot(shop, store)
    return Stand(store.name, spot, store.terms.words.strip(), medium)


def _spot(shop: Workshop, store: Store) -> tuple[Spot | None, str]:
    try:
        if isinstance(store, FolderStore):
            spot = spot_of(store.root)
            return spot, "disk" if spot.machine == HERE else "share"
        if isinstance(store, S3Store) and not store.local:
            return Spot(frozenset(), _machine(store.client.meta.endpoint_url)), "object storage"
        return spot_of(shop.home.store if shop.home.store.exists() else shop.home.folder), "disk"
    except OSError:
        return None, "unknown"


def _machine(endpoint: str) -> str:
    host = urlsplit(endpoint).hostname or endpoint
    return HERE if host in ("localhost", "127.0.0.1", "::1", socket.gethostname()) else host
