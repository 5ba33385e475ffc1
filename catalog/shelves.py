"""Lists of items and collections, and what is held of a submission already."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, func, or_, select, true

from catalog.database import Catalog
from catalog.showing import whole_item
from catalog.tables import identities, items
from catalog.values import CollectionCard, HeldItem, ItemCard
from core.item import AccessState

MANY = 500  # SQLite takes a limited number of values in one question
CARD = (
    items.c.id,
    items.c.title,
    items.c.date,
    items.c.collection,
    items.c.pages,
    items.c.first_page_id,
    items.c.first_image_id,
    items.c.state,
    items.c.added,
    items.c.waiting,
)


def held(cat: Catalog, source_key: str) -> HeldItem | None:
    """The item of this source key, or None when it is not in."""
    query = (
        select(items).join(identities, identities.c.item_id == items.c.id).where(identities.c.source_key == source_key)
    )
    with cat.reading() as connection:
        row = connection.execute(query).first()
        if row is None:
            return None
        item, _ = whole_item(connection, row)
    return HeldItem(
        item=item,
        version=row.version,
        fingerprint=row.fingerprint,
        state=item.access.state,
        waiting=row.waiting,
    )


def held_by_images(cat: Catalog, fingerprint_images: str) -> str | None:
    """The id of the item first added with the same page images."""
    query = (
        select(items.c.id).where(items.c.image_fingerprint == fingerprint_images).order_by(items.c.added, items.c.id)
    )
    with cat.reading() as connection:
        found = connection.execute(query).scalar()
    return None if found is None else str(found)


def newest(
    cat: Catalog, *, limit: int, offset: int = 0, collection: str | None = None, public_only: bool = True
) -> tuple[ItemCard, ...]:
    """Items, newest first; those of a collection include its children's."""
    query = (
        select(*CARD)
        .where(seen_by(public_only), in_collection(collection))
        .order_by(items.c.added.desc(), items.c.row.desc())
        .limit(limit)
        .offset(offset)
    )
    with cat.reading() as connection:
        return tuple(card(row) for row in connection.execute(query))


def cards(cat: Catalog, ids: Sequence[str]) -> dict[str, ItemCard]:
    """The cards of these items by id, whoever may see them; ids that are unknown are left out."""
    query = select(*CARD).where(items.c.id.in_(bindparam("ids", expanding=True)))
    with cat.reading() as connection:
        parts = (ids[start : start + MANY] for start in range(0, len(ids), MANY))
        return {row.id: card(row) for part in parts for row in connection.execute(query, {"ids": list(part)})}


def count(cat: Catalog, *, collection: str | None = None, public_only: bool = True) -> int:
    """How many items `newest` can list."""
    query = select(func.count()).select_from(items).where(seen_by(public_only), in_collection(collection))
    with cat.reading() as connection:
        return int(connection.execute(query).scalar_one())


def collections(cat: Catalog, *, public_only: bool = True) -> tuple[CollectionCard, ...]:
    """All collections that hold an item, and their parents, by path; each is shown by a page of one of its items."""
    query = (
        select(items.c.collection, func.count(), func.min(items.c.first_image_id))
        .where(seen_by(public_only))
        .group_by(items.c.collection)
        .order_by(items.c.collection)
    )
    cards: dict[str, CollectionCard] = {}
    with cat.reading() as connection:
        for path, number, image in connection.execute(query):
            for part in _upwards(path):
                known = cards.get(part) or _empty(part, image)
                cards[part] = replace(known, items=known.items + number)
    return tuple(cards[path] for path in sorted(cards))


def card(row: Row[Any]) -> ItemCard:
    """The card of a row of the columns `CARD`."""
    fields = {column.name: getattr(row, column.name) for column in CARD}
    return ItemCard(**{**fields, "state": AccessState(row.state)})


def seen_by(public_only: bool) -> ColumnElement[bool]:
    """The condition for items that readers may see today, or none for staff; `ItemView.public` in SQL."""
    if not public_only:
        return true()
    over = and_(items.c.state == AccessState.EMBARGOED, items.c.embargo_until <= datetime.now(UTC).date())
    return and_(or_(items.c.state == AccessState.PUBLISHED, over), ~items.c.waiting)


def in_collection(path: str | None) -> ColumnElement[bool]:
    """The condition for items of a collection and its children, or none."""
    if path is None:
        return true()
    # "0" follows "/" in the order of code points, so that an index finds the children; LIKE would ignore case.
    below = and_(items.c.collection >= f"{path}/", items.c.collection < f"{path}0")
    return or_(items.c.collection == path, below)


def _upwards(path: str) -> Iterable[str]:
    parts = path.split("/")
    return ("/".join(parts[:length]) for length in range(1, len(parts) + 1))


def _empty(path: str, image: str) -> CollectionCard:
    parent, _, title = path.rpartition("/")
    return CollectionCard(path=path, title=title, items=0, parent=parent or None, first_image_id=image)
