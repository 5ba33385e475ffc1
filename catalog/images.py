"""One image by its identifier, asked thousands of times a second: the same question as `showing.image`, asked bare.

Nothing is remembered between two questions, so that what was withdrawn is gone at the next one, whichever process wrote
it down; what is spared is the making of a statement and a transaction around it.
"""

from collections.abc import Collection
from functools import cache

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import dialect

from catalog.database import Catalog
from catalog.showing import IMAGE, image_view
from catalog.tables import pages
from catalog.values import ImageView


def glance(cat: Catalog, image_id: str) -> ImageView | None:
    """What `items.image` answers at this moment, at a tenth of the cost.

    Raises:
        CatalogError: the database could not answer.
    """
    query, columns = _asked()
    with cat.glancing() as connection:
        rows = connection.execute(query, (image_id,)).fetchall()  # to the end, or its view of the past would stay open
    return image_view(dict(zip(columns, rows[0], strict=True))) if rows else None


def held_keys(cat: Catalog, keys: Collection[str]) -> frozenset[str]:
    """Those of the keys under which derived files of a page in the catalogue lie.

    Raises:
        CatalogError: the database could not answer.
    """
    with cat.reading() as connection:
        return frozenset(connection.execute(select(pages.c.derived).where(pages.c.derived.in_(keys))).scalars())


@cache
def _asked() -> tuple[str, tuple[str, ...]]:
    """The statement as SQLite takes it, and the names of its columns."""
    query = IMAGE.where(pages.c.image_id == "?")
    return str(query.compile(dialect=dialect())), tuple(str(column.key) for column in query.selected_columns)
