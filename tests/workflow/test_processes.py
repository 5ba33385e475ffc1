import os
import subprocess
import sys

from workflow.processes import birth, descendants, end, kill_tree

SLEEP = "import time; time.sleep(60)"
CHILD = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', '{SLEEP}']).pid, flush=True); {SLEEP}"
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); {SLEEP}"


def _family() -> tuple[subprocess.Popen[str], int]:
    """A process and its child."""
    process = subprocess.Popen([sys.executable, "-c", CHILD], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    return process, int(process.stdout.readline())


def _finish(process: subprocess.Popen[str]) -> int:
    assert process.stdout
    process.stdout.close()
    return process.wait(10)


def test_descendants_are_children_and_their_children() -> None:
    process, grandchild = _family()
    try:
        assert descendants(process.pid) == (grandchild,)
        assert process.pid in descendants(os.getpid())
    finally:
        kill_tree(process.pid)
        _finish(process)


def test_killing_a_tree_leaves_nobody() -> None:
    process, grandchild = _family()
    kill_tree(process.pid)
    assert _finish(process) == -9
    assert birth(grandchild) is None


def test_ending_asks_first() -> None:
    process, grandchild = _family()
    end([process.pid], seconds=10)
    assert _finish(process) == -15
    assert birth(grandchild) is None


def test_ending_kills_those_who_do_not_listen() -> None:
    process = subprocess.Popen([sys.executable, "-c", DEAF], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    end([process.pid], seconds=0.3)
    assert _finish(process) == -9


def test_a_process_that_never_was_has_no_birth() -> None:
    assert birth(2**22 + 1) is None
