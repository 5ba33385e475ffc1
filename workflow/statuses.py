"""`muniment status`: what goes on, for people and for scripts."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from catalog import batches, cases
from catalog.values import BatchView
from core.errors import NotFoundError
from workflow import watchman
from workflow.audit_report import alert_json, alert_words
from workflow.receipts import safe_to_erase
from workflow.reports import count, problem_json
from workflow.workshop import Workshop


def status_json(shop: Workshop, batch_id: str = "") -> dict[str, Any]:
    """The newest batches and all that are not finished, newest first, or one batch with its items; and the alarms.

    Alarms are the cases that are not closed, and the warnings of the dead-man's switch (those have a `code`). `more`
    counts the finished batches that are left out; it is there when there are some.
    """
    alarms = [*map(alert_json, cases.not_closed(shop.catalog)), *_warnings(shop)]
    if not batch_id:
        return {**_listed(shop), "alarms": alarms}
    view = batches.get(shop.catalog, batch_id)
    if view is None:
        raise NotFoundError(f'There is no batch "{batch_id}": `muniment status` lists those there are.')
    return {"batches": [_batch(view) | {"jobs": [_job(shop, job) for job in view.jobs]}], "alarms": alarms}


def print_status(found: dict[str, Any], say: Callable[[str], None]) -> None:
    """The same as lines of text."""
    if not found["batches"]:
        say("No batch was queued yet: put a folder into the inbox, or use `muniment ingest FOLDER`.")
    for alarm in found["alarms"]:
        say(alarm["sentence"] if "code" in alarm else alert_words(alarm))
    for batch in found["batches"]:
        pages = f"{batch['pages_done']} of {count(batch['pages'], 'page')}"
        say(f"{batch['batch']}  {batch['state']:8}  {count(batch['items'], 'item')}, {pages}  {batch['name']}")
        for job in batch.get("jobs", ()):
            say(f"    {job['state']:10} {job['item']}  {job['id'] or ''}")
            for problem in job["problems"]:
                say(f"        {problem['severity']}: {problem['sentence']}")
    if found.get("more"):
        are = "batch is" if found["more"] == 1 else "batches are"
        say(f"{found['more']:,} older {are} not shown: the list of batches in the viewer has them all.")


def _warnings(shop: Workshop) -> list[dict[str, str]]:
    now = datetime.now(UTC)
    return [{"code": one.code, "sentence": one.sentence} for one in watchman.warnings(shop, now)]


def _listed(shop: Workshop) -> dict[str, Any]:
    newest, working = batches.listing(shop.catalog), batches.unfinished(shop.catalog)
    views = {view.id: view for view in (*newest, *reversed(working))}
    more = batches.count(shop.catalog) - len(views)
    return {"batches": [_batch(view) for view in views.values()], **({"more": more} if more > 0 else {})}


def _batch(view: BatchView) -> dict[str, Any]:
    return {
        "batch": view.id,
        "name": view.name,
        "state": view.state,
        "items": view.items,
        "pages": view.pages,
        "pages_done": view.pages_done,
        "problems": len(view.problems),
        "sentence": view.sentence,
    }


def _job(shop: Workshop, job: Any) -> dict[str, Any]:
    return {
        "item": job.folder,
        "id": job.item_id,
        "state": job.state,
        "pages": job.pages,
        "pages_done": job.pages_done,
        "problems": [problem_json(problem) for problem in job.problems],
        "sentence": job.sentence,
        "safe_to_erase": safe_to_erase(shop, job.item_id),
    }
