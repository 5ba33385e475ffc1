"""The end of a program that takes too long, with everything it started (Linux: by /proc)."""

import os
import signal
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Timer


@contextmanager
def ended_after(seconds: float, mark: str) -> Iterator[Event]:
    """An event that is set when the time was up and our descendants with `mark` on their command line were killed.

    A library that starts a program for us keeps its process to itself, so it is found again by an argument that
    only this run has. Its descendants are killed with it: one that lives on would hold the pipes open.
    """
    expired = Event()

    def strike() -> None:
        expired.set()
        end_families(mark)

    timer = Timer(seconds, strike)
    timer.daemon = True
    timer.start()
    try:
        yield expired
    finally:
        timer.cancel()


def end_families(mark: str) -> None:
    """Kills each of our descendants that carries the mark, and all of their descendants; safe to repeat."""
    children = _children()
    for process in list(_descendants(os.getpid(), children)):
        if mark in _command_line(process):
            for member in [*_descendants(process, children), process]:
                _kill(member)


def _children() -> dict[int, list[int]]:
    children: dict[int, list[int]] = defaultdict(list)
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                # The name in parentheses may hold spaces and parentheses: count from the last one.
                parent = (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1]
            except (OSError, IndexError):
                continue  # it ended while we looked
            children[int(parent)].append(int(folder.name))
    return children


def _descendants(process: int, children: dict[int, list[int]]) -> Iterator[int]:
    for child in children.get(process, []):
        yield child
        yield from _descendants(child, children)


def _command_line(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text("utf-8", "replace")
    except OSError:
        return ""


def _kill(process: int) -> None:
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return
