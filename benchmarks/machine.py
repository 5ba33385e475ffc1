"""What processes cost: processor seconds and memory of a process and all below it, as Linux keeps them in /proc."""

import os
import resource
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")


def family(pid: int) -> tuple[int, ...]:
    """The process and all living processes below it."""
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [pid]
    for one in found:  # grows while it is walked
        found += children.get(one, [])
    return tuple(found)


def cpu_seconds(pid: int) -> float:
    """Processor seconds of the process, of all below it, and of those of them that have ended and were waited for."""
    ticks = sum(sum(int(field) for field in fields[11:15]) for one in family(pid) if (fields := _stat(one)))
    return ticks / TICKS


def own_children_cpu_seconds() -> float:
    """Processor seconds of this process's children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def peak_megabytes(pid: int) -> float:
    """The most memory that the process has held at a time (VmHWM), 0.0 when it has ended."""
    try:
        status = (PROC / str(pid) / "status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    lines = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    return int(lines.get("VmHWM", "0 kB").split()[0]) / 1024


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat from the state on (the name before them may hold spaces and brackets)."""
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text.rpartition(")")[2].split()
