"""The archivist's workbench: the inbox, batches on their way, and the buttons that publish and withdraw."""

import threading
from collections.abc import Sequence

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from catalog import batches, items
from catalog.values import BatchView, InboxEntry, JobView
from core.errors import MunimentError
from viewer import words
from viewer.house import house
from viewer.inbox import InboxCard, inbox_card, waiting_first
from viewer.people import agent, for_staff
from viewer.progress import Progress, progress, sentence
from viewer.reading import pager, part_number

blueprint = Blueprint("desk", __name__)
_queueing = threading.Lock()  # of two clicks at once the second must see what the first has done
PER_PAGE = 50
MOVED = "This folder is no longer in the inbox: look whether it was moved or renamed."
CHANGED = "The folder has changed since it was checked: look at its card again."


@blueprint.get("/inbox")
@for_staff
def inbox() -> ResponseReturnValue:
    """What lies in the drop folder."""
    return render_template("inbox.html", cards=cards(), folder=str(house().config.inbox))


@blueprint.get("/inbox/progress")
@for_staff
def inbox_progress() -> ResponseReturnValue:
    """The cards alone, for the script that keeps the page fresh."""
    return jsonify(live=True, html=render_template("inbox_live.html", cards=cards()))


@blueprint.post("/inbox")
@for_staff
def queue() -> ResponseReturnValue:
    """The page of the batch that was queued; only a folder that is still as it was checked can be.

    A folder whose batch has ended without some of its items makes a new batch; else its batch is the answer.
    """
    with _queueing:
        entry = listed(request.form.get("path", ""))
        again = entry is not None and bool(left_out([entry]))
        if entry and entry.state == "queued" and entry.batch_id and not again:
            return redirect(url_for("desk.batch", batch_id=entry.batch_id), 303)
        if entry is None or not (again or entry.state == "checked") or entry.signature != request.form.get("signature"):
            flash(CHANGED if entry else MOVED)
            return redirect(url_for("desk.inbox"), 303)
        batch_id = house().actions.queue(
            entry.path, publish="publish" in request.form, new_version="new_version" in request.form, agent=agent()
        )
    return redirect(url_for("desk.batch", batch_id=batch_id), 303)


@blueprint.get("/batches")
@for_staff
def listing() -> ResponseReturnValue:
    """All batches, the newest first."""
    catalog, part = house().catalog, part_number()
    views = batches.listing(catalog, limit=PER_PAGE, offset=(part - 1) * PER_PAGE)
    rows = [(view.id, view.name, sentence(view), words.moment(view.created)) for view in views]
    return render_template("batches.html", rows=rows, pager=pager(part, PER_PAGE, batches.count(catalog), {}))


@blueprint.get("/batches/<batch_id>")
@for_staff
def batch(batch_id: str) -> ResponseReturnValue:
    """One batch: its sentence, its bar, what needs a person, its items."""
    return render_template("batch.html", batch=as_shown(known(batch_id)), reasons=words.REASON_CHOICES)


@blueprint.get("/batches/<batch_id>/progress")
@for_staff
def batch_progress(batch_id: str) -> ResponseReturnValue:
    """The same for the script that keeps the page fresh: the figures, and the part of the page that changes."""
    view = known(batch_id)
    now = as_shown(view)
    part = render_template("batch_live.html", batch=now, reasons=words.REASON_CHOICES)
    return jsonify(
        state=view.state, sentence=now.sentence, pages=view.pages, pages_done=view.pages_done, live=now.live, html=part
    )


@blueprint.post("/batches/<batch_id>/retry")
@for_staff
def retry(batch_id: str) -> ResponseReturnValue:
    """The batch page; what failed is tried again."""
    house().actions.retry(known(batch_id).id, agent=agent())
    return redirect(url_for("desk.batch", batch_id=batch_id), 303)


@blueprint.post("/batches/<batch_id>/publish")
@for_staff
def publish_batch(batch_id: str) -> ResponseReturnValue:
    """The batch page; its drafts are published from now on. What was withdrawn comes back by its own button alone."""
    house().actions.publish_batch(known(batch_id).id, agent=agent())
    return redirect(url_for("desk.batch", batch_id=batch_id), 303)


@blueprint.post("/items/<item_id>/publish")
@for_staff
def publish(item_id: str) -> ResponseReturnValue:
    """The item's page, or the batch's when the button was there; the item is public."""
    title = title_of(item_id)
    house().actions.publish(item_id, agent=agent())
    flash(f"“{title}” is published.")
    return redirect(back(item_id), 303)


@blueprint.post("/items/<item_id>/withdraw")
@for_staff
def withdraw(item_id: str) -> ResponseReturnValue:
    """The item's address, where from now on its tombstone stands."""
    reason = request.form.get("reason", "")
    if reason not in words.REASONS:
        abort(400)
    title = title_of(item_id)
    house().actions.withdraw(item_id, reason=reason, agent=agent())
    flash(f"“{title}” is withdrawn; its address now says so.")
    return redirect(back(item_id), 303)


@blueprint.errorhandler(MunimentError)
def could_not(error: MunimentError) -> ResponseReturnValue:
    """The page the button was on, with the sentence that says what could not be done."""
    if request.method == "GET":
        return render_template("error.html", code=500, sentence=str(error)), 500
    flash(str(error))
    return redirect(url_for("desk.inbox" if request.endpoint == "desk.queue" else "desk.listing"), 303)


def cards() -> list[InboxCard]:
    """The cards of all folders in the inbox."""
    entries = waiting_first(batches.inbox(house().catalog))
    left = left_out(entries)
    return [inbox_card(entry, left.get(entry.path, ())) for entry in entries]


def left_out(entries: Sequence[InboxEntry]) -> dict[str, tuple[JobView, ...]]:
    """What the ended batches of queued folders refused or failed, by path: such a folder can be queued again."""
    queued = {entry.path: entry.batch_id for entry in entries if entry.state == "queued" and entry.batch_id}
    left = batches.left_out(house().catalog, list(queued.values()))
    return {path: left[batch_id] for path, batch_id in queued.items() if batch_id in left}


def listed(path: str) -> InboxEntry | None:
    """What the inbox knows of this folder now, None when it does not list it."""
    return next((entry for entry in batches.inbox(house().catalog) if entry.path == path), None)


def known(batch_id: str) -> BatchView:
    """The batch; 404 when there is none."""
    view = batches.get(house().catalog, batch_id)
    if view is None:
        abort(404)
    return view


def as_shown(view: BatchView) -> Progress:
    """The batch as its page shows it."""
    return progress(house().catalog, view, publishing=house().actions.is_publishing(view.id))


def title_of(item_id: str) -> str:
    """The item's title; 404 when there is no such item."""
    view = items.get(house().catalog, item_id)
    if view is None:
        abort(404)
    return view.item.title


def back(item_id: str) -> str:
    """The batch page when the form names one that is known, else the item's page."""
    batch_id = request.form.get("batch", "")
    if batch_id and batches.get(house().catalog, batch_id):
        return url_for("desk.batch", batch_id=batch_id)
    return url_for("items.item", item_id=item_id)
