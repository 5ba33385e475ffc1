"""Ten ways to edit the catalogue's event log behind our back, each of which can be undone."""

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from core.events import GENESIS, Deed, from_line, line, seal

Edit = Callable[[sqlite3.Connection], None]


@contextmanager
def edited(home: Path, change: Edit) -> Iterator[None]:
    """The catalogue's log is changed behind our back inside the block, and as it was afterwards."""
    with closing(sqlite3.connect(home / "catalog.db", timeout=60)) as connection:
        before = connection.execute("SELECT * FROM chain ORDER BY number").fetchall()
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type='trigger' AND tbl_name='chain'")
        kept = triggers.fetchall()
        for name, _ in kept:
            connection.execute(f"DROP TRIGGER {name}")
        change(connection)
        connection.commit()
        try:
            yield
        finally:
            connection.execute("DELETE FROM chain")
            places = ",".join("?" * len(before[0]))
            connection.executemany(f"INSERT INTO chain VALUES ({places})", before)
            for _, sql in kept:
                connection.execute(sql)
            connection.commit()


def edits(last: int, seed: int) -> Iterator[tuple[str, Edit]]:
    """Ten ways to edit the log."""
    dice = random.Random(seed)
    middle = [dice.randrange(2, last - 1) for _ in range(8)]

    other = 'body = replace(body, \'"at":"20\', \'"at":"19\')'
    for number in middle[:2]:
        yield "a time changed", run(f"UPDATE chain SET {other} WHERE number = {number}")
    for number in middle[2:4]:
        yield "an event dropped", run(f"DELETE FROM chain WHERE number = {number}")
    for number in middle[4:6]:
        yield (
            "two events exchanged",
            run(
                f"UPDATE chain SET number = -1 WHERE number = {number}",
                f"UPDATE chain SET number = {number} WHERE number = {number + 1}",
                f"UPDATE chain SET number = {number + 1} WHERE number = -1",
            ),
        )
    for number in middle[6:8]:
        yield "the end cut off", run(f"DELETE FROM chain WHERE number > {number}")
    for year in (1999, 2001):
        yield f"the whole log sealed anew in {year}", partial(_reseal, year=year)


def run(*statements: str) -> Edit:
    """An edit that executes these statements."""

    def change(connection: sqlite3.Connection) -> None:
        for statement in statements:
            connection.execute(statement)

    return change


def _reseal(connection: sqlite3.Connection, *, year: int) -> None:
    """A perfect chain with other times: only what was kept elsewhere can tell."""
    previous = GENESIS
    for number, body in connection.execute("SELECT number, body FROM chain ORDER BY number").fetchall():
        deed = from_line(body).deed
        event = seal(_at_year(deed, year), number=number, previous=previous)
        previous = event.digest
        values = (event.digest, event.previous, line(event), number)
        connection.execute("UPDATE chain SET digest = ?, previous = ?, body = ? WHERE number = ?", values)


def _at_year(deed: Deed, year: int) -> Deed:
    return replace(deed, at=deed.at.replace(year=year, day=1))
