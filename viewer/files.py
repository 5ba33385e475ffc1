"""What can be taken away: plain text, ALTO, hOCR, a PDF with its text, and the masters as they were submitted."""

import mimetypes
from pathlib import PurePosixPath

from flask import Blueprint, Response, abort, render_template, request, send_file
from flask.typing import ResponseReturnValue

from catalog import items
from catalog.values import ItemView
from core.errors import StorageError
from core.item import Page
from core.text import PageText
from ocr.alto import write_alto
from ocr.hocr import write_hocr
from viewer.access import visible_item
from viewer.errors import told
from viewer.house import house
from viewer.image_service import present, refuse
from viewer.pdf import item_pdf

blueprint = Blueprint("files", __name__, url_prefix="/items/<item_id>")
AWAY = "The store does not answer: try again in a few minutes."


@blueprint.get("/text")
def text(item_id: str) -> ResponseReturnValue:
    """The text of the whole item, page by page."""
    view = visible_item(item_id)
    texts = items.page_texts(house().catalog, item_id)
    parts = [
        f"[Page {page.label or page.number}]\n\n{_plain(texts.get(page.id)) or '(no text)'}" for page in view.item.pages
    ]
    return _text(f"{view.item.title}\n\n" + "\n\n".join(parts), view)


@blueprint.get("/pages/<page_id>/text.txt")
def page_text(item_id: str, page_id: str) -> ResponseReturnValue:
    """The text of one page, a line a printed line; empty when no word was found on it."""
    view, _, found = _page(item_id, page_id)
    return _text(_plain(found), view)


@blueprint.get("/pages/<page_id>/alto.xml")
def page_alto(item_id: str, page_id: str) -> ResponseReturnValue:
    """The text of one page with its places, as ALTO."""
    view, page, found = _page(item_id, page_id)
    return _said(Response(write_alto(found, file_name=page.source_name), content_type="application/xml"), view)


@blueprint.get("/pages/<page_id>/hocr.html")
def page_hocr(item_id: str, page_id: str) -> ResponseReturnValue:
    """The text of one page with its places, as hOCR; never run as a page of ours."""
    view, page, found = _page(item_id, page_id)
    data = write_hocr([found], f"{view.item.title}, {page.label}")
    response = Response(data, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return _said(response, view)


@blueprint.get("/item.pdf")
def pdf(item_id: str) -> ResponseReturnValue:
    """The item as a PDF that can be searched; made when somebody first asks for it."""
    view = visible_item(item_id)
    for page in view.item.pages:
        present(item_id, view.derived[page.id], "access.tif")
    file = item_pdf(house(), view)
    if file is None:
        busy = refuse(503, "Another PDF is being made at this moment: ask for this one again in half a minute.")
        busy.headers["Retry-After"] = "20"
        return busy
    return _kept(send_file(file, mimetype="application/pdf", download_name=f"{item_id}.pdf"), view)


@blueprint.get("/masters/<path:name>")
def master(item_id: str, name: str) -> ResponseReturnValue:
    """A master, byte for byte as it was submitted."""
    view = visible_item(item_id)
    stored = items.file(house().catalog, item_id, f"masters/{name}")
    if stored is None:
        abort(404)
    try:
        path = house().actions.fetch_file(stored)
    except StorageError as error:
        abort(Response(render_template("error.html", code=503, sentence=told(error, AWAY)), status=503))
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    download = f"{item_id}-{PurePosixPath(name).name}"
    return _kept(send_file(path, mimetype=kind, as_attachment=True, download_name=download), view)


def _page(item_id: str, page_id: str) -> tuple[ItemView, Page, PageText]:
    view = visible_item(item_id)
    page = next((page for page in view.item.pages if page.id == page_id), None)
    found = items.text(house().catalog, page_id)
    if page is None or found is None:
        abort(404)
    return view, page, found


def _plain(found: PageText | None) -> str:
    return found.text if found else ""


def _text(content: str, view: ItemView) -> ResponseReturnValue:
    return _said(Response(content.rstrip() + "\n", content_type="text/plain; charset=utf-8"), view)


def _said(response: Response, view: ItemView) -> ResponseReturnValue:
    """The answer with an ETag of its content."""
    response.add_etag()
    return _kept(response, view).make_conditional(request)


def _kept(response: Response, view: ItemView) -> Response:
    """The answer; public things are asked for again each time, so that a withdrawal works at once."""
    response.headers["Cache-Control"] = "no-cache" if view.public else "private, no-store"
    return response
