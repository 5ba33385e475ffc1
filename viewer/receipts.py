"""The receipt of a batch: file by file what came in, where it lies, and what is safe to erase. On paper and as CSV."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from catalog.receipts import ReceiptFile, ReceiptItem, receipt
from catalog.values import BatchView
from fixity.tables import neutral
from viewer import words
from viewer.desk import known
from viewer.house import house
from viewer.people import for_staff

blueprint = Blueprint("receipts", __name__)
COLUMNS = (
    "batch",
    "folder",
    "item",
    "title",
    "file",
    "bytes",
    "sha256",
    "stores",
    "received",
    "verified",
    "audited",
    "safe to erase",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One file as the printed receipt shows it."""

    name: str
    size: str
    sha256: str
    stores: str
    verified: words.Moment | None
    audited: words.Moment | None


@blueprint.get("/batches/<batch_id>/receipt")
@for_staff
def page(batch_id: str) -> ResponseReturnValue:
    """The receipt as a page that prints well."""
    view = known(batch_id)
    found = [(one, [_line(file) for file in one.files]) for one in receipt(house().catalog, view, required())]
    safe = sum(one.safe for one, _ in found)
    return render_template(
        "receipt.html",
        batch=view,
        received=words.moment(view.created),
        now=words.moment(datetime.now(UTC)),
        entries=found,
        safe=safe,
    )


@blueprint.get("/batches/<batch_id>/receipt.csv")
@for_staff
def table(batch_id: str) -> ResponseReturnValue:
    """The same for a spreadsheet, a row a file; no cell is a formula."""
    view = known(batch_id)
    headers = {
        "Content-Disposition": f'attachment; filename="receipt-{view.id}.csv"',
        "Cache-Control": "private, no-store",
    }
    rows = _rows(view, list(receipt(house().catalog, view, required())))
    return Response(rows, content_type="text/csv; charset=utf-8", headers=headers)


def required() -> list[str]:
    """The names of the stores that must hold every item."""
    return [face.name for face in house().actions.faces() if face.role == "required"]


def _rows(view: BatchView, found: list[ReceiptItem]) -> Iterator[str]:
    yield _row(COLUMNS)
    for one in found:
        for file in one.files or (None,):
            yield _row(_cells(view, one, file))


def _cells(view: BatchView, one: ReceiptItem, file: ReceiptFile | None) -> tuple[str, ...]:
    """One file; of an item without any, its folder and how it is."""
    item = (view.id, one.folder, one.item_id, one.title)
    safe = "yes" if one.safe else "no"
    if file is None:
        return (*item, "", "", "", "", _time(view.created), "", "", safe)
    told = (file.name, str(file.size), file.sha256, "; ".join(file.stores))
    return (*item, *told, _time(view.created), _time(file.verified), _time(file.audited), safe)


def _time(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else ""


def _row(cells: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([neutral(cell) for cell in cells])
    return line.getvalue()


def _line(file: ReceiptFile) -> Line:
    return Line(
        name=file.name,
        size=f"{file.size:,}",
        sha256=file.sha256,
        stores=", ".join(file.stores),
        verified=words.moment(file.verified) if file.verified else None,
        audited=words.moment(file.audited) if file.audited else None,
    )
