"""One item or one image as it is shown."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from catalog.database import Catalog
from catalog.tables import items, pages
from catalog.values import ImageView, ItemView
from core.images import ImageFacts
from core.item import Access, AccessState, Item, Page
from core.record import access_from_json, item_from_json

IMAGE = select(
    pages.c.item_id,
    pages.c.id.label("page_id"),
    pages.c.derived,
    pages.c.width,
    pages.c.height,
    items.c.access,
    items.c.waiting,
).join(items, items.c.id == pages.c.item_id)


def get(cat: Catalog, item_id: str) -> ItemView | None:
    """The item with its pages, or None when there is no such item; hidden ones too: look at `public`."""
    with cat.reading() as connection:
        row = connection.execute(select(items).where(items.c.id == item_id)).first()
        if row is None:
            return None
        item, found = whole_item(connection, row)
    return ItemView(
        item=item,
        version=row.version,
        added=row.added,
        changed=row.changed,
        derived={page.id: page.derived for page in found},
        has_text=frozenset(page.id for page in found if page.has_text),
        batch_id=row.batch_id,
        public=item.access.public_on(datetime.now(UTC).date()) and not row.waiting,
        waiting=row.waiting,
    )


def image(cat: Catalog, image_id: str) -> ImageView | None:
    """What it takes to serve an image, or None when there is no such image; one look into two indices."""
    with cat.reading() as connection:
        row = connection.execute(IMAGE.where(pages.c.image_id == image_id)).mappings().first()
    return None if row is None else image_view(dict(row))


def image_view(row: Mapping[str, Any]) -> ImageView:
    """Who may see the image, and where it lies, from a row of `IMAGE`."""
    access = access_from_json(row["access"])
    if row["waiting"] and access.state is not AccessState.WITHDRAWN:
        access = replace(access, state=AccessState.STAFF)
    told = {name: value for name, value in row.items() if name != "waiting"}
    return ImageView(**{**told, "access": access})


def waiting(cat: Catalog) -> tuple[str, ...]:
    """The ids of the items that a required store lacks, in the order they came in."""
    query = select(items.c.id).where(items.c.waiting).order_by(items.c.row)
    with cat.reading() as connection:
        return tuple(connection.execute(query).scalars())


def tombstone(cat: Catalog, item_id: str) -> Access | None:
    """Who withdrew the item, when and for what class of reason; None for one that was not withdrawn."""
    with cat.reading() as connection:
        found = connection.execute(select(items.c.access).where(items.c.id == item_id)).scalar()
    access = access_from_json(found)
    return access if access.state is AccessState.WITHDRAWN else None


def whole_item(connection: Connection, row: Row[Any]) -> tuple[Item, tuple[Row[Any], ...]]:
    """The item of a row of `items`, and the rows of its pages in order."""
    query = select(pages).where(pages.c.item_id == row.id).order_by(pages.c.number)
    found = tuple(connection.execute(query))
    item = item_from_json(row.record, '{"pages": []}', row.access)
    return replace(item, pages=tuple(_page(page) for page in found)), found


def _page(row: Row[Any]) -> Page:
    return Page(
        id=row.id,
        number=row.number,
        label=row.label,
        file=row.file,
        source_name=row.source_name,
        facts=ImageFacts(**row.facts),
        version=row.version,
    )
