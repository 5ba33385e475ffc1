"""Ids that last: minted once for a source key and for each of its images, and never given to anything else.

An image is known by its master's SHA-256, its index in that file, and, where a master was delivered more than once
(ten blank pages from one file), by which of the equal ones it is. Ids that are no longer in use stay noted: a page
that comes back in a later version is the same page again.
"""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, or_, select

from catalog.database import Catalog
from catalog.rows import put
from catalog.tables import identities, items, page_identities
from catalog.values import Reservation
from core import ids
from core.item import Item

Image = tuple[str, int, int]


def reserve(cat: Catalog, source_key: str, *, images: Sequence[tuple[str, int]]) -> Reservation:
    """The ids of the item of this source key and of its pages; `images` are (master's SHA-256, index) in page order.

    Mints what is new and answers what is known: safe to repeat, also for an item that is in already.
    """
    with cat.writing() as connection:
        item_id = _item_id(connection, source_key)
        known = _known(connection, item_id)
        wanted = _told_apart(images)
        missing = {image: ids.mint() for image in wanted if image not in known}
        _note(connection, item_id, missing)
    return Reservation(item_id, tuple(known.get(image) or missing[image] for image in wanted))


def note_saved(connection: Connection, item: Item, masters: dict[str, str]) -> None:
    """Notes the ids that an item came with, in case this catalogue never minted them (it was rebuilt).

    `masters` are the SHA-256 of the item's files by logical path. An item that is in keeps its source key; one that
    was only reserved gives it up.
    """
    holder = connection.execute(
        select(identities.c.item_id)
        .join(items, items.c.id == identities.c.item_id)
        .where(identities.c.source_key == item.source_key)
    ).scalar()
    if holder is None:
        connection.execute(
            delete(identities).where(or_(identities.c.item_id == item.id, identities.c.source_key == item.source_key))
        )
        connection.execute(insert(identities), {"source_key": item.source_key, "item_id": item.id})
    images = _told_apart([(masters.get(page.file, ""), page.facts.index) for page in item.pages])
    found = dict(zip(images, (page.id for page in item.pages), strict=True))
    stale = [page_id for image, page_id in _known(connection, item.id).items() if found.get(image, page_id) != page_id]
    connection.execute(delete(page_identities).where(page_identities.c.id.in_(stale)))
    _note(connection, item.id, found)


def forget(connection: Connection, item_id: str) -> None:
    """Drops every id of an item: only for one that was never more than a sample."""
    connection.execute(delete(page_identities).where(page_identities.c.item_id == item_id))
    connection.execute(delete(identities).where(identities.c.item_id == item_id))


def _item_id(connection: Connection, source_key: str) -> str:
    known = connection.execute(select(identities.c.item_id).where(identities.c.source_key == source_key)).scalar()
    if known is not None:
        return str(known)
    minted = ids.mint()
    connection.execute(insert(identities), {"source_key": source_key, "item_id": minted})
    return minted


def _told_apart(images: Sequence[tuple[str, int]]) -> list[Image]:
    seen: Counter[tuple[str, int]] = Counter()
    told: list[Image] = []
    for image in images:
        told.append((*image, seen[image]))
        seen[image] += 1
    return told


def _known(connection: Connection, item_id: str) -> dict[Image, str]:
    query = select(page_identities).where(page_identities.c.item_id == item_id)
    return {(row.sha256, row.image_index, row.occurrence): row.id for row in connection.execute(query)}


def _note(connection: Connection, item_id: str, found: dict[Image, str]) -> None:
    rows = [
        {"id": page_id, "item_id": item_id, "sha256": image[0], "image_index": image[1], "occurrence": image[2]}
        for image, page_id in found.items()
    ]
    put(connection, page_identities, rows)
