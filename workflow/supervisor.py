"""`muniment run`: one command that starts everything, keeps it alive, and leaves nothing behind.

The road of a start: object store, Prefect and viewer together; then the stores are looked at, the worker and the inbox
watcher come up, batches that were cut short are queued again, and the samples come in. A store that is away or was
exchanged ends nothing: `/healthz` tells it. The viewer answers from the
first second on, `/healthz` with 503 and the reason until all is well.
"""

import fcntl
import json
import os
import secrets
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, replace
from types import FrameType

from core.errors import ConfigurationError, MunimentError, StoreUnavailableError
from core.settings import Settings
from storage.debris import clear_debris
from storage.embedded import HOST, free_ports, wait_ready, weed_command, weed_config
from storage.s3 import S3Access
from workflow import demo, parking, queueing, rebuilding, recovery, runfile, shipping, storekeeping
from workflow.firstlogin import ensure_administrator
from workflow.homes import Home
from workflow.processes import birth, end
from workflow.runfile import RunFile
from workflow.services import Running, Service, free_port, prefect_environment, python, require_port
from workflow.workshop import Workshop

START_SECONDS = 120
STOP_SECONDS = 20
WATCH_SECONDS = 0.5
RESTARTS, RESTART_SECONDS = 10, 300.0  # so many in so short a time, and something is wrong for good
STORE_QUICKLY, STORE_PAUSE = 5, 30.0  # so often the embedded store is started again at once, then after pauses
WAITING = 16  # tasks that wait for pages: so many handfuls of pages are on their way at once
STORE = "object-store"
BUCKET = "muniment"


class Supervisor:
    """Holds the services of one home. `say` prints progress for people."""

    def __init__(self, settings: Settings, *, with_demo: bool, say: Callable[[str], None]) -> None:
        self.settings, self.with_demo, self.say = settings, with_demo, say
        self.home = Home(settings.home_folder)
        self.shop = Workshop(settings)
        self.services: list[Running] = []
        self.stop = threading.Event()
        self.restarts: deque[float] = deque(maxlen=RESTARTS)
        self.store_started, self.store_failures = 0.0, 0

    def run(self) -> None:
        """Runs until SIGINT or SIGTERM; all processes of ours are gone when it comes back.

        Raises:
            ConfigurationError: the port is taken, another one runs on this home, or a setting is senseless.
        """
        require_port(self.settings.host, self.settings.port)
        with ExitStack() as stack:
            self._lock(stack)
            _clear_left_overs(self.home)
            recovery.sweep(self.home)
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, self._on_signal)
            try:
                self._start()
                self._watch()
            except MunimentError:
                # Who told us to stop may have told the services too: that they are gone is no trouble then.
                if not self.stop.is_set():
                    raise
            finally:
                self._end()

    def _lock(self, stack: ExitStack) -> None:
        self.home.make()
        lock = stack.enter_context((self.home.folder / "lock").open("a"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigurationError(
                f'Muniment runs already for "{self.home.folder}": use that one, or set MUNIMENT_HOME to another folder.'
            ) from error

    def _on_signal(self, _: int, __: FrameType | None) -> None:
        self.stop.set()

    def _start(self) -> None:
        keys = _keys(self.home)
        ensure_administrator(self.shop.catalog, self.settings, self.home, self.say)
        s3 = self._object_store(keys)
        api = self._prefect()
        self.run_file = RunFile(
            pid=os.getpid(),
            born=birth(os.getpid()) or "",
            viewer=self.settings.public_url or self.settings.address,
            prefect_api=api,
            s3=s3,
            demo=self.with_demo,
        )
        self._publish_run_file()
        self._add(Service(name="viewer", command=python("workflow.serve"), folder=self.home.work))
        if s3:
            self._wait("the object store", lambda: _store_answers(s3), needed=False)
        self._look_at_stores()
        self._wait("Prefect", lambda: queueing.answers(api))
        self._workers(api)
        self._wait("the worker", lambda: queueing.deployed(api) and self.home.heartbeat.exists())
        recovery.requeue_all(self.shop.catalog, api)
        if self.with_demo:
            demo.ensure(self.shop.catalog, self.home, api)
            self._wait("the sample batch", lambda: demo.state(self.shop.catalog, self.home) != "waiting", seconds=900)
        if not self.stop.is_set():
            self.say(f"Muniment is ready: {self.settings.address}/")

    def _look_at_stores(self) -> None:
        """What the stores know is known here, and unfinished items are finished; one that is away ends nothing."""
        # Before anything is appended to the chain: what the stores' logs know.
        rebuilding.at_start(self.shop, self.say)
        shipping.import_missing(self.shop)
        for seen in storekeeping.look(self.shop):
            if seen.state != storekeeping.WELL:
                self.say(seen.sentence)
        for store in storekeeping.standing(self.shop):
            with suppress(StoreUnavailableError):  # it went away just now
                clear_debris(store)
        recovery.finish_items(self.shop)

    def _object_store(self, keys: "Keys") -> S3Access | None:
        if "embedded" not in self.settings.stores:
            return None
        ports = free_ports()
        access = S3Access(f"http://{HOST}:{ports.s3}", keys.s3_access, keys.s3_secret, BUCKET)
        config = self.home.folder / "object-store.json"
        runfile.write_private(config, json.dumps(weed_config(keys.s3_access, keys.s3_secret)))
        command = weed_command(self.home.store, ports, config, BUCKET)
        self._add(Service(name=STORE, command=command, folder=self.home.store))
        return access

    def _prefect(self) -> str:
        if given := os.environ.get("PREFECT_API_URL"):
            return given
        port = free_port()
        api = f"http://{HOST}:{port}/api"
        command = [*python("prefect"), "server", "start", "--host", HOST, "--port", str(port)]
        environment = prefect_environment(self.home.prefect, api, threads=self.settings.workers + WAITING)
        self._add(Service(name="prefect", command=command, environment=environment, folder=self.home.prefect))
        return api

    def _workers(self, api: str) -> None:
        environment = prefect_environment(self.home.prefect, api, threads=self.settings.workers + WAITING)
        self.home.heartbeat.unlink(missing_ok=True)
        self._add(
            Service(name="worker", command=python("workflow.worker"), environment=environment, folder=self.home.prefect)
        )
        self._add(Service(name="caretaker", command=python("workflow.caretaker"), folder=self.home.work))

    def _add(self, service: Service) -> None:
        self.services.append(Running(service, self.home.logs))
        if hasattr(self, "run_file"):
            self._publish_run_file()

    def _publish_run_file(self) -> None:
        self.run_file = replace(
            self.run_file,
            pids={one.service.name: one.pid for one in self.services},
            births={one.service.name: one.born for one in self.services},
        )
        runfile.write(self.home, self.run_file)

    def _wait(
        self, what: str, ready: Callable[[], bool], *, seconds: float = START_SECONDS, needed: bool = True
    ) -> None:
        self.say(f"Waiting for {what} ...")
        deadline = time.monotonic() + seconds
        while not self.stop.is_set() and not ready():
            self._revive()
            if time.monotonic() > deadline and not needed:
                self.say(f"Muniment goes on without {what}, which was not ready within {seconds:.0f} seconds.")
                return
            if time.monotonic() > deadline:
                raise MunimentError(
                    f"Muniment could not start: {what} was not ready within {seconds:.0f} seconds. "
                    f'Look into the logs in "{self.home.logs}" and start again.'
                )
            self.stop.wait(0.2)

    def _watch(self) -> None:
        last = time.monotonic()
        while not self.stop.wait(WATCH_SECONDS):
            self._revive()
            if time.monotonic() - last > recovery.EVERY_SECONDS:
                self._recover()
                last = time.monotonic()

    def _recover(self) -> None:
        """Takes up abandoned batches; a catalogue that cannot answer for a moment ends nothing."""
        try:
            recovery.requeue_abandoned(self.shop, self.run_file.prefect_api)
            parking.take_up(self.shop, self.run_file.prefect_api)
        except (MunimentError, OSError) as error:
            print(f"Looking for abandoned batches: {error}", file=sys.stderr)  # noqa: T201

    def _revive(self) -> None:
        """Starts services again that ended, unless everything is being ended."""
        for one in self.services:
            if one.service.name == STORE and one.ended and not self._may_restart_store():
                continue
            if one.ended and not self.stop.wait(WATCH_SECONDS):
                if one.service.name != STORE and self._too_often():
                    raise MunimentError(
                        f'The service "{one.service.name}" ends again and again: look into its log in '
                        f'"{self.home.logs}".\n{one.last_words()}'
                    )
                one.start()
                self._publish_run_file()

    def _too_often(self) -> bool:
        """True when services had to be started again so often of late that something is wrong for good."""
        self.restarts.append(time.monotonic())
        return len(self.restarts) == RESTARTS and self.restarts[-1] - self.restarts[0] < RESTART_SECONDS

    def _may_restart_store(self) -> bool:
        """A store that cannot be started is one that is away: tried again and again, with pauses, and ends nothing."""
        now = time.monotonic()
        if now - self.store_started < STORE_PAUSE and self.store_failures > STORE_QUICKLY:
            return False
        self.store_failures = self.store_failures + 1 if now - self.store_started < RESTART_SECONDS else 0
        self.store_started = now
        return True

    def _end(self) -> None:
        """Ends the services, the ones that feed others last."""
        self.stop.set()
        by_name = {one.service.name: one for one in self.services}
        for names in (("caretaker", "worker"), ("viewer", "prefect"), (STORE,)):
            end([by_name[name].pid for name in names if name in by_name], seconds=STOP_SECONDS / 4)
        self.home.run_file.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Keys:
    """Made at the first start, kept for the owner alone."""

    s3_access: str
    s3_secret: str
    web: str


def _keys(home: Home) -> Keys:
    try:
        return Keys(**json.loads(home.secrets.read_text()))
    except FileNotFoundError:
        keys = Keys(secrets.token_hex(10), secrets.token_hex(20), secrets.token_hex(32))
        runfile.write_private(home.secrets, json.dumps(asdict(keys)))
        return keys


def _store_answers(access: S3Access) -> bool:
    try:
        wait_ready(access, 1)
    except StoreUnavailableError:
        return False
    return True


def _clear_left_overs(home: Home) -> None:
    """Ends services of a run that was killed: they would hold files and ports."""
    run = runfile.read(home)
    if run:
        end([pid for name, pid in run.pids.items() if birth(pid) == run.births.get(name)], seconds=5)


def say(sentence: str) -> None:
    """Prints a line for people at once."""
    print(sentence, flush=True, file=sys.stdout)  # noqa: T201
