"""How a batch or an audit gets into Prefect's queue: through its API, by its documented routes.

Spoken to directly, because importing Prefect costs over a second and a hundred megabytes, which neither the command
line nor the viewer needs to pay for one request.
"""

import json
import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from catalog import batches
from catalog.database import Catalog
from core.errors import NotRunningError

DEPLOYMENT = "ingest-batch/muniment"
AUDIT = "audit/muniment"
SECONDS = 20
BELL = signal.SIGURG  # the worker looks into the queue at once; who does not know it, does not mind it
BUSY = (429, 503)  # Prefect's server says so while its database is locked; asking again is safe for all we ask
PAUSES = (0.5, 1, 2, 4, 8)  # seconds between two tries
ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
STARTED = ("PENDING", "RUNNING")
BEGIN_SECONDS = 120  # a run that has started and not begun its batch for so long died with the worker that started it


def queue(catalog: Catalog, prefect_api: str, batch_id: str) -> None:
    """Queues the next attempt at the batch; an attempt that is queued twice runs once.

    Raises:
        NotRunningError: Prefect does not answer. The batch stays in the catalogue and is queued at the next start.
    """
    attempt = batches.raise_attempt(catalog, batch_id)
    _call(
        f"{prefect_api}/deployments/{_deployment(prefect_api, DEPLOYMENT)}/create_flow_run",
        {
            "name": _name(batch_id, attempt),
            "parameters": {"batch_id": batch_id, "attempt": attempt},
            "idempotency_key": f"batch:{batch_id}:{attempt}",
            "tags": [f"batch:{batch_id}"],
            "state": {"type": "SCHEDULED"},
        },
    )


def ring(worker: int) -> None:
    """Tells the worker of this machine that something was queued; it would find it by itself within a second."""
    with suppress(ProcessLookupError, PermissionError):
        os.kill(worker, BELL)


def queue_audit(prefect_api: str, *, kind: str = "demand", everything: bool = False, once: str = "") -> None:
    """Queues an audit to be run soon. Of several that are asked for with the same word `once`, one runs.

    Raises:
        NotRunningError: Prefect does not answer, or knows no worker.
    """
    _call(
        f"{prefect_api}/deployments/{_deployment(prefect_api, AUDIT)}/create_flow_run",
        {
            "parameters": {"kind": kind, "everything": everything},
            **({"idempotency_key": f"audit:{once}"} if once else {}),
            "state": {"type": "SCHEDULED"},
        },
    )


def audit_is_coming(prefect_api: str) -> bool:
    """True when an audit that is to run by now waits in the queue, or was started a moment ago.

    Raises:
        NotRunningError: Prefect does not answer, or knows no worker.
    """
    runs = _audits(prefect_api, ("SCHEDULED", *STARTED))
    now = datetime.now(UTC)
    waiting = (one for one in runs if one["state_type"] == "SCHEDULED")
    due = any(datetime.fromisoformat(one["expected_start_time"]) <= now for one in waiting)
    return due or any(one["state_type"] in STARTED and not _stuck(one["state"]) for one in runs)


def next_audit(prefect_api: str) -> datetime | None:
    """When the schedule starts the next audit, None when it will start none.

    Raises:
        NotRunningError: Prefect does not answer, or knows no worker.
    """
    now = datetime.now(UTC)
    times = (datetime.fromisoformat(one["expected_start_time"]) for one in _audits(prefect_api, ("SCHEDULED",)))
    return min((time for time in times if time > now), default=None)


def answers(prefect_api: str) -> bool:
    """True when Prefect's server is up."""
    try:
        return _call(f"{prefect_api}/health") is True
    except NotRunningError:
        return False


def deployed(prefect_api: str) -> bool:
    """True when the worker has announced its flows."""
    try:
        return all(_deployment(prefect_api, name) for name in (DEPLOYMENT, AUDIT))
    except NotRunningError:
        return False


def run_lost(prefect_api: str, batch_id: str, attempt: int) -> bool:
    """True when Prefect has no run for this attempt that could still begin the batch: none, ended, or dead by now."""
    question = {"flow_runs": {"name": {"any_": [_name(batch_id, attempt)]}}, "sort": "START_TIME_DESC", "limit": 1}
    runs = _call(f"{prefect_api}/flow_runs/filter", question)
    return not runs or runs[0]["state_type"] in ENDED or _stuck(runs[0]["state"])


def _deployment(prefect_api: str, name: str) -> str:
    return str(_call(f"{prefect_api}/deployments/name/{name}")["id"])


def _audits(prefect_api: str, states: Sequence[str]) -> list[dict[str, Any]]:
    question = {
        "deployments": {"id": {"any_": [_deployment(prefect_api, AUDIT)]}},
        "flow_runs": {"state": {"type": {"any_": list(states)}}},
        "sort": "EXPECTED_START_TIME_DESC",
        "limit": 200,
    }
    return list(_call(f"{prefect_api}/flow_runs/filter", question))


def _stuck(state: dict[str, Any]) -> bool:
    since = datetime.now(UTC) - datetime.fromisoformat(state["timestamp"])
    return state["type"] in STARTED and since.total_seconds() > BEGIN_SECONDS


def _name(batch_id: str, attempt: int) -> str:
    return f"ingest-batch-{batch_id}-{attempt}"


def _call(url: str, body: dict[str, Any] | None = None) -> Any:
    data = json.dumps(body).encode() if body is not None else None
    if urlsplit(url).scheme not in ("http", "https"):
        raise NotRunningError(f'The address "{url}" of Prefect is not one: correct PREFECT_API_URL.')
    request = Request(url, data=data, headers={"Content-Type": "application/json"})  # noqa: S310 - checked above
    try:
        return json.loads(_patiently(request))
    except (HTTPError, URLError, TimeoutError, ConnectionError, ValueError) as error:
        raise NotRunningError(
            f"Prefect does not answer ({error}): start `muniment run`, or look at its log."
        ) from error


def _patiently(request: Request) -> bytes:
    """The answer, asked for again while the server is busy."""
    for pause in (*PAUSES, None):
        try:
            with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - the scheme was checked
                return bytes(answer.read())
        except HTTPError as error:
            if error.code not in BUSY or pause is None:
                raise
            error.close()
            time.sleep(pause)
    raise AssertionError("the last try answers or raises")
