"""Purging in two steps: one steward asks, another agrees or refuses. What stays at the address is a tombstone."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from catalog import items, tombstones
from catalog.fixity_values import Tombstone
from core.errors import MunimentError
from viewer import fixity_words, words
from viewer.house import house
from viewer.people import agent

blueprint = Blueprint("purges", __name__, url_prefix="/fixity/purges")
LONGEST = 500
NO_AUTHORITY = "On whose authority? Write who decided it, and where that is written down."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A purge that one steward asked for; `own` is true for the one who asked."""

    item: str
    title: str
    href: str
    asked_by: str
    at: words.Moment
    reason: str
    authority: str
    own: bool


@blueprint.post("/<item_id>/ask")
def ask(item_id: str) -> ResponseReturnValue:
    """The item's page; a second steward has to agree before a byte is erased."""
    reason, authority = request.form.get("reason", ""), request.form.get("authority", "").strip()[:LONGEST]
    if reason not in words.REASONS or not is_held(item_id):
        abort(400 if is_held(item_id) else 404)
    if authority:
        house().actions.ask_purge(item_id, reason=reason, authority=authority, agent=agent())
        flash("The purge is asked for. Nothing is erased until another steward agrees on the fixity desk.")
    else:
        flash(NO_AUTHORITY)
    return redirect(url_for("items.item", item_id=item_id), 303)


@blueprint.post("/<item_id>/agree")
def agree(item_id: str) -> ResponseReturnValue:
    """The desk; the item's bytes are erased, unless the one who asked is the one who agrees."""
    flash(house().actions.agree_purge(known(item_id).item, agent=agent()))
    return redirect(url_for("fixity.desk"), 303)


@blueprint.post("/<item_id>/refuse")
def refuse(item_id: str) -> ResponseReturnValue:
    """The desk; the wish is gone and nothing was erased."""
    wish = known(item_id)
    house().actions.refuse_purge(wish.item, agent=agent())
    flash(f"“{wish.title}” is kept; the wish to purge it is withdrawn.")
    return redirect(url_for("fixity.desk"), 303)


@blueprint.errorhandler(MunimentError)
def could_not(error: MunimentError) -> ResponseReturnValue:
    """The desk, with the sentence that says what could not be done."""
    flash(str(error))
    return redirect(url_for("fixity.desk"), 303)


def is_held(item_id: str) -> bool:
    """True when the item is held, visible or not."""
    return items.get(house().catalog, item_id) is not None


def known(item_id: str) -> Tombstone:
    """The wish to purge this item; 404 when nobody asked, or when it is done."""
    stone = tombstones.get(house().catalog, item_id)
    if stone is None or not stone.asked:
        abort(404)
    return stone


def wishes() -> Sequence[Wish]:
    """All purges that wait for a second steward, as the present visitor sees them."""
    return [wish(stone) for stone in tombstones.listing(house().catalog) if stone.asked]


def wish(stone: Tombstone) -> Wish:
    """One purge that waits."""
    asker = stone.agents[0] if stone.agents else ""
    return Wish(
        item=stone.item,
        title=stone.title,
        href=url_for("items.item", item_id=stone.item),
        asked_by=fixity_words.who(house().catalog, asker),
        at=words.moment(stone.at),
        reason=words.REASONS.get(stone.reason, stone.reason),
        authority=stone.authority,
        own=bool(asker) and current_user.is_authenticated and asker == agent(),
    )


def wish_for(item_id: str) -> Wish | None:
    """The purge asked for this item, None when nobody did."""
    stone = tombstones.get(house().catalog, item_id)
    return wish(stone) if stone and stone.asked else None
