"""What stays of purged items: that there was one, why it went, and who decided it. Never what it was made of."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import RowMapping, delete, select, tuple_, update

from catalog import cases, chain, indexing, saving
from catalog.database import Catalog
from catalog.fixity_values import Tombstone
from catalog.rows import put as put_row
from catalog.tables import copies, page_identities, reads, tombstones
from core.errors import NotFoundError
from core.events import Deed, Event


def get(cat: Catalog, item: str) -> Tombstone | None:
    """What stays of the item, or what is asked for while `asked`; None for an item that nobody wants purged."""
    with cat.reading() as connection:
        row = connection.execute(select(tombstones).where(tombstones.c.item == item)).mappings().first()
    return _stone(row) if row else None


def listing(cat: Catalog) -> tuple[Tombstone, ...]:
    """All of them, newest first, those that are only asked for too."""
    query = select(tombstones).order_by(tombstones.c.at.desc(), tombstones.c.item)
    with cat.reading() as connection:
        return tuple(_stone(row) for row in connection.execute(query).mappings())


def put(cat: Catalog, stone: Tombstone, deeds: Sequence[Deed] = ()) -> tuple[Event, ...]:
    """The deeds as events, appended as the tombstone is kept; what was kept of this item's before is replaced.

    The item itself stays in: `bury` takes it out.
    """
    with cat.writing() as connection:
        put_row(connection, tombstones, [_row(stone)])
        return chain.add(connection, deeds)


def bury(cat: Catalog, stone: Tombstone, deeds: Sequence[Deed] = ()) -> tuple[Event, ...]:
    """The deeds as events, appended as the item goes out of everything and its tombstone is kept, in one transaction.

    Pages, texts, index, files, copies, reads and page ids go; its cases are closed. What stays is the tombstone, the
    chain, and which source key the id belongs to, so that a delivery under that key is known again. The words are
    overwritten in the database's files too; those of its log go once nobody reads an older state. Safe to repeat, but
    that deeds given again are told again.
    """
    with cat.writing() as connection:
        events = chain.add(connection, deeds)
        saving.take_out(connection, stone.item)
        held = select(copies.c.store, copies.c.key).where(copies.c.item_id == stone.item)
        connection.execute(delete(reads).where(tuple_(reads.c.store, reads.c.key).in_(held)))
        connection.execute(delete(copies).where(copies.c.item_id == stone.item))
        connection.execute(delete(page_identities).where(page_identities.c.item_id == stone.item))
        cases.close_of_item(connection, stone.item, stone.agents[-1] if stone.agents else "", stone.at)
        put_row(connection, tombstones, [{**_row(stone), "asked": False}])
    indexing.squeeze(cat)
    cat.settle()
    return events


def settle(cat: Catalog, item: str, owed: Sequence[str]) -> None:
    """Notes which stores' copies are still to be erased; raises NotFoundError when the item was never purged."""
    with cat.writing() as connection:
        changed = connection.execute(update(tombstones).where(tombstones.c.item == item).values(owed=list(owed)))
    if not changed.rowcount:
        raise NotFoundError(f'The item "{item}" was never purged: nothing is owed for it.')


def drop(cat: Catalog, item: str) -> None:
    """Forgets that a purge was asked for; a tombstone that stands is left. Safe to repeat."""
    with cat.writing() as connection:
        connection.execute(delete(tombstones).where(tombstones.c.item == item, tombstones.c.asked))


def is_purged(cat: Catalog, item: str) -> bool:
    """True when the item was purged; not while the second steward has not agreed."""
    stone = get(cat, item)
    return stone is not None and not stone.asked


def _row(stone: Tombstone) -> dict[str, Any]:
    return {**asdict(stone), "agents": list(stone.agents), "owed": list(stone.owed)}


def _stone(row: RowMapping) -> Tombstone:
    return Tombstone(**{**row, "agents": tuple(row["agents"]), "owed": tuple(row["owed"])})
