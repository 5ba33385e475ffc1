"""The event log, to be taken away: as a table for spreadsheets, and one item's part of it as PREMIS."""

from collections.abc import Iterator

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

from catalog import chain
from fixity.premis_events import premis_of
from fixity.tables import events_csv
from storage.layout import object_id
from viewer.house import house

blueprint = Blueprint("trail", __name__, url_prefix="/fixity")
BATCH = 64 * 1024  # characters handed to the network at once


@blueprint.get("/events.csv")
def events() -> ResponseReturnValue:
    """Every event from the first on, line by line; safe to open in a spreadsheet."""
    rows = gathered(events_csv(chain.events(house().catalog)))
    return taken(Response(rows, content_type="text/csv; charset=utf-8"), "muniment-events.csv")


@blueprint.get("/items/<item_id>/premis.xml")
def premis(item_id: str) -> ResponseReturnValue:
    """The events of one item as PREMIS 3, those of a purged one too; 404 when nothing ever happened to it."""
    catalog = house().catalog
    if not chain.of_item(catalog, item_id):
        abort(404)
    # The checks of an item's files are told by events of their store, so the whole log is read.
    document = premis_of(chain.events(catalog), item_id, object_id=object_id)
    return taken(Response(document, content_type="application/xml"), f"{item_id}-premis.xml")


def gathered(lines: Iterator[str]) -> Iterator[str]:
    """The lines in larger pieces, so that a long log is not sent in crumbs."""
    piece, length = [], 0
    for line in lines:
        piece.append(line)
        length += len(line)
        if length >= BATCH:
            yield "".join(piece)
            piece, length = [], 0
    yield "".join(piece)


def taken(answer: Response, name: str) -> Response:
    """The answer as a file to be kept."""
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
