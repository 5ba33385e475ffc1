"""The nightly audit is really scheduled, by the real server and the real worker, and is run when it is asked for."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from catalog import copies, runs
from catalog.fixity_values import Run, RunState
from core.errors import NotRunningError
from core.fixity import StoredFile
from workflow import audit_flow, audit_lease, fixity_checks, late_audits, queueing, runfile
from workflow.processes import birth, end
from workflow.runfile import RunFile
from workflow.services import Running, Service, free_port, prefect_environment, python
from workflow.workshop import Workshop

NIGHT = datetime(2026, 1, 20, 1, 30, tzinfo=UTC)  # long past: a run of a time to come counts for nothing
Start = Callable[[str, list[str], dict[str, str]], Running]
SECONDS = 120


def until(ready: Callable[[], Any], what: str) -> Any:
    deadline = time.monotonic() + SECONDS
    while not (found := ready()):
        assert time.monotonic() < deadline, f"{what} did not come within {SECONDS} seconds"
        time.sleep(0.2)
    return found


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Start]:
    """Starts a service of ours; ends all of them, the last one first."""
    running: list[Running] = []

    def start(name: str, command: list[str], environment: dict[str, str]) -> Running:
        service = Service(name=name, command=command, environment=environment, folder=tmp_path / name)
        running.append(Running(service, tmp_path))
        return running[-1]

    yield start
    for one in reversed(running):
        end([one.pid], seconds=20)
        until(partial(getattr, one, "ended"), "its end")


def ended(api: str) -> list[tuple[str, str]]:
    """Kind and state of every audit that was started, oldest first; nothing while one has not ended yet."""
    found = queueing._audits(api, ("SCHEDULED", "PENDING", "RUNNING", *queueing.ENDED))
    now = datetime.now(UTC)
    past = [one for one in reversed(found) if datetime.fromisoformat(one["expected_start_time"]) <= now]
    told = [(one["parameters"].get("kind", "nightly"), one["state_type"]) for one in past]
    return told if all(state in queueing.ENDED for _, state in told) else []


@pytest.mark.services
@pytest.mark.slow
def test_the_schedule_yields_runs_and_what_is_wished_or_late_is_run(
    started: Start, shop: Workshop, tmp_path: Path
) -> None:
    shop.home.make()
    api = f"http://127.0.0.1:{(port := free_port())}/api"
    environment = {
        **prefect_environment(tmp_path / "prefect", api, threads=2),
        "MUNIMENT_HOME": str(shop.home.folder),
        "MUNIMENT_STORES": shop.settings.stores,
        "MUNIMENT_AUDIT_TIME": "03:07",
        "TZ": "Europe/Berlin",
    }
    started("prefect", [*python("prefect"), "server", "start", "--port", str(port)], environment)
    until(lambda: queueing.answers(api), "the server")
    worker = started("worker", python("workflow.worker"), environment)
    until(lambda: queueing.deployed(api), "the worker")

    planned = until(lambda: queueing.next_audit(api), "a scheduled audit")
    local = planned.astimezone(ZoneInfo("Europe/Berlin"))
    assert (local.hour, local.minute) == (3, 7)
    assert planned - datetime.now(UTC) <= timedelta(days=1, hours=1)
    assert not queueing.audit_is_coming(api)

    for _ in range(2):
        queueing.queue_audit(api, kind="demand", once="the-same-wish")
    assert queueing.audit_is_coming(api)
    assert until(lambda: ended(api), "the end of the audit") == [("demand", "COMPLETED")]

    me = birth(os.getpid())
    assert me
    runfile.write(shop.home, RunFile(pid=os.getpid(), born=me, viewer="", prefect_api=api, s3=None))
    later = datetime.now(UTC) + timedelta(hours=27)
    assert [late_audits.audit_if_late(shop, later) for _ in range(2)] == [True, False]
    both = [("demand", "COMPLETED"), ("nightly", "COMPLETED")]
    assert until(lambda: ended(api)[1:], "the late audit") == both[1:]
    assert [(run.kind, run.state) for run in runs.latest(shop.catalog)] == [("nightly", "done"), ("demand", "done")]
    assert [check.name for check in fixity_checks.schedule(shop) if check.ok] == ["schedule"]

    os.kill(worker.pid, signal.SIGTERM)
    until(lambda: worker.ended, "the worker's end")
    assert queueing.next_audit(api)  # the schedule is not paused by it


def run_of(kind: str, state: RunState, started: datetime) -> Run:
    return Run(id=f"{kind}-{state}", kind=kind, state=state, started=started, finished=started + timedelta(minutes=5))


@pytest.mark.parametrize(
    ("run", "made_good"),
    [
        (run_of("nightly", RunState.DONE, NIGHT + timedelta(hours=60)), True),  # the first night after days off
        (run_of("nightly", RunState.DONE, NIGHT - timedelta(days=1)), False),
        (run_of("nightly", RunState.VOID, NIGHT + timedelta(hours=60)), False),
        (run_of("drill", RunState.DONE, NIGHT + timedelta(hours=60)), False),
    ],
)
def test_a_night_that_was_missed_is_audited_once(shop: Workshop, run: Run, made_good: bool) -> None:
    assert not audit_flow.made_good(shop.catalog, NIGHT)
    runs.finish(shop.catalog, run)
    assert audit_flow.made_good(shop.catalog, NIGHT) is made_good


def test_the_schedule_is_that_of_the_settings_in_the_zone_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tzlocal.unix._cache_tz_name", None)
    monkeypatch.setenv("TZ", "America/New_York")
    nights = audit_flow.schedule("22:05")
    assert (nights.cron, nights.timezone) == ("5 22 * * *", "America/New_York")


def test_an_audit_is_late_after_a_night_and_not_tried_again_at_once(shop: Workshop) -> None:
    """No `muniment run` lives here, so an audit that is found late cannot be queued, and that is said."""
    assert not late_audits.audit_if_late(shop, NIGHT)  # nothing is held
    file = StoredFile(logical="a", key="ocfl/a", size=1, sha512="5" * 128, sha256="2" * 64)
    copies.add(shop.catalog, shop.stores[0].name, [file], item="x", at=NIGHT)
    assert not late_audits.audit_if_late(shop, NIGHT + late_audits.LATE)
    much_later = NIGHT + timedelta(days=3)
    with pytest.raises(NotRunningError):
        late_audits.audit_if_late(shop, much_later)
    runs.finish(shop.catalog, run_of("nightly", RunState.VOID, much_later - timedelta(hours=5)))
    assert not late_audits.audit_if_late(shop, much_later)
    with pytest.raises(NotRunningError):
        late_audits.audit_if_late(shop, much_later + timedelta(hours=1, seconds=1))
    with audit_lease.leased(shop.home):
        assert not late_audits.audit_if_late(shop, much_later + timedelta(hours=2))
    runs.finish(shop.catalog, run_of("demand", RunState.DONE, much_later))
    assert not late_audits.audit_if_late(shop, much_later + timedelta(hours=26))
