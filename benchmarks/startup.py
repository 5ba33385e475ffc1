"""From `make run` in a fresh clone to the first item that a reader can see, and the most memory each service took."""

import argparse
import os
import re
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.installation import clean_environment, is_well
from benchmarks.machine import family, peak_megabytes
from benchmarks.tables import save, table
from workflow.homes import Home
from workflow.runfile import read as read_run_file
from workflow.services import free_port

ROOT = Path(__file__).resolve().parents[1]
LONGEST_SECONDS, STOP_SECONDS, POLL_SECONDS = 1800, 40, 0.25
AN_ITEM = re.compile(rb'"[^"]*/items/[0-9a-z]{12}"')


@dataclass(slots=True)
class Peaks:
    """The most memory seen by service, in megabytes: of the service's own process, and of it with all below it."""

    own: dict[str, float] = field(default_factory=dict)
    with_children: dict[str, float] = field(default_factory=dict)

    def look(self, home: Home) -> None:
        """Take one look at all services that `run.json` names, and at the supervisor."""
        run = read_run_file(home)
        if run is None:
            return
        for name, pid in {"supervisor": run.pid, **run.pids}.items():
            below = () if name == "supervisor" else family(pid)[1:]
            own = peak_megabytes(pid)
            self.own[name] = max(self.own.get(name, 0.0), own)
            both = own + sum(peak_megabytes(child) for child in below)
            self.with_children[name] = max(self.with_children.get(name, 0.0), both)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure one start and print two tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.startup", description=__doc__)
    parser.add_argument("--no-clone", action="store_true", help="start in this checkout, whose environment is ready")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="muniment-startup-") as scratch:
        folder = ROOT if chosen.no_clone else clone(Path(scratch) / "clone")
        moments, peaks = measure(folder, Path(scratch) / "home")
    report(moments, peaks, fresh=not chosen.no_clone)


def clone(folder: Path) -> Path:
    """A fresh clone of what is committed here."""
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(folder)], check=True)
    return folder


def measure(folder: Path, home: Path) -> tuple[dict[str, float], Peaks]:
    """Seconds from `make run` to each moment, and the peaks of memory until then.

    Raises:
        RuntimeError: it ended, or was not ready within half an hour.
    """
    peaks, moments, port = Peaks(), dict[str, float](), free_port()
    address = f"http://127.0.0.1:{port}"
    awaited = waiting_for(address)
    with _made(folder, home, port) as process:
        start = time.monotonic()
        while awaited:
            if process.poll() is not None or time.monotonic() - start > LONGEST_SECONDS:
                raise RuntimeError(f"`make run` did not get ready; it said: {(home / 'run.log').read_text()[-2000:]}")
            peaks.look(Home(home))
            for name in [name for name, has_come in awaited.items() if has_come()]:
                moments[name] = time.monotonic() - start
                del awaited[name]
            time.sleep(POLL_SECONDS)
        peaks.look(Home(home))
    return moments, peaks


def waiting_for(address: str) -> dict[str, Callable[[], bool]]:
    """The moments of a start, in the order in which they should come."""
    return {
        "viewer answers": lambda: _page(address) is not None,
        "first visible item": lambda: bool(AN_ITEM.search(_page(address) or b"")),
        "ready": lambda: is_well(address),
    }


def _page(address: str) -> bytes | None:
    try:
        with urllib.request.urlopen(f"{address}/", timeout=10) as answer:
            return bytes(answer.read())
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return None


@contextmanager
def _made(folder: Path, home: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """`make run` in a process group of its own, which is ended as a whole."""
    home.mkdir(parents=True)
    environment = clean_environment(home, port)
    with (home / "run.log").open("wb") as log:
        process = subprocess.Popen(
            ["make", "run"],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(STOP_SECONDS)


def report(moments: dict[str, float], peaks: Peaks, *, fresh: bool) -> None:
    """Print when what happened and who took how much, and save it."""
    print(table(("moment", "seconds"), list(moments.items())))
    print()
    rows = [(name, own, peaks.with_children[name]) for name, own in peaks.own.items()]
    print(table(("service", "peak MB", "with children MB"), rows))
    print("With children: the sum of each process's own peak, so more than was ever held at one time.")
    result = {"fresh_clone": fresh, "seconds": moments, "peak_mb": peaks.own, "with_children_mb": peaks.with_children}
    print(f"Saved as {save('startup', result)}.")


if __name__ == "__main__":
    main()
