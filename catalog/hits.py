"""What FTS5 finds, row by row as it is asked for, and nothing of an item that the asker may not see.

Asked past SQLAlchemy: a search puts some fifty small questions, and the making of each would cost more than its answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from sqlite3 import Connection as SqliteConnection
from typing import Any, cast

from sqlalchemy import Connection
from sqlalchemy.dialects.sqlite import dialect

from catalog import vocabulary
from catalog.indexing import PAGES, shelf_mark
from catalog.shelves import seen_by
from catalog.values import Question
from catalog.weights import MARKS

PAGE_ROWS = (
    f"FROM page_index CROSS JOIN items ON items.row = page_index.rowid / {PAGES}"
    " WHERE page_index MATCH ? AND page_index.rowid BETWEEN ? AND ? AND "
)
RECORD_ROWS = (
    "FROM item_index CROSS JOIN items ON items.row = item_index.rowid"
    " WHERE item_index MATCH ? AND item_index.rowid BETWEEN ? AND ? AND "
)
TEXTS = PAGE_ROWS.replace(" WHERE", " CROSS JOIN page_texts ON page_texts.row = page_index.rowid WHERE")
NONE, LAST = -1, 2**40  # below every row, and more items than there will be
INSIDE = "(items.collection = ? OR (items.collection >= ? AND items.collection < ?))"


@dataclass(frozen=True, slots=True)
class Reach:
    """The items in which a question may find something: `allowed` is a condition on `items`, `inside` its values.

    `item` is the row of the only one that is asked about, if only one is.

    `mark` is a word of the index that stands on every page of the collection asked for, "" when none was: with it the
    index itself passes over other collections. The condition holds all the same; the mark only makes it quick.
    """

    driver: SqliteConnection
    allowed: str
    inside: tuple[str, ...] = ()
    mark: str = ""
    item: int | None = None

    @classmethod
    def of(cls, connection: Connection, question: Question) -> "Reach":
        """What this question reaches today, in the connection's transaction."""
        driver = cast(SqliteConnection, connection.connection.driver_connection)
        allowed = _seen(datetime.now(UTC).date()) if question.public_only else "1"
        reach = cls(driver, allowed, item=None if question.item is None else _row_of(driver, question.item))
        if (path := question.collection) is None:
            return reach
        # As `shelves.in_collection` has it.
        inside = (path, f"{path}/", f"{path}0")
        return replace(reach, allowed=f"{allowed} AND {INSIDE}", inside=inside, mark=shelf_mark(path))

    def pages(self, asked: str, item: int | None = None) -> Iterator[int]:
        """The rows of the pages that hold what is asked, in their order; of one item only when one is named."""
        return (row for row, *_ in self._rows(f"SELECT page_index.rowid {PAGE_ROWS}", self._marked(asked), item))

    def texts(self, asked: str, item: int | None = None) -> Iterator[tuple[int, str]]:
        """The same with the text of each page."""
        return self._rows(f"SELECT page_index.rowid, page_texts.text {TEXTS}", self._marked(asked), item)

    def records(self, asked: str, item: int | None = None) -> Iterator[tuple[int, str]]:
        """The rows and the records of the items whose record holds what is asked; none when one item is asked about."""
        if self.item is not None:
            return iter(())
        return self._rows(f"SELECT items.row, items.record {RECORD_ROWS}", asked, item, each=1)

    def begun(self, index: str, most: int, start: str) -> tuple[str, ...] | None:
        """The words of all pages ("page") or records ("item") that begin so; None when they are left to FTS5."""
        return vocabulary.begun(self.driver, index, start, most) if is_plain(start) else None

    def count(self, asked: str, most: int) -> int:
        """On how many pages this stands, of all that are held; no more than `most` are counted."""
        query = "SELECT count(*) FROM (SELECT 1 FROM page_index WHERE page_index MATCH ? LIMIT ?)"
        return int(self.driver.execute(query, (asked, most)).fetchone()[0])

    def extent(self, asked: str, most: int) -> int:
        """The same within reach."""
        limited = f"SELECT 1 {PAGE_ROWS}{self.allowed} LIMIT {most:d}"
        query = f"SELECT count(*) FROM ({limited})"  # noqa: S608 - nothing in it was typed by anybody
        values = (self._marked(asked), *self._span(self.item, PAGES), *self.inside)
        return int(self.driver.execute(query, values).fetchone()[0])

    def marks(self, pages: Sequence[int]) -> dict[int, str]:
        """The words with levels (`weights.marked`) of these pages: a dozen for each item that is shown."""
        places = ", ".join("?" * len(pages))
        query = f"SELECT rowid, marks FROM page_index WHERE rowid IN ({places})"  # noqa: S608
        return dict(self.driver.execute(query, pages).fetchall())

    def _marked(self, asked: str) -> str:
        return f'({asked}) AND "{self.mark}"' if self.mark else asked

    def _rows(self, query: str, asked: str, item: int | None, *, each: int = PAGES) -> Iterator[Any]:
        span = self._span(self.item if item is None else item, each)
        return self.driver.execute(query + self.allowed, (asked, *span, *self.inside))

    @staticmethod
    def _span(item: int | None, each: int) -> tuple[int, int]:
        """The rows of one item, or of all."""
        return (0, LAST * each) if item is None else (item * each, item * each + each - 1)


def is_plain(start: str) -> bool:
    """True for letters that FTS5 leaves as we folded them; those of some scripts it parts, or takes for none."""
    return start.lstrip("".join(MARKS)).isascii()


def _row_of(driver: SqliteConnection, item_id: str) -> int:
    """The row of an item, one that no item has where there is none."""
    found = driver.execute("SELECT row FROM items WHERE id = ?", (item_id,)).fetchone()
    return int(found[0]) if found else NONE


@lru_cache(maxsize=4)
def _seen(today: date) -> str:
    """The condition for what readers may see on this day, as SQLite reads it; nothing in it was typed by anybody."""
    return f"({seen_by(True, today).compile(dialect=dialect(), compile_kwargs={'literal_binds': True})})"
