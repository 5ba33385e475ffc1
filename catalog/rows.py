"""Putting rows in: the two statements that no portable SQL has, in one place."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.sqlite import insert

Row = Mapping[str, Any]


def put(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Inserts the rows; one whose primary key is there already takes the new values."""
    if not rows:
        return
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), list(rows))


def put_new(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Inserts the rows; one whose primary key is there already stays as it is."""
    if rows:
        connection.execute(insert(table).on_conflict_do_nothing(index_elements=list(table.primary_key)), list(rows))
