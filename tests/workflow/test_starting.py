"""Runs are forked from a process that has imported everything, and die with it."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from workflow.processes import birth, end, parent_of
from workflow.starting import GONE, Forked, Standby

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def deaf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A Prefect API that takes a run's question and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{server.getsockname()[1]}/api")
        monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
        monkeypatch.setenv("PREFECT_SERVER_ALLOW_EPHEMERAL_MODE", "false")
        yield


async def fork(standby: Standby, run: str) -> Forked:
    return await standby.fork({"PREFECT__FLOW_RUN_ID": run})


@pytest.mark.usefixtures("deaf")
def test_a_run_has_a_process_of_its_own_that_the_standby_tells_of() -> None:
    async def walk() -> tuple[list[int | None], list[bool]]:
        standby = Standby()
        try:
            senseless = await fork(standby, "no run at all")  # Prefect's engine refuses it and ends with 1
            waiting, other = await asyncio.gather(*(fork(standby, str(uuid4())) for _ in range(2)))
            children = [parent_of(run.pid) == standby.pid for run in (waiting, other)]
            os.kill(waiting.pid, signal.SIGKILL)
            ends = [await senseless.wait(), await waiting.wait(), other.returncode]
            os.kill(standby.pid, signal.SIGKILL)
            await standby.lost()
            return [*ends, await other.wait()], [*children, await _is_gone(other.pid)]
        finally:
            end([standby.pid], seconds=5)

    assert asyncio.run(walk()) == ([1, -signal.SIGKILL, None, GONE], [True, True, True])


@pytest.mark.usefixtures("deaf")
def test_a_standby_that_has_ended_is_started_again_and_ends_with_its_worker() -> None:
    async def walk() -> tuple[int | None, bool, bool]:
        standby = Standby()
        try:
            await fork(standby, str(uuid4()))
            first = standby.pid
            os.kill(first, signal.SIGKILL)
            assert await _is_gone(first)
            await standby.lost()
            senseless = await fork(standby, "no run at all")
            status = await senseless.wait()
            standby.close()
            await standby.lost()
            return status, standby.pid != first, await _is_gone(standby.pid)
        finally:
            end([standby.pid], seconds=5)

    assert asyncio.run(walk()) == (1, True, True)


async def _is_gone(pid: int) -> bool:
    """True when the process has ended; waits for it."""
    while birth(pid) is not None:
        await asyncio.sleep(0.01)
    return True
