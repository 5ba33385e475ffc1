"""What was done, in order; only ever added."""

from datetime import datetime

from sqlalchemy import insert, select

from catalog.database import Catalog
from catalog.tables import events
from catalog.values import EventView


def append(cat: Catalog, *, kind: str, item_id: str | None, agent: str, outcome: str, detail: str, at: datetime) -> int:
    """The number of the event that was added; `kind` is a PREMIS event type, `agent` an opaque agent id."""
    row = {"kind": kind, "item_id": item_id, "agent": agent, "outcome": outcome, "detail": detail, "at": at}
    with cat.writing() as connection:
        return int(connection.execute(insert(events).returning(events.c.number), row).scalar_one())


def of_item(cat: Catalog, item_id: str) -> tuple[EventView, ...]:
    """Everything that was done with an item, oldest first."""
    query = select(events).where(events.c.item_id == item_id).order_by(events.c.number)
    with cat.reading() as connection:
        return tuple(EventView(**row) for row in connection.execute(query).mappings())
