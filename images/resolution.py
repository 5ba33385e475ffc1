"""Dots per inch from what a header says, and None where it says nothing sensible."""

from typing import Final

INCH, CENTIMETRE, METRE = 1.0, 2.54, 0.0254  # the factor from dots a unit to dots an inch
LEAST: Final = 10.0
MOST: Final = 5000.0


def dots_per_inch(value: float, unit: float) -> float | None:
    """The resolution in dots per inch, or None when it is nonsense (below 10 or above 5000)."""
    dpi = round(value * unit, 2)
    return dpi if LEAST <= dpi <= MOST else None
