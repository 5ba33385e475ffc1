"""The stores as they were last seen: which one stood at a name, and how it was."""

from sqlalchemy import case, select
from sqlalchemy.dialects.sqlite import insert

from catalog.database import Catalog
from catalog.fixity_values import KnownStore
from catalog.tables import stores


def get(cat: Catalog, name: str) -> KnownStore | None:
    """The store of this name as it was last seen, or None when it never was."""
    with cat.reading() as connection:
        row = connection.execute(select(stores).where(stores.c.name == name)).mappings().first()
    return KnownStore(**row) if row else None


def listing(cat: Catalog) -> tuple[KnownStore, ...]:
    """All stores that were ever seen, by name."""
    with cat.reading() as connection:
        return tuple(KnownStore(**row) for row in connection.execute(select(stores).order_by(stores.c.name)).mappings())


def note(cat: Catalog, store: KnownStore) -> KnownStore:
    """The store as it is kept now: `since` stays the earlier one while its id and state are the same."""
    row = {
        "name": store.name,
        "store_id": store.store_id,
        "state": store.state,
        "since": store.since,
        "sentence": store.sentence,
    }
    statement = insert(stores)
    new = statement.excluded
    same = (stores.c.state == new.state) & (stores.c.store_id == new.store_id)
    kept = {
        "store_id": new.store_id,
        "state": new.state,
        "sentence": new.sentence,
        "since": case((same, stores.c.since), else_=new.since),
    }
    with cat.writing() as connection:
        connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=kept), row)
        found = connection.execute(select(stores).where(stores.c.name == store.name)).mappings().one()
    return KnownStore(**found)
