"""A Muniment of the benchmark's own: fresh home, free port, ended by its process id."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.machine import PROC, TICKS, cpu_seconds, own_children_cpu_seconds
from workflow.services import free_port

START_SECONDS, STOP_SECONDS, POLL_SECONDS = 300, 40, 0.1
IDLE_SECONDS, WINDOW_SECONDS, SETTLE_SECONDS = 10.0, 4.0, 180.0
QUIET = 0.02  # processor seconds a second above idle that count as none


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall seconds and processor seconds."""

    seconds: float
    cpu_seconds: float


@dataclass(frozen=True, slots=True)
class Installation:
    """A running Muniment: its home, address, environment and the process id of `muniment run`."""

    home: Path
    address: str
    environment: dict[str, str]
    pid: int

    def ingest(self, folder: Path) -> tuple[dict[str, Any], Cost]:
        """The answer of `muniment ingest FOLDER --wait --publish --json`, and what it cost, the services included.

        Raises:
            RuntimeError: it could not run; an item that is refused is an answer.
        """
        clock, services, command = time.monotonic(), cpu_seconds(self.pid), own_children_cpu_seconds()
        arguments = [muniment(), "ingest", str(folder), "--wait", "--publish", "--json"]
        done = subprocess.run(arguments, env=self.environment, capture_output=True, text=True)
        seconds = time.monotonic() - clock
        spent = cpu_seconds(self.pid) - services + own_children_cpu_seconds() - command
        if done.returncode not in (0, 1):
            raise RuntimeError(f'"muniment ingest {folder}" could not run: {done.stdout or done.stderr}')
        return json.loads(done.stdout), Cost(seconds, spent)

    def ingest_and_settle(self, folder: Path, *, parts: Sequence[int] = ()) -> "Settled":
        """The same, but the processor time is what was spent above idle until the services have come to rest.

        Prefect's server writes down what happened after it happened; that is paid for, too. `parts` are the process
        ids of services whose own processor time is wanted, without that of the processes below them.

        Raises:
            RuntimeError: as `ingest`, or they did not come to rest within three minutes.
        """
        idle = self._rates(parts, IDLE_SECONDS)
        clock, start = time.monotonic(), self._spent(parts)
        answer, cost = self.ingest(folder)
        deadline = time.monotonic() + SETTLE_SECONDS
        while self._rates((), WINDOW_SECONDS)[0] > idle[0] + QUIET:
            if time.monotonic() > deadline:
                raise RuntimeError("The services did not come to rest: is other work on this machine?")
        seconds = time.monotonic() - clock
        spent = [
            after - since - rate * seconds for after, since, rate in zip(self._spent(parts), start, idle, strict=True)
        ]
        return Settled(answer, Cost(cost.seconds, spent[0]), tuple(spent[1:]))

    def _rates(self, parts: Sequence[int], seconds: float) -> list[float]:
        """Processor seconds that are spent in a second, as things stand now."""
        before = self._spent(parts)
        time.sleep(seconds)
        return [(after - since) / seconds for after, since in zip(self._spent(parts), before, strict=True)]

    def _spent(self, parts: Sequence[int]) -> list[float]:
        """Processor seconds of all services and of our commands so far, and of each part by itself."""
        return [cpu_seconds(self.pid) + own_children_cpu_seconds(), *map(single_cpu_seconds, parts)]


@dataclass(frozen=True, slots=True)
class Settled:
    """An answer of `ingest`, the cost of all of it, and the processor seconds of the parts that were asked for."""

    answer: dict[str, Any]
    cost: Cost
    parts: tuple[float, ...]


def single_cpu_seconds(pid: int) -> float:
    """Processor seconds of this process alone, whatever is below it."""
    fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def clean_environment(home: Path, port: int) -> dict[str, str]:
    """This process's environment without settings of another installation, with this home and port."""
    others = ("MUNIMENT_", "PREFECT_", "AWS_", "DATABASE_URL")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    return {**kept, "MUNIMENT_HOME": str(home), "MUNIMENT_PORT": str(port)}


def muniment() -> str:
    """The command beside the Python that runs this."""
    return str(Path(sys.executable).parent / "muniment")


@contextmanager
def running(
    home: Path, *, arguments: Sequence[str] = (), settings: Mapping[str, str] | None = None
) -> Iterator[Installation]:
    """A Muniment that answers well on a free port; ended, with all that it started, when the block is left.

    `settings` are added to its environment.

    Raises:
        RuntimeError: it ended or was not well within five minutes.
    """
    address = f"http://127.0.0.1:{(port := free_port())}"
    environment = {**clean_environment(home, port), **(settings or {})}
    home.mkdir(parents=True, exist_ok=True)
    with (home / "run.log").open("wb") as log:
        process = subprocess.Popen(
            [muniment(), "run", *arguments], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        _wait_until_well(process, address, home / "run.log")
        yield Installation(home, address, environment, process.pid)
    finally:
        _stop(process)


def _wait_until_well(process: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not is_well(address):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"Muniment did not start; the end of what it said: {log.read_text()[-2000:]}")
        time.sleep(POLL_SECONDS)


def is_well(address: str) -> bool:
    """True when `/healthz` answers 200."""
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=10) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """End the supervisor; it ends its services itself."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
