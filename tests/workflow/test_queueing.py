"""Speaking with Prefect's server: patient while it is busy, plain when it is away, and no batch forgotten."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from catalog import batches
from catalog.values import JobSeed
from core.errors import NotRunningError
from workflow import parking, queueing, recovery, storekeeping
from workflow.workshop import Workshop


class Server:
    """Answers as Prefect's API does; `busy` is how often it says 503 first, `runs` what it knows by name, for `age`."""

    def __init__(self) -> None:
        self.busy, self.runs, self.age = 0, dict[str, str](), timedelta()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._say({"id": "deployment"})

            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self._say(None if outer.busy else outer.answer(self.path, asked))

            def _say(self, answer: Any) -> None:
                self.send_response(503 if outer.busy else 200)
                outer.busy = max(outer.busy - 1, 0)
                body = json.dumps(answer).encode()
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.api = f"http://127.0.0.1:{self.http.server_port}/api"

    def answer(self, path: str, asked: dict[str, Any]) -> Any:
        if path.endswith("create_flow_run"):
            self.runs[asked["name"]] = "SCHEDULED"
            return {"id": "run"}
        names = asked["flow_runs"]["name"]["any_"]
        since = (datetime.now(UTC) - self.age).isoformat()
        found = [self.runs[name] for name in names if name in self.runs]
        return [{"state_type": state, "state": {"type": state, "timestamp": since}} for state in found]


@pytest.fixture
def prefect() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.http.serve_forever)
    thread.start()
    yield server
    server.http.shutdown()
    thread.join()
    server.http.server_close()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queueing, "PAUSES", (0, 0, 0))


@pytest.fixture
def new_batch(shop: Workshop) -> Callable[[], str]:
    return lambda: batches.create(shop.catalog, name="b", path="/in/b", publish=False, new_version=False, agent="a")


def told(shop: Workshop, batch_id: str) -> tuple[str, int]:
    view = batches.get(shop.catalog, batch_id)
    assert view
    return view.state, view.attempt


def test_a_busy_server_is_asked_again(shop: Workshop, prefect: Server, new_batch: Callable[[], str]) -> None:
    prefect.busy, batch = 3, new_batch()
    queueing.queue(shop.catalog, prefect.api, batch)
    assert prefect.runs == {f"ingest-batch-{batch}-1": "SCHEDULED"}
    prefect.busy = 4
    with pytest.raises(NotRunningError, match="503"):
        queueing.queue(shop.catalog, prefect.api, batch)


def test_a_queued_batch_without_a_run_is_queued_anew(
    shop: Workshop, prefect: Server, new_batch: Callable[[], str]
) -> None:
    batch = new_batch()
    with pytest.raises(NotRunningError):
        queueing.queue(shop.catalog, "http://127.0.0.1:9/api", batch)
    recovery.requeue_abandoned(shop, prefect.api)
    assert prefect.runs == {f"ingest-batch-{batch}-2": "SCHEDULED"}
    recovery.requeue_abandoned(shop, prefect.api)
    assert told(shop, batch) == ("queued", 2)


def test_a_run_that_started_and_never_began_its_batch_is_given_up(
    shop: Workshop, prefect: Server, new_batch: Callable[[], str]
) -> None:
    batch = new_batch()
    queueing.queue(shop.catalog, prefect.api, batch)
    prefect.runs = dict.fromkeys(prefect.runs, "PENDING")
    recovery.requeue_abandoned(shop, prefect.api)
    assert told(shop, batch) == ("queued", 1)
    prefect.age = timedelta(seconds=queueing.BEGIN_SECONDS + 1)
    recovery.requeue_abandoned(shop, prefect.api)
    assert told(shop, batch) == ("queued", 2)
    assert prefect.runs == {f"ingest-batch-{batch}-1": "PENDING", f"ingest-batch-{batch}-2": "SCHEDULED"}


def test_a_prefect_that_is_away_ends_nothing(shop: Workshop, new_batch: Callable[[], str]) -> None:
    batch = new_batch()
    recovery.requeue_all(shop.catalog, "http://127.0.0.1:9/api")
    recovery.requeue_abandoned(shop, "http://127.0.0.1:9/api")
    assert told(shop, batch) == ("queued", 1)


def test_a_batch_that_dies_again_and_again_waits_longer_each_time_and_is_never_given_up(
    shop: Workshop, prefect: Server, new_batch: Callable[[], str]
) -> None:
    batch = new_batch()
    queueing.queue(shop.catalog, prefect.api, batch)
    taken_up = []
    for second in range(0, 200, 5):
        prefect.runs = dict.fromkeys(prefect.runs, "CRASHED")
        before = told(shop, batch)[1]
        recovery.requeue_abandoned(shop, prefect.api, now=float(second))
        taken_up += [second] if told(shop, batch)[1] > before else []
    assert taken_up == [0, 5, 10, 20, 40, 80, 160]
    view = batches.get(shop.catalog, batch)
    assert view is not None
    assert (view.state, view.sentence) == ("queued", recovery.AGAIN)


def test_a_batch_that_gets_on_between_its_deaths_is_taken_up_at_once(
    shop: Workshop, prefect: Server, new_batch: Callable[[], str]
) -> None:
    batch = new_batch()
    batches.set_jobs(shop.catalog, batch, [JobSeed("letter", 0)])
    queueing.queue(shop.catalog, prefect.api, batch)
    for page in range(1, 3 * recovery.TRIES):
        prefect.runs = dict.fromkeys(prefect.runs, "CRASHED")
        batches.page_done(shop.catalog, batch, "letter", page, seconds=1.0)
        recovery.requeue_abandoned(shop, prefect.api)
    assert told(shop, batch) == ("queued", 3 * recovery.TRIES)


def test_a_batch_that_failed_for_want_of_a_store_is_taken_up_when_one_answers(
    shop: Workshop, prefect: Server, new_batch: Callable[[], str]
) -> None:
    storekeeping.look(shop)
    folder, batch = shop.home.folder / "copy", new_batch()
    folder.rename(folder.with_name("away"))
    batches.finish(shop.catalog, batch, state="failed")
    parking.park(shop.home, batch)
    assert parking.take_up(shop, prefect.api, patience=0) == 0
    folder.with_name("away").rename(folder)
    assert parking.take_up(shop, prefect.api) == 0  # its time has not come
    with pytest.raises(NotRunningError):
        parking.take_up(shop, "http://127.0.0.1:9/api", patience=0)
    assert parking.is_parked(shop.home, batch)
    batches.finish(shop.catalog, batch, state="failed")
    assert parking.take_up(shop, prefect.api, patience=0) == 1
    assert (told(shop, batch)[0], parking.is_parked(shop.home, batch)) == ("queued", False)
    assert parking.take_up(shop, prefect.api, patience=0) == 0
