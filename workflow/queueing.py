"""How a batch gets into Prefect's queue: through its API, by its documented routes.

Spoken to directly, because importing Prefect costs over a second and a hundred megabytes, which neither the command
line nor the viewer needs to pay for one request.
"""

import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from catalog import batches
from catalog.database import Catalog
from core.errors import NotRunningError

DEPLOYMENT = "ingest-batch/muniment"
SECONDS = 20
ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


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
            "name": f"ingest-batch-{batch_id}-{attempt}",
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


def run_ended(prefect_api: str, batch_id: str) -> bool:
    """True when Prefect's newest run for the batch is over, however it went."""
    question = {"flow_runs": {"tags": {"all_": [f"batch:{batch_id}"]}}, "sort": "START_TIME_DESC", "limit": 1}
    runs = _call(f"{prefect_api}/flow_runs/filter", question)
    return bool(runs) and runs[0]["state_type"] in ENDED


def _call(url: str, body: dict[str, Any] | None = None) -> Any:
    data = json.dumps(body).encode() if body is not None else None
    if urlsplit(url).scheme not in ("http", "https"):
        raise NotRunningError(f'The address "{url}" of Prefect is not one: correct PREFECT_API_URL.')
    request = Request(url, data=data, headers={"Content-Type": "application/json"})  # noqa: S310 - checked above
    try:
        with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            return json.loads(answer.read())
    except (HTTPError, URLError, TimeoutError, ConnectionError, ValueError) as error:
        raise NotRunningError(
            f"Prefect does not answer ({error}): start `muniment run`, or look at its log."
        ) from error
