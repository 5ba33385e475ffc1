"""The worker: offers `ingest-batch` and `audit` to Prefect and runs each run of them in a process of its own.

Started by the supervisor as `python -m workflow.worker`.
"""

import asyncio
import threading
import time
from contextlib import suppress
from pathlib import Path

from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import TerminationSignal
from prefect.types.entrypoint import EntrypointType

from core.settings import Settings
from workflow.audit_flow import audit, schedule
from workflow.flows import ingest_batch
from workflow.homes import Home
from workflow.queueing import BELL
from workflow.starting import Standby, WarmRunner

BEAT_SECONDS = 2
NAME = "muniment"
AT_ONCE = 2  # batches at a time; pages share the cores
AUDITS = 1
LOOK_SECONDS, AUDIT_LOOK_SECONDS = 1.0, 3.0  # between two looks into the queue; who rings is heard at once


def main() -> None:
    """Serves until it is told to stop."""
    settings = Settings.from_environment()
    threading.Thread(target=_beat, args=(Home(settings.home_folder).heartbeat,), daemon=True).start()
    with suppress(KeyboardInterrupt, TerminationSignal):
        asyncio.run(_serve(*deployments(settings.audit_time)))


def deployments(audit_time: str) -> tuple[RunnerDeployment, RunnerDeployment]:
    """What is offered: batches whenever somebody queues one, and an audit every night."""
    # By module, not by file: the run's process imports the same installed packages as everybody else.
    batches = ingest_batch.to_deployment(name=NAME, entrypoint_type=EntrypointType.MODULE_PATH)
    nights = schedule(audit_time)
    audits = audit.to_deployment(name=NAME, entrypoint_type=EntrypointType.MODULE_PATH, schedule=nights)
    assert isinstance(batches, RunnerDeployment)  # outside a running loop it is no coroutine
    assert isinstance(audits, RunnerDeployment)
    return batches, audits


async def _serve(batches: RunnerDeployment, audits: RunnerDeployment) -> None:
    """Each kind has its own runner: long batches must not keep the night's audit waiting, nor two audits meet."""
    standby = Standby()
    runners = [
        WarmRunner(standby, limit=AT_ONCE, query_seconds=LOOK_SECONDS),
        WarmRunner(standby, limit=AUDITS, query_seconds=AUDIT_LOOK_SECONDS),
    ]
    async with asyncio.TaskGroup() as group:
        for deployment, runner in zip((batches, audits), runners, strict=True):
            await runner.aadd_deployment(deployment)
            group.create_task(runner.start())
        standby.start()
        asyncio.get_running_loop().add_signal_handler(BELL, lambda: group.create_task(runners[0].look()))


def _beat(file: Path) -> None:
    while True:
        file.touch()
        time.sleep(BEAT_SECONDS)


if __name__ == "__main__":
    main()
