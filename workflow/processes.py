"""Processes of our own: who descends from whom, and how they are ended."""

import contextlib
import os
import signal
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

PROC = Path("/proc")
KILL_SECONDS = 5.0


def descendants(pid: int) -> tuple[int, ...]:
    """All living children of the process, their children, and so on; parents before children."""
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (parent := parent_of(int(entry.name))) is not None:
            children.setdefault(parent, []).append(int(entry.name))
    found = list(children.get(pid, []))
    for child in found:  # grows while it is walked: breadth first
        found.extend(children.get(child, []))
    return tuple(found)


def parent_of(pid: int) -> int | None:
    """The process's parent, or None when it has ended."""
    fields = _stat(pid)
    return int(fields[1]) if fields else None


def birth(pid: int) -> str | None:
    """When the process started, in the kernel's ticks: with the number, its identity across time. None when gone."""
    fields = _stat(pid)
    return fields[19] if fields and fields[0] != "Z" else None


def kill_tree(pid: int) -> None:
    """Ends the process and everything below it at once; nobody of them runs any more when this returns.

    The top goes first, so that it can start nothing more.
    """
    born = {one: birth(one) for one in (pid, *descendants(pid))}
    for one in born:
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)
    _wait(born, seconds=KILL_SECONDS)


def end(pids: Iterable[int], *, seconds: float) -> None:
    """Asks each process and all below it to stop, and kills what is still there when the time is over."""
    born = {one: birth(one) for pid in pids for one in (pid, *descendants(pid))}
    for pid in born:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    for pid in _wait(born, seconds=seconds):
        kill_tree(pid)


def _wait(born: Mapping[int, str | None], *, seconds: float) -> list[int]:
    """Those that are still there when all are gone or the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        alive = [pid for pid, start in born.items() if start is not None and birth(pid) == start]
        if not alive or time.monotonic() > deadline:
            return alive
        time.sleep(0.01)


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat from the state on (the name before them may hold spaces and brackets)."""
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text.rpartition(")")[2].split()
