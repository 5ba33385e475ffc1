"""The words that stand in an index, one by one, without a walk over the pages they stand on."""

from sqlite3 import Connection as SqliteConnection

MOST = 100
LEAST = "\x01"  # comes before every letter
ASK = {
    index: f"SELECT term FROM {index}_words WHERE term >= ? LIMIT 1"  # noqa: S608 (names of tables)
    for index in ("page", "item")
}


def begun(driver: SqliteConnection, index: str, start: str) -> tuple[str, ...] | None:
    """The words of the index ("page" or "item") that begin so, in order; None when they are more than `MOST`.

    FTS5 answers a begun word by putting the lists of all its words into one, anew for each question and however few
    pages are shown; asked for word by word, it reads of each list only what it needs.
    """
    found: list[str] = []
    at = start
    while (row := driver.execute(ASK[index], (at,)).fetchone()) and row[0].startswith(start):
        if len(found) == MOST:
            return None
        found.append(row[0])
        at = row[0] + LEAST
    return tuple(found)
