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
from prefect.runner import Runner
from prefect.types.entrypoint import EntrypointType

from core.settings import Settings
from workflow.audit_flow import audit, schedule
from workflow.flows import ingest_batch
from workflow.homes import Home

BEAT_SECONDS = 2
NAME = "muniment"
AT_ONCE = 2  # batches at a time; pages share the cores
AUDITS = 1


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
    async with asyncio.TaskGroup() as group:
        for deployment, limit in ((batches, AT_ONCE), (audits, AUDITS)):
            # Paused schedules would stay paused after the next start.
            runner = Runner(limit=limit, pause_on_shutdown=False)
            await runner.aadd_deployment(deployment)
            group.create_task(runner.start())


def _beat(file: Path) -> None:
    while True:
        file.touch()
        time.sleep(BEAT_SECONDS)


if __name__ == "__main__":
    main()
