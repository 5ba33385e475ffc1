"""Events as CSV that a spreadsheet can open without running anything in it."""

import csv
import io
import json
from collections.abc import Iterable, Iterator

from core.events import Event
from fixity.premis_xml import written

COLUMNS = (
    "number",
    "time",
    "event",
    "outcome",
    "item",
    "store",
    "agent",
    "detail",
    "facts",
    "previous",
    "digest",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def events_csv(events: Iterable[Event]) -> Iterator[str]:
    """The table line by line, its head first, with CRLF as RFC 4180 wants it; `facts` is JSON.

    A cell that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    yield _row(COLUMNS)
    for event in events:
        yield _row(_cells(event))


def neutral(cell: str) -> str:
    """The cell, with an apostrophe before it where a spreadsheet would compute it."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _cells(event: Event) -> Iterable[str]:
    deed = event.deed
    facts = json.dumps(dict(deed.facts), ensure_ascii=False, sort_keys=True) if deed.facts else ""
    told = (deed.kind, deed.outcome, deed.item, deed.store, deed.agent, deed.detail, facts)
    return (str(event.number), written(deed.at), *told, event.previous, event.digest)


def _row(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([neutral(cell) for cell in cells])
    return line.getvalue()
