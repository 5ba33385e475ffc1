"""The worker: offers `ingest-batch` to Prefect and runs each batch in a process of its own.

Started by the supervisor as `python -m workflow.worker`.
"""

import threading
import time
from pathlib import Path

from prefect import serve
from prefect.deployments.runner import RunnerDeployment
from prefect.types.entrypoint import EntrypointType

from core.settings import Settings
from workflow.flows import ingest_batch
from workflow.homes import Home

BEAT_SECONDS = 2
AT_ONCE = 2  # batches at a time; pages share the cores


def main() -> None:
    """Serves until it is told to stop."""
    home = Home(Settings.from_environment().home_folder)
    threading.Thread(target=_beat, args=(home.heartbeat,), daemon=True).start()
    # By module, not by file: the run's process imports the same installed packages as everybody else.
    deployment = ingest_batch.to_deployment(name="muniment", entrypoint_type=EntrypointType.MODULE_PATH)
    assert isinstance(deployment, RunnerDeployment)  # outside a running loop it is no coroutine
    serve(deployment, pause_on_shutdown=False, limit=AT_ONCE, print_starting_message=False)


def _beat(file: Path) -> None:
    while True:
        file.touch()
        time.sleep(BEAT_SECONDS)


if __name__ == "__main__":
    main()
