"""Results as a table for people and as a JSON file for comparison."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """The rows under their columns; text to the left, numbers to the right."""
    cells = [list(columns), *([_shown(value) for value in row] for row in rows)]
    widths = [max(len(row[index]) for row in cells) for index in range(len(columns))]
    numbers = [all(not isinstance(row[index], str) for row in rows) for index in range(len(columns))]
    lines = [
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numbers, strict=True)
        )
        for row in cells
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def _shown(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def save(name: str, result: Mapping[str, Any], folder: Path = RESULTS) -> Path:
    """Writes `folder/NAME.json` with the result, when it was measured and on what; comes back with its place."""
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"{name}.json"
    about = {
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "system": platform.platform(),
            "python": platform.python_version(),
            "cores": os.cpu_count(),
            "load": os.getloadavg(),
        },
    }
    place.write_text(json.dumps({**about, **result}, indent=2) + "\n", encoding="utf-8")
    return place
