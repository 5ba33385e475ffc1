"""Tables of the catalogue as lines of JSON and back: for what no store holds, and a backup therefore must."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, delete, func, select

from catalog.columns import Utc
from catalog.database import Catalog
from catalog.rows import put
from catalog.tables import metadata

# In the order in which they can be put back: what others point to comes first.
KEPT = ("people", "batches", "jobs", "job_pages", "runs", "outbox", "stores")
MANY = 500


def dump(cat: Catalog, name: str) -> Iterator[str]:
    """The rows of one table of `KEPT`, each as a line of JSON without its end; times are ISO 8601 in UTC."""
    table = metadata.tables[name]
    with cat.reading() as connection:
        for row in connection.execute(select(table).order_by(*table.primary_key)).mappings():
            yield json.dumps({key: _plain(value) for key, value in row.items()}, sort_keys=True)


def load(cat: Catalog, name: str, lines: Sequence[str]) -> int:
    """How many rows were put back; a row whose key is there already takes the old values. Columns unknown now are left.

    Raises:
        ValueError: a line is no row of this table.
    """
    table = metadata.tables[name]
    rows = [_row(table, json.loads(line)) for line in lines]
    with cat.writing() as connection:
        for start in range(0, len(rows), MANY):
            put(connection, table, rows[start : start + MANY])
    return len(rows)


def empty(cat: Catalog, name: str) -> None:
    """Nothing is in this table of `KEPT` afterwards."""
    with cat.writing() as connection:
        connection.execute(delete(metadata.tables[name]))


def size(cat: Catalog, name: str) -> int:
    """How many rows the table has."""
    with cat.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(metadata.tables[name])).scalar_one())


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _row(table: Table, data: dict[str, Any]) -> dict[str, Any]:
    try:
        return {column.name: _value(column, data[column.name]) for column in table.columns if column.name in data}
    except (TypeError, AttributeError) as error:
        raise ValueError(f'A line is no row of the table "{table.name}": {error}.') from error


def _value(column: Column[Any], value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(column.type, Utc) and value else value
