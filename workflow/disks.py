"""Which physical disks and which machine a local path lies on, as far as this machine can tell."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = "this machine"
MOUNTS = Path("/proc/self/mountinfo")
BLOCKS = Path("/sys/class/block")
SHARES = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "ceph", "fuse.glusterfs", "9p", "afs"})


@dataclass(frozen=True, slots=True)
class Spot:
    """The disks by name (or what stands for them), and the machine they are in."""

    disks: frozenset[str]
    machine: str


def spot_of(path: Path) -> Spot:
    """Where the path lies.

    Raises:
        OSError: it is not there.
    """
    device = path.stat().st_dev
    kind, source = _mount(path.resolve())
    if kind in SHARES:
        server = source.removeprefix("//").partition("/")[0].rpartition("@")[2].partition(":")[0] or source
        return Spot(frozenset({source}), server)
    block = BLOCKS / Path(source).resolve().name
    disks = frozenset(_whole(block)) if source.startswith("/dev/") and block.exists() else frozenset({f"#{device}"})
    return Spot(disks, HERE)


def _mount(path: Path) -> tuple[str, str]:
    """The kind and the source of the file system that the path is in."""
    nearest, kind, source = Path(), "", ""
    for line in MOUNTS.read_text(errors="surrogateescape").splitlines():
        left, _, right = line.partition(" - ")
        point = Path(re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), left.split()[4]))
        if path.is_relative_to(point) and len(point.parts) >= len(nearest.parts):  # a later mount hides an earlier one
            nearest, (kind, source, *_) = point, right.split()
    return kind, source


def _whole(block: Path) -> Iterator[str]:
    """The whole disks under a partition, a volume or an array."""
    below = sorted((block / "slaves").iterdir()) if (block / "slaves").is_dir() else []
    if below:
        for one in below:
            yield from _whole(BLOCKS / one.name)
    elif (block / "partition").exists():
        yield block.resolve().parent.name
    else:
        yield block.name
