"""From an oddity of a file, as it was found, to the problem that people read."""

import re

from core.images import FileFacts, Oddity
from core.limits import PageLimits
from core.problem_codes import CODES
from core.problems import Problem, problem
from core.submission import SubmittedFile
from ingest.names import shown


def problem_of(
    oddity: Oddity, file: SubmittedFile, facts: FileFacts | None, page: int | None, limits: PageLimits
) -> Problem:
    """The problem with all the facts that its sentence needs; `page` counts from 1 in the item.

    The detail of an oddity is a count for "image-animated", "image-directory-loop" and "pages-too-many", a size
    "WIDTH x HEIGHT" for "image-too-large", and words that fit into the sentence for the others.

    Raises:
        KeyError: the kind is no problem code.
    """
    width, height = _size(oddity, facts)
    numbers = re.findall(r"\d+", oddity.detail)
    known: dict[str, str | int] = {
        "file": shown(file.name),
        "detail": shown(oddity.detail) or "no detail is known",
        "found": int(numbers[0][:18]) if numbers else (len(facts.pages) if facts else 0),
        "limit": _limit(oddity.kind, limits),
        "width": width,
        "height": height,
    }
    sentence = CODES[oddity.kind][1]
    return problem(oddity.kind, page=page, **{name: fact for name, fact in known.items() if f"{{{name}}}" in sentence})


def _size(oddity: Oddity, facts: FileFacts | None) -> tuple[int, int]:
    if found := re.search(r"(\d{1,18}) x (\d{1,18})", oddity.detail):
        return int(found[1]), int(found[2])
    page = next((page for page in facts.pages if page.index == oddity.page), None) if facts else None
    return (page.width, page.height) if page else (0, 0)


def _limit(kind: str, limits: PageLimits) -> int:
    return {
        "image-too-large": limits.megapixels,
        "pages-too-many": limits.pages,
        "page-timeout": limits.check_seconds,
        "page-memory": limits.memory_mb,
    }.get(kind, 0)
