"""The Library of Congress vocabularies for preservation metadata, as far as we speak them.

Every term is written as its label with the address of its vocabulary and its own (`http://id.loc.gov/vocabulary/...`).
"""

from dataclasses import dataclass
from enum import StrEnum

_ROOT = "http://id.loc.gov/vocabulary/preservation"


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a vocabulary: its list, its code there, and its label."""

    vocabulary: str
    code: str
    label: str

    @property
    def authority_uri(self) -> str:
        """The address of the vocabulary."""
        return f"{_ROOT}/{self.vocabulary}"

    @property
    def value_uri(self) -> str:
        """The address of the term."""
        return f"{_ROOT}/{self.vocabulary}/{self.code}"


class EventType(StrEnum):
    """What was done to an object, in the order in which it usually happens."""

    DIGEST = "message digest calculation"
    IDENTIFICATION = "format identification"
    VALIDATION = "validation"
    CREATION = "creation"
    INGESTION = "ingestion"
    FIXITY_CHECK = "fixity check"
    REPLICATION = "replication"
    RECOVERY = "recovery"
    METADATA_MODIFICATION = "metadata modification"
    MODIFICATION = "modification"
    QUARANTINE = "quarantine"
    DELETION = "deletion"
    DEACCESSION = "deaccession"

    @property
    def term(self) -> Term:
        """The word in the Library's list; making text or other files from a page is its "creation"."""
        return Term("eventType", _EVENT_CODES[self], self.value)


_EVENT_CODES = {
    EventType.INGESTION: "ing",
    EventType.DIGEST: "mes",
    EventType.IDENTIFICATION: "for",
    EventType.VALIDATION: "val",
    EventType.CREATION: "cre",
    EventType.FIXITY_CHECK: "fix",
    EventType.REPLICATION: "rep",
    EventType.RECOVERY: "rec",
    EventType.METADATA_MODIFICATION: "mem",
    EventType.MODIFICATION: "mod",
    EventType.QUARANTINE: "qua",
    EventType.DELETION: "del",
    EventType.DEACCESSION: "dea",
}


class EventOutcome(StrEnum):
    """How it ended, in the Library's three words; ours go into the note."""

    SUCCESS = "success"
    WARNING = "warning"
    FAIL = "fail"

    @property
    def term(self) -> Term:
        """The word in the Library's list."""
        return Term("eventOutcome", self.value[:3], self.value)


class AgentKind(StrEnum):
    """Who acts."""

    SOFTWARE = "software"
    PERSON = "person"
    ORGANIZATION = "organization"

    @property
    def term(self) -> Term:
        """The word in the Library's list."""
        return Term("agentType", self.value[:3], self.value)

    @property
    def role(self) -> Term:
        """The part such an agent has in an event: programs execute, people and houses implement."""
        if self is AgentKind.SOFTWARE:
            return Term("eventRelatedAgentRole", "exe", "executing program")
        return Term("eventRelatedAgentRole", "imp", "implementer")


SOURCE = Term("eventRelatedObjectRole", "sou", "source")
OUTCOME = Term("eventRelatedObjectRole", "out", "outcome")
STRUCTURAL = Term("relationshipType", "str", "structural")
DERIVATION = Term("relationshipType", "der", "derivation")
IS_PART_OF = Term("relationshipSubType", "isp", "is part of")
HAS_SOURCE = Term("relationshipSubType", "hss", "has source")
