"""Numbers, sizes and times as the letters and alarms of fixity say them."""

from collections.abc import Sequence
from datetime import datetime, timedelta


def count(number: int, noun: str) -> str:
    """The number with its noun: "1 file", "1,204 files"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def amount(size: int) -> str:
    """Bytes with their unit, in steps of a thousand: "812 bytes", "24.3 GB"."""
    value, units = float(size), ["bytes", "kB", "MB", "GB", "TB", "PB"]
    while value >= 999.95 and len(units) > 1:
        value, units = value / 1000, units[1:]
    return count(size, "byte") if units[0] == "bytes" else f"{value:.1f} {units[0]}"


def listing(parts: Sequence[str]) -> str:
    """The parts as a sentence joins them: "a, b and c"."""
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)


def moment(at: datetime) -> str:
    """The time to the minute with its zone: "20 November 2026, 01:30 UTC"."""
    return f"{at.day} {at:%B %Y, %H:%M %Z}".strip()


def span(time: timedelta) -> str:
    """How long in whole days, or hours below two days, rounded down."""
    return count(time.days, "day") if time.days >= 2 else count(int(time.total_seconds()) // 3600, "hour")
