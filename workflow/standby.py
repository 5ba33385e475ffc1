"""The standby: a process that has imported all that a run needs, and becomes each run by forking.

Importing Prefect and our flows takes longer than a small batch. The worker starts this program once, as
`python -P -m workflow.standby SOCKET`, and sends it one message a run: {"environment": {…}}. It answers with
{"pid": N} when the run has its process, and with {"pid": N, "status": N} when that has ended. A run still has a process
of its own, which shares what was imported until it writes to it.

Forking is safe because nothing else happens here: no second thread, no connection, no client is ever made. If an
imported library starts a thread after all, the standby ends, and the worker starts runs as Prefect does.
"""

import ctypes
import gc
import json
import os
import runpy
import selectors
import signal
import socket
import sys
from importlib import import_module
from pathlib import Path

from ingest.pronom import identify
from storage.s3_client import load_sdk
from workflow.page import PR_SET_PDEATHSIG

NEEDED = ("prefect.flow_engine", "prefect.engine", "workflow.flows", "workflow.audit_flow")
MESSAGE = 1 << 20


def main() -> None:
    """Waits for runs until the worker is gone; in the process of a run, the run."""
    worker = socket.socket(fileno=int(sys.argv[1]))
    for module in NEEDED:
        import_module(module)
    load_sdk()
    identify(Path(__file__))  # loads the signatures of PRONOM
    if len(list(Path("/proc/self/task").iterdir())) > 1:
        sys.exit("A library that was imported has started a thread: runs are started without the standby.")
    gc.collect()
    gc.freeze()  # the collector would write to every object, and so copy what the runs share
    if environment := Standby(worker).serve():
        run(environment)


class Standby:
    """The parent of the runs; the worker's socket says when to start one."""

    def __init__(self, worker: socket.socket) -> None:
        self._worker = worker
        self._pid = os.getpid()
        self._rung, self._bell = socket.socketpair()
        self._wake = selectors.DefaultSelector()

    def serve(self) -> dict[str, str] | None:
        """None when the worker is gone; in the process of a new run, what its environment needs beside ours."""
        self._listen()
        try:
            while True:
                for key, _ in self._wake.select():
                    if key.fileobj is self._rung:
                        self._bury()
                    elif not (message := self._worker.recv(MESSAGE)):
                        return None
                    elif not self._fork():
                        return dict(json.loads(message)["environment"])
        except ConnectionError:
            return None

    def _listen(self) -> None:
        for one in (self._rung, self._bell):
            one.setblocking(False)
        signal.set_wakeup_fd(self._bell.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        # Whoever ends us all tells the runs, too: they get the time to end that they had without us.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        self._wake.register(self._rung, selectors.EVENT_READ)
        self._wake.register(self._worker, selectors.EVENT_READ)

    def _fork(self) -> bool:
        """True in the standby, which has told the worker; False in the process of the run."""
        if pid := os.fork():
            self._worker.send(json.dumps({"pid": pid}).encode())
            return True
        self._leave()
        return False

    def _bury(self) -> None:
        """Tells the worker of every run that has ended."""
        self._rung.recv(MESSAGE)
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            self._worker.send(json.dumps({"pid": pid, "status": os.waitstatus_to_exitcode(status)}).encode())

    def _leave(self) -> None:
        """In the process of a run: nothing of the standby stays, and its death is ours."""
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != self._pid:
            os._exit(1)
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for one in (self._wake, self._rung, self._bell, self._worker):
            one.close()


def run(environment: dict[str, str]) -> None:
    """The run, exactly as `python -m prefect.engine` would run it in this environment."""
    os.environ.update(environment)
    sys.argv = ["prefect.engine"]
    sys.modules.pop("prefect.engine", None)  # it was imported for what it imports; now it is the program
    runpy.run_module("prefect.engine", run_name="__main__")


if __name__ == "__main__":
    main()
