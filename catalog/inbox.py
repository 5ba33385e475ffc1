"""What lies in the inbox and was not queued yet; local to the machine."""

from dataclasses import asdict

from sqlalchemy import delete, select

from catalog.database import Catalog
from catalog.rows import put
from catalog.tables import inbox as table
from catalog.values import INBOX_STATES, InboxEntry


def inbox_put(cat: Catalog, entry: InboxEntry) -> None:
    """Keeps what is known of a folder in the inbox; an earlier entry of the same path is replaced.

    Raises:
        ValueError: the state is not one of `INBOX_STATES`.
    """
    if entry.state not in INBOX_STATES:
        raise ValueError(f'An inbox entry cannot be "{entry.state}".')
    with cat.writing() as connection:
        put(connection, table, [{**asdict(entry), "languages": list(entry.languages)}])


def inbox(cat: Catalog) -> tuple[InboxEntry, ...]:
    """Everything in the inbox, by name."""
    with cat.reading() as connection:
        rows = connection.execute(select(table).order_by(table.c.name, table.c.path)).mappings().all()
    return tuple(InboxEntry(**{**row, "languages": tuple(row["languages"])}) for row in rows)


def inbox_drop(cat: Catalog, path: str) -> None:
    """Forgets a folder in the inbox; nothing happens when it was not known."""
    with cat.writing() as connection:
        connection.execute(delete(table).where(table.c.path == path))
