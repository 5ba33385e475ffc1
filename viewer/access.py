"""Who may see what: one place where an item is let through, said to be unknown (404), or to be gone (410)."""

from dataclasses import dataclass

from flask import Response, abort, make_response, render_template, request

from catalog import items
from catalog.values import ImageView, ItemView
from core.item import Access, AccessState
from viewer import words
from viewer.house import house, today
from viewer.people import is_staff

MACHINES = frozenset({"iiif", "images", "files", "thumbnails"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """What is left at the address of a withdrawn item."""

    item_id: str
    since: words.Moment | None
    reason: str
    contact: str
    may_return: bool


def visible_item(item_id: str) -> ItemView:
    """The item, when the present visitor may see it; else the request ends with 404 or 410."""
    gone = items.tombstone(house().catalog, item_id)
    if gone is not None:
        abort(tombstone(item_id, gone))
    view = items.get(house().catalog, item_id)
    if view is None:
        abort(404)
    if view.item.access.state is AccessState.WITHDRAWN:
        abort(tombstone(item_id, view.item.access))
    if not view.item.access.public_on(today()) and not is_staff():
        abort(404)
    return view


def visible_image(image_id: str) -> ImageView:
    """The image, when the present visitor may see it; else the request ends with 404 or 410."""
    view = items.image(house().catalog, image_id)
    if view is None:
        abort(404)
    if view.access.state is AccessState.WITHDRAWN:
        abort(tombstone(view.item_id, view.access))
    if not view.access.public_on(today()) and not is_staff():
        abort(404)
    return view


def cache_rule(access: Access) -> str:
    """How long an answer about something of this access may be kept: public things a day, all others never."""
    return "public, max-age=86400" if access.public_on(today()) else "private, no-store"


def tombstone(item_id: str, access: Access) -> Response:
    """The answer 410: a page for people, a sentence for machines."""
    stone = Tombstone(
        item_id=item_id,
        since=words.moment_of(access.at),
        reason=words.REASONS.get(access.reason, access.reason),
        contact=house().config.contact,
        may_return=is_staff(),
    )
    if request.blueprint in MACHINES:
        sentence = f'The item "{item_id}" was withdrawn; its page says when and why: /items/{item_id}\n'
        response = make_response(sentence, {"Content-Type": "text/plain; charset=utf-8"})
    else:
        response = make_response(render_template("tombstone.html", stone=stone))
    response.status_code = 410
    return response
