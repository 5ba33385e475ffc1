"""The pages of cases, the bytes and pictures of their copies, and the deeds of a steward."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from catalog import cases, items, people
from catalog.fixity_values import Case, CaseState
from catalog.values import Role
from core.errors import MunimentError, StorageError
from viewer import case_page, fixity_words, words
from viewer.case_list import lines
from viewer.case_steps import steps
from viewer.errors import told
from viewer.fixity_actions import CopySide
from viewer.house import house
from viewer.people import agent
from viewer.reading import pager, part_number

blueprint = Blueprint("cases", __name__, url_prefix="/fixity/cases")
PER_PAGE = 50
LONGEST_NOTE = 4000
UNREAD = "The copy cannot be read at all, so there is nothing to download."
SAID = {
    "acknowledged": "You have acknowledged the case.",
    "assigned": "The case is given to {name}.",
    "noted": "Your note is kept.",
}


@blueprint.get("")
def listing() -> ResponseReturnValue:
    """All cases, those opened last first."""
    catalog, part = house().catalog, part_number()
    found = cases.listing(catalog, limit=PER_PAGE, offset=(part - 1) * PER_PAGE)
    around = pager(part, PER_PAGE, cases.count(catalog), {})
    return render_template("fixity_cases.html", lines=lines(catalog, found), pager=around)


@blueprint.get("/<case_id>")
def case(case_id: str) -> ResponseReturnValue:
    """One case: what is wrong, the three steps, the copies side by side, what happened so far."""
    found, catalog = known(case_id), house().catalog
    sides, deeds = house().actions.sides(case_id), cases.timeline(catalog, case_id)
    agents = {deed.agent for deed in deeds} | {found.assigned}
    names = {one: fixity_words.who(catalog, one) for one in agents}
    view = items.get(catalog, found.item) if found.item else None
    return render_template(
        "fixity_case.html",
        case=found,
        about=fixity_words.about(found),
        sentence=fixity_words.sentence(found),
        found=fixity_words.found(found),
        state=(fixity_words.STATES[found.state], fixity_words.SIGNS[found.state]),
        item=view.item if view else None,
        opened=words.moment(found.opened),
        assigned=names[found.assigned] if found.assigned else "",
        recorded=case_page.groups(found.expected, None),
        recorded_size=words.size(found.expected_size) if found.expected_size is not None else "",
        copies=case_page.columns(found, sides),
        steps=steps(found, sides, deeds),
        timeline=case_page.timeline(deeds, names),
        stewards=stewards(),
        closed=found.state is CaseState.CLOSED,
    )


@blueprint.get("/<case_id>/copies/<store>/picture.jpg")
def picture(case_id: str, store: str) -> ResponseReturnValue:
    """The copy as a picture made anew by a page process; never the stored bytes themselves."""
    side = side_of(known(case_id), store)
    drawn = house().actions.picture_of(case_id, store) if side.picture else None
    if drawn is None:
        abort(404)
    return marked(Response(drawn, content_type="image/jpeg"), side)


@blueprint.get("/<case_id>/copies/<store>/file")
def copy(case_id: str, store: str) -> ResponseReturnValue:
    """The copy's bytes as they can be read now, damaged or not: to be kept, never to be opened by the browser."""
    found = known(case_id)
    side = side_of(found, store)
    try:
        path = house().actions.bytes_of(case_id, store)
    except StorageError as error:
        abort(Response(render_template("error.html", code=404, sentence=told(error, UNREAD)), status=404))
    name = download_name(found, side)
    answer = send_file(path, mimetype="application/octet-stream", as_attachment=True, download_name=name)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return marked(answer, side)


@blueprint.post("/<case_id>/recheck")
def recheck(case_id: str) -> ResponseReturnValue:
    """The case's page; every copy of its file was read in full."""
    after = house().actions.recheck(known(case_id).id, agent=agent())
    verdict = "good" if after.last_good else "not good"
    flash(f"Every copy was read in full. The copy in “{after.store}” is {verdict}." if after.key else "Looked again.")
    return back(case_id)


@blueprint.post("/<case_id>/repair")
def repair(case_id: str) -> ResponseReturnValue:
    """The case's page; the sentence says what was done."""
    flash(house().actions.repair(known(case_id).id, agent=agent()))
    return back(case_id)


@blueprint.post("/<case_id>/close")
def close(case_id: str) -> ResponseReturnValue:
    """The case's page; the case is closed, unless its last full read was bad."""
    house().actions.decide(known(case_id).id, "closed", agent=agent())
    flash("The case is closed.")
    return back(case_id)


@blueprint.post("/<case_id>/decide")
def decide(case_id: str) -> ResponseReturnValue:
    """The case's page; it was acknowledged, assigned, or has one note more."""
    found, deed = known(case_id), request.form.get("deed", "")
    note, chosen = request.form.get("note", "").strip()[:LONGEST_NOTE], request.form.get("assigned", "")
    names = dict(stewards())
    if deed not in SAID or (deed == "assigned" and chosen not in names):
        abort(400)
    if deed == "noted" and not note:
        flash("The note is empty: write what you found, then keep it.")
        return back(case_id)
    assigned = chosen if deed == "assigned" else ""
    house().actions.decide(found.id, deed, agent=agent(), note=note, assigned=assigned)
    flash(SAID[deed].format(name=names.get(chosen, "")))
    return back(case_id)


@blueprint.errorhandler(MunimentError)
def could_not(error: MunimentError) -> ResponseReturnValue:
    """The case's page, with the sentence that says what could not be done."""
    if request.method == "GET":
        return render_template("error.html", code=500, sentence=str(error)), 500
    flash(str(error))
    return back(str((request.view_args or {})["case_id"]))


def known(case_id: str) -> Case:
    """The case; 404 when there is none."""
    found = cases.get(house().catalog, case_id)
    if found is None:
        abort(404)
    return found


def side_of(found: Case, store: str) -> CopySide:
    """The copy of the case's file in this store; 404 when there is none."""
    side = next((side for side in house().actions.sides(found.id) if side.store == store), None)
    if side is None:
        abort(404)
    return side


def stewards() -> Sequence[tuple[str, str]]:
    """Who can be given a case: id and name."""
    everyone = people.everyone(house().catalog)
    return [
        (one.agent_id, one.name)
        for one in everyone
        if one.role in (Role.STEWARD, Role.ADMINISTRATOR) and not one.disabled
    ]


def download_name(found: Case, side: CopySide) -> str:
    """A name that no system takes amiss, and that says what the file is."""
    last = PurePosixPath(found.file or found.key).name.removeprefix("=")
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", f"{found.id}-{side.store}-{last}")[-120:].lstrip(".-")
    return name if side.good else f"{name}.damaged"


def marked(answer: Response, side: CopySide) -> Response:
    """The answer, saying whether its bytes are good; no cache keeps it."""
    answer.headers["X-Muniment-Copy"] = "good" if side.good else "damaged"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def back(case_id: str) -> ResponseReturnValue:
    """The way to the case's page after a deed."""
    return redirect(url_for("cases.case", case_id=case_id), 303)
