"""One case as its page shows it: the copies side by side, the timeline in words, and the three steps in their order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from flask import url_for

from catalog.fixity_values import Case, CaseDeed
from viewer import fixity_words, words
from viewer.fixity_actions import CopySide

GROUP = 8  # hexadecimal digits that an eye can compare at once


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestGroup:
    """Some digits of a digest, and whether they differ from those recorded."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyColumn:
    """One copy beside the others. `mark` is good, bad or "" (never read), `word` says it; an address is "" for none."""

    store: str
    place: str
    mark: str
    word: str
    digest: tuple[DigestGroup, ...]
    differs: str
    size: str
    difference: str
    read: words.Moment | None
    note: str
    picture: str
    download: str
    download_says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineLine:
    """One deed in words."""

    at: words.Moment
    says: str
    note: str
    event: int


def groups(digest: str | None, expected: str | None) -> tuple[DigestGroup, ...]:
    """The digest in groups of digits, those marked that differ from the recorded ones; () without a digest."""
    if digest is None:
        return ()
    given, recorded = (
        [text[at : at + GROUP] for at in range(0, len(text), GROUP)] for text in (digest, expected or digest)
    )
    return tuple(
        DigestGroup(text=one, differs=one != other) for one, other in zip_longest(given, recorded, fillvalue="") if one
    )


def columns(case: Case, sides: Sequence[CopySide]) -> tuple[CopyColumn, ...]:
    """The copies in the order of their stores."""
    return tuple(column(case, side) for side in sides)


def column(case: Case, side: CopySide) -> CopyColumn:
    """One copy with what differs."""
    parts = groups(side.digest, case.expected)
    different = sum(part.differs for part in parts)
    read = side.outcome != "missing" and (bool(side.outcome) or side.digest is not None)
    return CopyColumn(
        store=side.store,
        place=side.place,
        mark="good" if side.good else "bad" if side.outcome else "",
        word=fixity_words.OUTCOMES.get(side.outcome, side.outcome),
        digest=parts,
        differs=f"{different} of {len(parts)} groups of digits differ" if different else "",
        size=f"{words.size(side.size)} ({side.size:,} bytes)" if side.size is not None else "",
        difference=difference(side.size, case.expected_size),
        read=words.moment(side.read) if side.read else None,
        note=side.note,
        picture=url_for("cases.picture", case_id=case.id, store=side.store) if side.picture else "",
        download=url_for("cases.copy", case_id=case.id, store=side.store) if read else "",
        download_says="Download this copy" if side.good else "Download the damaged bytes",
    )


def difference(size: int | None, expected: int | None) -> str:
    """By how much the size differs from the recorded one, "" when it does not."""
    if size is None or expected is None or size == expected:
        return ""
    return f"{abs(size - expected):,} bytes {'more' if size > expected else 'fewer'} than recorded"


def timeline(deeds: Sequence[CaseDeed], names: Mapping[str, str]) -> tuple[TimelineLine, ...]:
    """The deeds in words, the newest first; `names` gives each agent's name."""
    return tuple(
        TimelineLine(
            at=words.moment(deed.at),
            says=fixity_words.DEEDS.get(deed.deed, f"{{who}}: {deed.deed}.").format(who=names[deed.agent]),
            note=deed.note,
            event=deed.event,
        )
        for deed in reversed(deeds)
    )
