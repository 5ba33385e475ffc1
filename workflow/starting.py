"""How a run gets its process: forked from the standby, or started as Prefect does when there is none.

Everything here happens in the worker's event loop.
"""

import asyncio
import json
import logging
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import anyio
from prefect.runner import Runner
from prefect.runner._flow_run_executor import ProcessStarter
from prefect.runner._process_manager import ProcessHandle

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun
    from prefect.runner._control_channel import ControlChannel

MESSAGE = 1 << 20
GONE = -9  # the status of a run whose standby is gone: it was killed with it
log = logging.getLogger(__name__)


class NoStandbyError(Exception):
    """The standby could not start, or has ended; stays inside the worker."""


class Forked:
    """The process of a run, as far as Prefect asks for it: a child of the standby, which tells how it ended."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ended = asyncio.Event()

    def end(self, status: int) -> None:
        """Notes how it ended."""
        self.returncode = status
        self._ended.set()

    async def wait(self) -> int | None:
        """Its exit status, as `subprocess` gives it, when it has ended."""
        await self._ended.wait()
        return self.returncode


class Standby:
    """The worker's side of `workflow.standby`: started when it is first needed, and again when it has ended."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._asked: deque[asyncio.Future[Forked]] = deque()
        self._runs: dict[int, Forked] = {}

    def start(self) -> None:
        """Starts the program, unless it runs; it is ready for a run about two seconds later."""
        if self._socket is None:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            ours.setblocking(False)
            with theirs:
                command = [sys.executable, "-P", "-m", "workflow.standby", str(theirs.fileno())]
                self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
            self._socket = ours
            self._listener = asyncio.get_running_loop().create_task(self._listen(ours, self._process))

    @property
    def pid(self) -> int:
        """The process id of the program that was started last."""
        return self._process.pid

    async def fork(self, environment: dict[str, str]) -> Forked:
        """The process of a new run, which has this in its environment beside the worker's.

        Raises:
            NoStandbyError: there is no standby; no process was made.
        """
        self.start()
        assert self._socket
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Forked] = loop.create_future()
        self._asked.append(answer)
        try:
            await loop.sock_sendall(self._socket, json.dumps({"environment": environment}).encode())
        except OSError as error:
            raise NoStandbyError from error
        return await answer

    def close(self) -> None:
        """Lets the standby go; it ends, and what still runs is killed with it."""
        if self._socket is not None:
            self._socket.shutdown(socket.SHUT_RDWR)

    async def lost(self) -> None:
        """Nothing, when the standby that was started last is known to be gone."""
        await asyncio.shield(self._listener)

    async def _listen(self, standby: socket.socket, process: "subprocess.Popen[bytes]") -> None:
        """Hears of every run that begins and ends, until the standby is gone."""
        loop = asyncio.get_running_loop()
        try:
            while message := await loop.sock_recv(standby, MESSAGE):
                self._hear(**json.loads(message))
        except ConnectionError as error:
            log.warning("The standby has ended: %s", error)
        finally:
            self._lose(standby)
            await loop.run_in_executor(None, process.wait)

    def _hear(self, *, pid: int, status: int | None = None) -> None:
        if status is None:
            run = self._runs[pid] = Forked(pid)
            self._asked.popleft().set_result(run)
        else:
            self._runs.pop(pid).end(status)

    def _lose(self, standby: socket.socket) -> None:
        standby.close()
        self._socket = None
        asked, self._asked = self._asked, deque()
        runs, self._runs = self._runs, {}
        for answer in asked:
            if not answer.done():
                answer.set_exception(NoStandbyError())
        for run in runs.values():
            run.end(GONE)


class StandbyStarter:
    """Starts a run from the standby; Prefect's own starter steps in when there is none."""

    def __init__(self, standby: Standby, control: "ControlChannel", plain: ProcessStarter) -> None:
        self._standby, self._control, self._plain = standby, control, plain

    async def start(
        self, flow_run: "FlowRun", task_status: anyio.abc.TaskStatus[ProcessHandle] = anyio.TASK_STATUS_IGNORED
    ) -> None:
        """Nothing, when the process of the run has ended; `task_status` gets its handle when it has begun."""
        port, token = self._control.register(flow_run.id)
        environment = {
            "PREFECT__FLOW_RUN_ID": str(flow_run.id),
            "PREFECT__CONTROL_PORT": str(port),
            "PREFECT__CONTROL_TOKEN": token,
            # The runner that started it runs the hooks.
            "PREFECT__ENABLE_CANCELLATION_AND_CRASHED_HOOKS": "false",
        }
        try:
            process = await self._standby.fork(environment)
        except NoStandbyError:
            log.warning("There is no standby: the run %s is started without one.", flow_run.id)
            await self._plain.start(flow_run, task_status)
            return
        task_status.started(ProcessHandle(process))  # type: ignore[arg-type]  # it is asked for pid and status only
        await process.wait()


class WarmRunner(Runner):
    """Prefect's runner, whose runs are started from a standby."""

    def __init__(self, standby: Standby, *, limit: int, query_seconds: float) -> None:
        # Paused schedules would stay paused after the next start.
        super().__init__(limit=limit, pause_on_shutdown=False, query_seconds=query_seconds)
        self._standby = standby

    async def __aenter__(self) -> "WarmRunner":
        await super().__aenter__()
        poller = self._scheduled_run_poller
        poller._resolve_starter = partial(self._warm, poller._resolve_starter)
        return self

    async def look(self) -> None:
        """Starts at once what waits in the queue, instead of at the next look."""
        if self.started and not self.stopping:
            await self._scheduled_run_poller._get_and_submit_flow_runs()

    def _warm(self, plain: Callable[["FlowRun"], ProcessStarter], flow_run: "FlowRun") -> ProcessStarter:
        return StandbyStarter(self._standby, self._control_channel, plain(flow_run))
