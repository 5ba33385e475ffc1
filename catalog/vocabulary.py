"""The words that stand in an index, one by one, without a walk over the pages they stand on."""

from sqlite3 import Connection as SqliteConnection

MOST = 100
COVERED = 3  # the index has lists of its own for beginnings up to this length
LEAST = "\x01"  # comes before every letter
ASK = {
    index: f"SELECT CAST(term AS BLOB) FROM {index}_words WHERE term >= ? LIMIT 1"  # noqa: S608 (names of tables)
    for index in ("page", "item")
}


def begun(driver: SqliteConnection, index: str, start: str, most: int) -> tuple[str, ...] | None:
    """The words of the index ("page" or "item") that begin so, in order; None when they are better left to FTS5.

    That is when there are more than so many, when the beginning is so short that the index has its list ready, and
    where FTS5 cut a word of more than 32 kilobytes inside a letter.

    FTS5 answers a begun word by putting the lists of all its words into one, anew for each question and however few
    pages are shown; asked for word by word, it reads of each list only what it needs.
    """
    found: list[str] = []
    at, beginning = start, start.encode()
    if len(start) <= COVERED:
        return None
    while (row := driver.execute(ASK[index], (at,)).fetchone()) and row[0].startswith(beginning):
        if len(found) == most:
            return None
        try:
            found.append(row[0].decode())
        except UnicodeDecodeError:
            return None
        at = found[-1] + LEAST
    return tuple(found)
