"""Who may see what: one place where an item is let through, said to be unknown (404), or to be gone (410)."""

from dataclasses import dataclass

from flask import Response, abort, make_response, render_template, request

from catalog import items, tombstones
from catalog.values import ImageView, ItemView
from core.item import Access, AccessState
from viewer import words
from viewer.house import house, today
from viewer.people import is_staff
from viewer.purges import Wish, wish_for

MACHINES = frozenset({"iiif", "images", "files", "thumbnails"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """What is left at the address of a withdrawn item."""

    item_id: str
    since: words.Moment | None
    reason: str
    contact: str
    may_return: bool
    wish: Wish | None = None


def visible_item(item_id: str) -> ItemView:
    """The item, when the present visitor may see it; else the request ends with 404 or 410."""
    if tombstones.is_purged(house().catalog, item_id):
        abort(erased(item_id))
    gone = items.tombstone(house().catalog, item_id)
    if gone is not None:
        abort(tombstone(item_id, gone))
    view = items.get(house().catalog, item_id)
    if view is None:
        abort(404)
    if view.item.access.state is AccessState.WITHDRAWN:
        abort(tombstone(item_id, view.item.access))
    if not view.public and not is_staff():
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


def cache_rule(public: bool) -> str:
    """How long an answer may be kept: about what is public today a day, about all else never."""
    return "public, max-age=86400" if public else "private, no-store"


def tombstone(item_id: str, access: Access) -> Response:
    """The answer 410: a page for people, a sentence for machines."""
    stone = Tombstone(
        item_id=item_id,
        since=words.moment_of(access.at),
        reason=words.REASONS.get(access.reason, access.reason),
        contact=house().config.contact,
        may_return=is_staff(),
        wish=wish_for(item_id) if is_staff() else None,
    )
    if request.blueprint in MACHINES:
        return for_machines(item_id, "withdrawn")
    return gone_page(render_template("tombstone.html", stone=stone, reasons=words.REASON_CHOICES))


def erased(item_id: str) -> Response:
    """The answer 410 of a purged item; its title and who decided are for staff."""
    stone = tombstones.get(house().catalog, item_id)
    if request.blueprint in MACHINES or stone is None:
        return for_machines(item_id, "erased")
    reason = words.REASONS.get(stone.reason, stone.reason)
    return gone_page(render_template("purged.html", stone=stone, since=words.moment(stone.at), reason=reason))


def for_machines(item_id: str, what: str) -> Response:
    """One sentence in place of what was asked for."""
    sentence = f'The item "{item_id}" was {what}; its page says when and why: /items/{item_id}\n'
    return gone_page(make_response(sentence, {"Content-Type": "text/plain; charset=utf-8"}))


def gone_page(body: str | Response) -> Response:
    """The answer with the status 410."""
    response = make_response(body)
    response.status_code = 410
    return response
