"""How the house is: one answer for supervisors, one for counters."""

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from catalog import batches, items
from viewer.counting import counts
from viewer.house import house
from viewer.people import is_staff

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 when every part answers, 503 with the reasons when not; what a store said exactly is for staff."""
    health = house().actions.health()
    parts = dict(health.parts)
    if not is_staff() and parts.get("store", "ok") != "ok":
        parts["store"] = "the store does not answer"
    body = {"ok": health.ok, "parts": parts} | ({"demo": health.demo} if health.demo else {})
    return jsonify(body), 200 if health.ok else 503


@blueprint.get("/metrics")
def metrics() -> Response:
    """Figures in the text format of Prometheus; how many items are hidden is for staff."""
    catalog = house().catalog
    figures = {
        "muniment_items_public": ("Items that readers can see.", items.count(catalog)),
        "muniment_batches_unfinished": ("Batches that are queued or running.", len(batches.unfinished(catalog))),
    }
    if is_staff():
        figures["muniment_items"] = ("All items that are held.", items.count(catalog, public_only=False))
    lines = [f"# HELP {name} {says}\n# TYPE {name} gauge\n{name} {value}\n" for name, (says, value) in figures.items()]
    return Response("".join([*lines, counts().lines()]), content_type="text/plain; version=0.0.4; charset=utf-8")
