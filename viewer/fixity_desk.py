"""The fixity desk: one screen that says whether anybody must act, the audits, and the drill."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from catalog import audits, cases
from catalog.fixity_values import CaseState, Run, RunState
from core.errors import MunimentError
from viewer import purges, words
from viewer.case_list import folded
from viewer.fixity_faces import column, headline, reach, standings
from viewer.fixity_nights import calendar
from viewer.fixity_runs import run_line, run_page
from viewer.fixity_waiting import late
from viewer.house import house
from viewer.people import agent
from viewer.watch import warnings

blueprint = Blueprint("fixity", __name__, url_prefix="/fixity")
RUNS = 600  # more than six a night for the ninety nights
LISTED = 60
CLOSED = 5
PATIENCE = timedelta(hours=1)  # longer nobody watches an alarm travel
BEGINNING = timedelta(minutes=10)  # longer nobody waits for an audit to begin
MINUTE = 60


@blueprint.get("")
def desk() -> ResponseReturnValue:
    """Whether anything needs a person; the promise, the nights, the stores, what waits, the cases."""
    catalog, actions, now = house().catalog, house().actions, datetime.now(UTC)
    stores = standings(catalog, actions.faces(), now)
    unsettled, wishes = cases.not_closed(catalog), purges.wishes()
    answer, behind, needed = headline(unsettled, stores, silent=bool(warnings()), wishes=len(wishes), now=now)
    overdue, never = late(catalog, stores)
    latest = audits.latest(catalog, RUNS)
    return render_template(
        "fixity.html",
        answer=answer,
        behind=behind,
        needed=needed,
        reach=reach(stores),
        calendar=calendar(latest, now),
        stores=[column(store, now) for store in stores],
        places=actions.places(),
        overdue=overdue,
        never=never,
        groups=folded(catalog, unsettled),
        closed=folded(catalog, cases.listing(catalog, states=(CaseState.CLOSED,), limit=CLOSED, offset=0)),
        wishes=wishes,
        levels=actions.levels(),
        last=next((run_line(run) for run in latest if run.kind != "drill"), None),
    )


@blueprint.post("/audit")
def audit() -> ResponseReturnValue:
    """The list of audits; one of what is due begins soon."""
    house().actions.audit_now(agent=agent())
    flash("An audit of what is due begins in a moment; its line appears here.")
    return redirect(url_for("fixity.runs", asked=int(time.time())), 303)


@blueprint.post("/drill")
def drill() -> ResponseReturnValue:
    """The page on which the drill's alarm can be followed."""
    house().actions.drill(agent=agent())
    flash("A damaged sentinel is being planted; the drill that has to find it begins in a moment.")
    # Of the drills asked for within one minute one runs, which may have begun already.
    asked = int(time.time()) // MINUTE * MINUTE
    return redirect(url_for("fixity.newest_drill", asked=asked), 303)


@blueprint.get("/drills/newest")
def newest_drill() -> ResponseReturnValue:
    """The newest drill, or a page that waits for the one that was asked for."""
    newest = next((run for run in audits.latest(house().catalog, RUNS) if run.kind == "drill"), None)
    if newest is None or awaited([newest]):
        return render_template("fixity_drill.html", run=None, points=(), total="", going=True)
    return shown_drill(newest)


@blueprint.get("/drills/<run_id>")
def travel(run_id: str) -> ResponseReturnValue:
    """How the alarm of this drill travelled: planted, read, case opened, mail handed over."""
    return shown_drill(known(run_id))


@blueprint.get("/runs")
def runs() -> ResponseReturnValue:
    """The latest audits, the newest first."""
    found = audits.latest(house().catalog, LISTED)
    going = is_going(found[:1]) or awaited([run for run in found if run.kind != "drill"])
    return render_template("fixity_runs.html", lines=[run_line(run) for run in found], going=going)


@blueprint.get("/runs/<run_id>")
def run(run_id: str) -> ResponseReturnValue:
    """One audit, store by store."""
    found = known(run_id)
    return render_template("fixity_run.html", run=run_page(found), going=is_going([found]))


@blueprint.errorhandler(MunimentError)
def could_not(error: MunimentError) -> ResponseReturnValue:
    """The desk, with the sentence that says what could not be done."""
    if request.method == "GET":
        return render_template("error.html", code=500, sentence=str(error)), 500
    flash(str(error))
    return redirect(url_for("fixity.desk"), 303)


def shown_drill(found: Run) -> ResponseReturnValue:
    """The page of a drill; the time from planting to handing over is the figure that counts."""
    points = house().actions.travel(found.id)
    times = [point.at for point in points if point.at]
    whole = bool(points) and len(times) == len(points)
    lines = [(point, words.moment(point.at) if point.at else None) for point in points]
    took = words.duration(times[-1] - times[0]) if whole else ""
    going = not whole and datetime.now(UTC) - found.started < PATIENCE
    return render_template("fixity_drill.html", run=run_line(found), points=lines, total=took, going=going)


def known(run_id: str) -> Run:
    """The audit; 404 when there is none."""
    found = audits.get(house().catalog, run_id)
    if found is None:
        abort(404)
    return found


def is_going(found: list[Run] | tuple[Run, ...]) -> bool:
    """True while one of these audits runs."""
    return any(run.state is RunState.RUNNING for run in found)


def awaited(found: Sequence[Run]) -> bool:
    """True while none of these runs has begun since one was asked for; the address says when that was."""
    try:
        asked = datetime.fromtimestamp(int(request.args.get("asked", "")), UTC)
    except (ValueError, OverflowError, OSError):
        return False
    return datetime.now(UTC) - asked < BEGINNING and not any(run.started >= asked for run in found)
