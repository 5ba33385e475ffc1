"""What is wrong with a submission: a stable code, a severity, a page or none, facts, and one plain sentence.

The table of all codes is `core.problem_codes`; `docs/problems.md` explains each one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from core.problem_codes import CODES

type_of_fact = str | int | float


class Severity(StrEnum):
    """Whether a problem refuses the item (error) or travels with it (warning)."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a submission; `page` counts from 1, None means the whole item."""

    code: str
    severity: Severity
    sentence: str
    page: int | None = None
    facts: Mapping[str, type_of_fact] = field(default_factory=dict)

    @property
    def refuses(self) -> bool:
        """True when the item cannot be taken in as it is."""
        return self.severity is Severity.ERROR

    def as_json(self) -> dict[str, object]:
        """The problem as the command line, the catalogue and the AIP write it."""
        return {
            "code": self.code,
            "severity": str(self.severity),
            "page": self.page,
            "sentence": self.sentence,
            "facts": dict(self.facts),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> "Problem":
        """The inverse of `as_json`."""
        page = data["page"]
        facts = data.get("facts") or {}
        assert isinstance(facts, Mapping)
        return cls(
            code=str(data["code"]),
            severity=Severity(str(data["severity"])),
            sentence=str(data["sentence"]),
            page=page if isinstance(page, int) else None,
            facts=dict(facts),
        )


def problem(code: str, *, page: int | None = None, **facts: type_of_fact) -> Problem:
    """The problem of this code, its sentence made from the table's template and the facts.

    Raises:
        KeyError: the code is not in `core.problem_codes`, or a fact that its sentence needs is missing.
    """
    severity, template = CODES[code]
    return Problem(code, Severity(severity), template.format_map({"page": page, **facts}), page, facts)
