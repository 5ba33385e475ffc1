"""The services that `muniment run` keeps alive: how each is started, and that it dies with us."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import ConfigurationError
from workflow.page import PR_SET_PDEATHSIG
from workflow.processes import birth

_LIBC = "libc.so.6"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A program that runs as long as we do: its name, command, extra environment, and its own working folder."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path


class Running:
    """A started service; what it prints goes to its log."""

    def __init__(self, service: Service, logs: Path) -> None:
        self.service = service
        self._log = logs / f"{service.name}.log"
        self._logs = logs
        self.start()

    def start(self) -> None:
        """Starts the program (again)."""
        self._logs.mkdir(parents=True, exist_ok=True)
        self.service.folder.mkdir(parents=True, exist_ok=True)
        libc = ctypes.CDLL(_LIBC)  # loaded before the fork: after it only the call itself is safe
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self.service.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A folder called "images" or "catalog" where somebody happens to stand must not be taken for a package.
                env={**os.environ, **self.service.environment, "PYTHONSAFEPATH": "1"},
                cwd=self.service.folder,
                preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM),
            )
        self.born = birth(self._process.pid) or ""

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def ended(self) -> bool:
        """True when it is not there any more."""
        return self._process.poll() is not None

    def last_words(self) -> str:
        """The end of its log, for a person who has to find out."""
        lines = self._log.read_text(errors="replace").splitlines() if self._log.exists() else []
        return "\n".join(lines[-5:])


def free_port() -> int:
    """A port on loopback that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def require_port(host: str, port: int) -> None:
    """Nothing, when the viewer can listen there.

    Raises:
        ConfigurationError: somebody else does.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise ConfigurationError(
            f"The port {port} on {host} cannot be used ({error.strerror}): set MUNIMENT_PORT to another one."
        ) from error


def python(module: str) -> list[str]:
    """The command line of a module of ours."""
    return [sys.executable, "-P", "-m", module]


def prefect_environment(folder: Path, api: str, *, threads: int) -> dict[str, str]:
    """Prefect quiet, local and quick: nothing is reported to anybody, and the queue is asked every second."""
    return {
        "PREFECT_HOME": str(folder),
        "PREFECT_API_URL": api,
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        "PREFECT_RUNNER_POLL_FREQUENCY": "1",
        "PREFECT_TASK_RUNNER_THREAD_POOL_MAX_WORKERS": str(threads),
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_CLI_PROMPT": "false",
        "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
    }
