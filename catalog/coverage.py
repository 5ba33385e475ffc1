"""How much of a store was read within a time: told from counts by day, whatever the store holds.

Only what was audited, or came in, on the very day of the moment asked about is counted copy by copy.
"""

from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from catalog.columns import now
from catalog.database import Catalog
from catalog.fixity_values import Coverage
from catalog.tables import copies, copy_counts


def coverage(cat: Catalog, since: datetime, store: str | None = None) -> tuple[Coverage, ...]:
    """Per store, by name, what was audited since this moment; of one store only when one is named.

    A copy is overdue when it was last audited before, or never and came in before. A time to come counts as never.
    """
    since = since.astimezone(UTC)  # days are counted as UTC has them
    moment = max(now(), since)
    query = select(copy_counts).order_by(copy_counts.c.store)
    by_store: dict[str, list[Row[Any]]] = {}
    with cat.reading() as connection:
        for row in connection.execute(query if store is None else query.where(copy_counts.c.store == store)):
            by_store.setdefault(row.store, []).append(row)
        return tuple(_Counting(connection, name, since, moment).told(rows) for name, rows in by_store.items())


class _Counting:
    """One store, and the moments from which on and up to which a read counts."""

    def __init__(self, connection: Connection, store: str, since: datetime, moment: datetime) -> None:
        self._connection, self._store, self._since = connection, store, since
        self._ahead = copies.c.audited > moment  # read under a wrong clock
        self._read = copies.c.audited <= moment

    def told(self, rows: list[Row[Any]]) -> Coverage:
        """The store's coverage by its rows of counts and its own copies of that day."""
        day = self._since.date().isoformat()
        read, unread = ([row for row in rows if row.was_audited is was] for was in (True, False))
        ahead = self._count(self._ahead)
        never = _files(unread) + ahead
        old = _files(read, before=day) + self._count(self._that_day(copies.c.audited))
        waiting = _files(unread, before=day) + self._count(and_(self._that_day(copies.c.since), _UNREAD))
        waiting += ahead and self._count(and_(self._ahead, or_(copies.c.since.is_(None), copies.c.since < self._since)))
        oldest = self._least(copies.c.audited, self._read)
        longest = (oldest, self._least(copies.c.since, _UNREAD), self._least(copies.c.since, self._ahead))
        return Coverage(
            store=self._store,
            files=_files(rows),
            bytes=sum(row.bytes for row in rows),
            fresh=_files(read) - old - ahead,
            never=never,
            overdue=old + waiting,
            not_intact=_files([row for row in rows if row.amiss]),
            oldest=oldest,
            first=self._least(copies.c.since),
            longest=min((time for time in longest if time), default=None),
        )

    def _that_day(self, column: Any) -> ColumnElement[bool]:
        begin = datetime.combine(self._since, time.min, UTC)
        return and_(column >= begin, column < self._since)

    def _count(self, which: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(copies).where(copies.c.store == self._store, which)
        return self._connection.execute(query).scalar_one()

    def _least(self, column: Any, *which: ColumnElement[bool]) -> datetime | None:
        query = select(func.min(column)).where(copies.c.store == self._store, *which)
        least: datetime | None = self._connection.execute(query).scalar_one()
        return least


_UNREAD = copies.c.audited.is_(None)


def _files(rows: list[Row[Any]], *, before: str = "~") -> int:
    return sum(row.files for row in rows if row.day < before)
