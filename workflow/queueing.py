"""How a batch gets into Prefect's queue: through its API, by its documented routes.

Spoken to directly, because importing Prefect costs over a second and a hundred megabytes, which neither the command
line nor the viewer needs to pay for one request.
"""

import json
import time
from datetime import UTC, datetime
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from catalog import batches
from catalog.database import Catalog
from core.errors import NotRunningError

DEPLOYMENT = "ingest-batch/muniment"
SECONDS = 20
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
    deployment = _call(f"{prefect_api}/deployments/name/{DEPLOYMENT}")
    _call(
        f"{prefect_api}/deployments/{deployment['id']}/create_flow_run",
        {
            "name": _name(batch_id, attempt),
            "parameters": {"batch_id": batch_id, "attempt": attempt},
            "idempotency_key": f"batch:{batch_id}:{attempt}",
            "tags": [f"batch:{batch_id}"],
            "state": {"type": "SCHEDULED"},
        },
    )


def answers(prefect_api: str) -> bool:
    """True when Prefect's server is up."""
    try:
        return _call(f"{prefect_api}/health") is True
    except NotRunningError:
        return False


def deployed(prefect_api: str) -> bool:
    """True when the worker has announced its flow."""
    try:
        return "id" in _call(f"{prefect_api}/deployments/name/{DEPLOYMENT}")
    except NotRunningError:
        return False


def run_lost(prefect_api: str, batch_id: str, attempt: int) -> bool:
    """True when Prefect has no run for this attempt that could still begin the batch: none, ended, or dead by now."""
    question = {"flow_runs": {"name": {"any_": [_name(batch_id, attempt)]}}, "sort": "START_TIME_DESC", "limit": 1}
    runs = _call(f"{prefect_api}/flow_runs/filter", question)
    return not runs or runs[0]["state_type"] in ENDED or _stuck(runs[0]["state"])


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
