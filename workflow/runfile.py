"""`run.json`: where the services of this installation answer, with which keys, under which process ids."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from core.errors import NotRunningError
from storage.s3 import S3Access
from workflow.homes import Home
from workflow.processes import birth


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFile:
    """What `muniment run` tells the other commands.

    `pids` are those of the services by name, `births` when each began: a process id alone may be somebody else's later.
    """

    pid: int
    born: str
    viewer: str
    prefect_api: str
    s3: S3Access | None
    demo: bool = False
    pids: dict[str, int] = field(default_factory=dict)
    births: dict[str, str] = field(default_factory=dict)

    @property
    def alive(self) -> bool:
        """True while the `muniment run` that wrote it lives."""
        return birth(self.pid) == self.born


def write(home: Home, run: RunFile) -> None:
    """Writes the file for the owner alone, whole or not at all."""
    write_private(home.run_file, json.dumps(asdict(run), indent=2))


def read(home: Home) -> RunFile | None:
    """What the last `muniment run` wrote, or None. It may be dead: ask `alive`."""
    try:
        data: dict[str, Any] = json.loads(home.run_file.read_text())
    except (FileNotFoundError, ValueError):
        return None
    s3 = data.pop("s3")
    return RunFile(**data, s3=S3Access(**s3) if s3 else None)


def running(home: Home) -> RunFile:
    """The living installation's file.

    Raises:
        NotRunningError: no `muniment run` lives for this home.
    """
    run = read(home)
    if run is None or not run.alive:
        raise NotRunningError(f'Muniment is not running for "{home.folder}": start `muniment run`.')
    return run


def write_private(path: Path, text: str) -> None:
    """Writes a file that only the owner may read (mode 600), whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    new.replace(path)
