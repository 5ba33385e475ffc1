"""Everything that the catalogue knows to lie somewhere of an item, in any version: what a purge has to erase."""

from sqlalchemy import select

from catalog.database import Catalog
from catalog.fixity_tables import copies


def whereabouts(cat: Catalog, item_id: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """The SHA-512 of every file of an item by its key, bookkeeping included, and the names of the stores, sorted."""
    query = select(copies.c.key, copies.c.sha512, copies.c.store).where(copies.c.item_id == item_id)
    with cat.reading() as connection:
        rows = connection.execute(query.order_by(copies.c.key, copies.c.store)).all()
    return {row.key: row.sha512 for row in rows}, tuple(sorted({row.store for row in rows}))
