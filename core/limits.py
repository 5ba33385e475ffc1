"""What one page may cost, and what a file may claim, before we say no."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLimits:
    """Limits of one page and the process that works on it.

    `megapixels` is what a header may claim (true newspaper pages have 135), `pages` what one file may hold,
    `check_seconds` the wall time of opening and decoding one page, `seconds` that of reading its text,
    `memory_mb` the address space of the process and of each of its children.
    """

    megapixels: int = 400
    pages: int = 5000
    check_seconds: int = 50
    seconds: int = 600
    memory_mb: int = 1400
