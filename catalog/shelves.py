"""Lists of items and collections, and what is held of a submission already."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

from catalog.database import Catalog
from catalog.showing import whole_item
from catalog.tables import identities, items, shelf_counts
from catalog.values import CollectionCard, HeldItem, ItemCard
from core.item import AccessState

FEW = 50  # collections whose lists are merged; of more all items are put in order
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
    """Items, newest first; those of a collection include its children's. Walked to from the end that is nearer."""
    with cat.reading() as connection:
        behind = _count(connection, collection, public_only) - offset - limit if offset else 0
        if offset > behind:
            number, skipped = max(limit + min(behind, 0), 0), max(behind, 0)
            rows = _rows(connection, collection, public_only, number, skipped, newest_last=True)[::-1]
        else:
            rows = _rows(connection, collection, public_only, limit, offset)
        query = select(items.c.row, *CARD).where(items.c.row.in_(bindparam("rows", expanding=True)))
        parts = (rows[start : start + MANY] for start in range(0, len(rows), MANY))
        found = {row.row: card(row) for part in parts for row in connection.execute(query, {"rows": list(part)})}
    return tuple(found[row] for row in rows)


def cards(cat: Catalog, ids: Sequence[str]) -> dict[str, ItemCard]:
    """The cards of these items by id, whoever may see them; ids that are unknown are left out."""
    query = select(*CARD).where(items.c.id.in_(bindparam("ids", expanding=True)))
    with cat.reading() as connection:
        parts = (ids[start : start + MANY] for start in range(0, len(ids), MANY))
        return {row.id: card(row) for part in parts for row in connection.execute(query, {"ids": list(part)})}


def count(cat: Catalog, *, collection: str | None = None, public_only: bool = True) -> int:
    """How many items `newest` can list."""
    with cat.reading() as connection:
        return _count(connection, collection, public_only)


def collections(cat: Catalog, *, public_only: bool = True, pictured: bool = True) -> tuple[CollectionCard, ...]:
    """All collections that hold an item, and their parents, by path; each is shown by a page of one of its items.

    When they are not to be `pictured`, no page is looked for.
    """
    query = _shelves(public_only, pictured, datetime.now(UTC).date())
    with cat.reading() as connection:
        return _with_parents(tuple(connection.execute(query).tuples()))


@lru_cache(maxsize=8)  # to make the question costs more than its answer
def _shelves(public_only: bool, pictured: bool, today: date) -> Select[Any]:
    """Each collection that holds an item itself, how many, and an image of one of them."""
    counted = (
        select(shelf_counts.c.collection, func.sum(shelf_counts.c.held).label("held"))
        .where(seen_by(public_only, today, table=shelf_counts))
        .group_by(shelf_counts.c.collection)
        .subquery()
    )
    here = items.c.collection == counted.c.collection
    oldest = select(items.c.first_image_id).where(here, seen_by(public_only, today)).order_by(items.c.added)
    image = oldest.limit(1).scalar_subquery() if pictured else literal("").label("image")
    return select(counted.c.collection, counted.c.held, image).order_by(counted.c.collection)


@lru_cache(maxsize=8)  # they seldom change between two questions
def _with_parents(rows: tuple[tuple[str, int, str], ...]) -> tuple[CollectionCard, ...]:
    numbers, images = Counter[str](), dict[str, str]()
    for path, number, image_id in rows:
        for part in _upwards(path):
            numbers[part] += number
            images.setdefault(part, image_id)
    return tuple(_collection(path, numbers[path], images[path]) for path in sorted(numbers))


def card(row: Row[Any]) -> ItemCard:
    """The card of a row of the columns `CARD`."""
    fields = {column.name: getattr(row, column.name) for column in CARD}
    return ItemCard(**{**fields, "state": AccessState(row.state)})


def seen_by(public_only: bool, today: date | None = None, *, table: Table = items) -> ColumnElement[bool]:
    """The condition for items that readers may see today, or none for staff; `ItemView.public` in SQL."""
    if not public_only:
        return true()
    over = table.c.embargo_until <= (today or datetime.now(UTC).date())
    opened = and_(table.c.state == AccessState.EMBARGOED, over)
    return and_(or_(table.c.state == AccessState.PUBLISHED, opened), ~table.c.waiting)


def in_collection(path: str | None, table: Table = items) -> ColumnElement[bool]:
    """The condition for items of a collection and its children, or none."""
    if path is None:
        return true()
    # "0" follows "/" in the order of code points, so that an index finds the children; LIKE would ignore case.
    below = and_(table.c.collection >= f"{path}/", table.c.collection < f"{path}0")
    return or_(table.c.collection == path, below)


def _count(connection: Connection, collection: str | None, public_only: bool) -> int:
    query = select(func.coalesce(func.sum(shelf_counts.c.held), 0)).where(
        seen_by(public_only, table=shelf_counts), in_collection(collection, shelf_counts)
    )
    return int(connection.execute(query).scalar_one())


def _rows(
    connection: Connection, path: str | None, public_only: bool, limit: int, offset: int, *, newest_last: bool = False
) -> Sequence[int]:
    """The rows of items in the order they came in, after so many of them."""
    listed = _listed(connection, path, public_only, limit + offset, newest_last=newest_last)
    return connection.execute(listed.limit(limit).offset(offset)).scalars().all()


def _listed(
    connection: Connection, path: str | None, public_only: bool, most: int, *, newest_last: bool = False
) -> Select[tuple[int]]:
    """The rows of items in order, walked in an index; a collection's children each as far as they can matter."""
    columns, seen = (items.c.row, items.c.added), seen_by(public_only)

    def in_order(query: Select[Any], table: FromClause = items) -> Select[Any]:
        added, row = table.c.added, table.c.row
        return query.order_by(added, row) if newest_last else query.order_by(added.desc(), row.desc())

    if path is None:
        return in_order(select(items.c.row).where(seen))
    below = select(shelf_counts.c.collection).distinct().where(in_collection(path, shelf_counts))
    paths = connection.execute(below.limit(FEW + 1)).scalars().all()
    if not 0 < len(paths) <= FEW:
        return in_order(select(items.c.row).where(seen, in_collection(path)))
    each = [in_order(select(*columns).where(seen, items.c.collection == one)).limit(most) for one in paths]
    found = union_all(*(select(one.subquery()) for one in each)).subquery()
    return in_order(select(found.c.row), found)


def _upwards(path: str) -> Iterable[str]:
    parts = path.split("/")
    return ("/".join(parts[:length]) for length in range(1, len(parts) + 1))


def _collection(path: str, number: int, image: str) -> CollectionCard:
    parent, _, title = path.rpartition("/")
    return CollectionCard(path=path, title=title, items=number, parent=parent or None, first_image_id=image)
