"""Who may do what: one table from route to roles, asked before every request. A route that is not in it is shut.

A stranger at a page of staff is asked to log in; whoever is logged in and may not is told so.
"""

from collections.abc import Mapping

from flask import Flask, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from catalog.values import Role
from viewer.people import Visitor

STRANGER = "public"
EVERYBODY = frozenset({STRANGER, *Role})
STAFF = frozenset({Role.ARCHIVIST, Role.STEWARD, Role.ADMINISTRATOR})
STEWARDS = frozenset({Role.STEWARD, Role.ADMINISTRATOR})

READING = (
    "static",
    "theme",
    "reading.home",
    "reading.results",
    "reading.collection",
    "reading.manual",
    "items.item",
    "items.page",
    "files.text",
    "files.page_text",
    "files.page_alto",
    "files.page_hocr",
    "files.pdf",
    "files.master",
    "iiif.manifest",
    "iiif.collection",
    "iiif.annotations",
    "iiif.search_in_item",
    "images.base",
    "images.info",
    "images.image",
    "thumbnails.thumbnail",
    "people.login",
    "people.log_in",
    "people.logout",
    "health.healthz",
    "health.metrics",
)
WORKBENCH = (
    "desk.inbox",
    "desk.inbox_progress",
    "desk.queue",
    "desk.listing",
    "desk.batch",
    "desk.batch_progress",
    "receipts.page",
    "receipts.table",
    "desk.retry",
    "desk.publish_batch",
    "desk.publish",
    "desk.withdraw",
)
WATCHING = (
    "fixity.desk",
    "fixity.runs",
    "fixity.run",
    "fixity.newest_drill",
    "fixity.travel",
    "cases.listing",
    "cases.case",
    "cases.picture",
    "cases.copy",
    "trail.events",
    "trail.premis",
)
DECIDING = (
    "fixity.audit",
    "fixity.drill",
    "cases.recheck",
    "cases.repair",
    "cases.close",
    "cases.decide",
    "purges.ask",
    "purges.agree",
    "purges.refuse",
)
TABLE: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(READING, EVERYBODY),
    **dict.fromkeys(WORKBENCH, STAFF),
    **dict.fromkeys(WATCHING, STAFF),
    **dict.fromkeys(DECIDING, STEWARDS),
}


def put_guard(app: Flask) -> None:
    """Nothing; every request is held against the table from now on, and templates can ask it too."""
    app.before_request(guard)
    app.context_processor(lambda: {"may": may})


def guard() -> ResponseReturnValue | None:
    """None when the visitor may do this; else the way to the login, or the request ends with 403."""
    if request.endpoint is None or may(request.endpoint):
        return None
    if current_user.is_authenticated or request.method not in ("GET", "HEAD"):
        abort(403)
    return redirect(url_for("people.login", next=request.full_path.rstrip("?")))


def may(endpoint: str) -> bool:
    """True when the present visitor may use this route."""
    return role() in TABLE.get(endpoint, frozenset())


def role() -> str:
    """The role of the present visitor, "public" for a stranger."""
    visitor = current_user._get_current_object()
    return visitor.person.role if isinstance(visitor, Visitor) else STRANGER
