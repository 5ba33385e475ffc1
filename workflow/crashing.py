"""Where a process can be made to die, for the suites that prove that nothing is lost then.

Nothing of it acts unless MUNIMENT_CRASH_AT names steps, with commas between them, or * for all. At each of them the
first process of an installation that comes by is killed, as by a loss of power; the next one finds a mark and goes on.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from storage.stores import Store

CRASH_AT = "MUNIMENT_CRASH_AT"
ALL = "*"
MARKS = "crashed"
WRITES = ("put_file", "put_bytes", "copy", "replace", "delete", "barrier")


def step(name: str) -> None:
    """Nothing, unless this is a step at which the process is to die once: then nothing comes after it."""
    wanted = os.environ.get(CRASH_AT)
    if wanted and (wanted == ALL or name in wanted.split(",")):
        _die_once(name)


def wanted() -> bool:
    """True in an installation that is made to die."""
    return bool(os.environ.get(CRASH_AT))


def announce(store: Store) -> None:
    """From now on each write to this store is two steps, before and after it, such as `copy.replace.root.before`."""
    for write in WRITES:
        setattr(store, write, _announced(store.name, write, getattr(store, write)))


def _announced(store: str, write: str, act: Callable[..., Any]) -> Callable[..., Any]:
    def announced(*arguments: Any, **named: Any) -> Any:
        key = arguments[1 if write == "copy" else 0] if arguments else ""
        name = f"{store}.{write}.{what(key)}"
        step(f"{name}.before")
        answer = act(*arguments, **named)
        step(f"{name}.after")
        return answer

    return announced


def what(key: str) -> str:
    """The kind of file that lies at a key: stage, content, claim (a version's inventory), root, and their sidecars."""
    top, _, rest = key.partition("/")
    if top != "ocfl" or "/" not in rest:
        return top.partition(".")[0] or "all"
    folder, _, name = key.rpartition("/")
    if "/content/" in key:
        return "content"
    if name.startswith("inventory.json"):
        kind = "claim" if folder.rpartition("/")[2].startswith("v") else "root"
        return f"{kind}-sidecar" if name.endswith(".sha512") else kind
    return "declaration" if name.startswith("0=") else "other"


def _die_once(name: str) -> None:
    marks = Path(os.environ["MUNIMENT_HOME"], MARKS)
    marks.mkdir(parents=True, exist_ok=True)
    try:
        (marks / name).touch(exist_ok=False)
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
