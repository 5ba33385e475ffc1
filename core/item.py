"""The item and its pages, as we keep and show them."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from core.images import ImageFacts


class AccessState(StrEnum):
    """Who may see an item. Anything that cannot be read counts as draft: hidden."""

    DRAFT = "draft"
    PUBLISHED = "published"
    EMBARGOED = "embargoed"
    STAFF = "staff"
    WITHDRAWN = "withdrawn"


# Why an item may be withdrawn: the class alone is told to the public, never more.
REASON_CLASSES = ("rights", "privacy", "error", "culture", "legal", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may see the item from when on; `reason` is a reason class for a withdrawal, `by` an opaque agent id."""

    state: AccessState = AccessState.DRAFT
    embargo_until: date | None = None
    warning: str = ""
    reason: str = ""
    by: str = ""
    at: str = ""  # ISO 8601, UTC

    def public_on(self, day: date) -> bool:
        """True when a reader without a login may see the item on this day."""
        if self.state is AccessState.EMBARGOED:
            return self.embargo_until is not None and day >= self.embargo_until
        return self.state is AccessState.PUBLISHED


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What may be done with the item: a recognised address (`uri`), or the words as delivered (`statement`)."""

    uri: str | None = None
    statement: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An ordered place in an item. `number` counts from 1; `id` stays for ever; `version` counts its images.

    `file` is the logical path of the master in the AIP, `facts.index` the image's place in that file; `source_name`
    is the file's name as it arrived.
    """

    id: str
    number: int
    label: str
    file: str
    source_name: str
    facts: ImageFacts
    version: int = 1

    @property
    def image_id(self) -> str:
        """The identifier in the Image API: page id and image version."""
        return f"{self.id}.{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A book, newspaper issue, letter or photograph.

    `metadata` are Dublin Core terms with their values in order, e.g. ("dc.creator", ("Kant, Immanuel",));
    `languages` are BCP 47 tags; `date` is EDTF or "" where the record's date is not one; `source_key` is the identity
    by which a later delivery is recognised.
    """

    id: str
    source_key: str
    title: str
    collection: str = "Unsorted"
    metadata: tuple[tuple[str, tuple[str, ...]], ...] = ()
    languages: tuple[str, ...] = ()
    date: str = ""
    rights: Rights = field(default_factory=Rights)
    access: Access = field(default_factory=Access)
    ocr_model: str = ""
    batch: str = ""
    batch_name: str = ""
    pages: tuple[Page, ...] = ()

    def values(self, term: str) -> tuple[str, ...]:
        """All values of a Dublin Core term such as "dc.creator"."""
        return next((values for name, values in self.metadata if name == term), ())
