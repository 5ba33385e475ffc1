"""How the house speaks: numbers with their nouns, times as people say them, names of languages, lists in a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from manifests import languages as languages_by_tag

REASONS = {
    "rights": "The holder of rights asked for it, or the rights are being cleared.",
    "privacy": "It shows personal data of people who may still live.",
    "error": "It was published by mistake, or its scans are being made again.",
    "culture": "The community it comes from asked that it not be shown.",
    "legal": "A court or an authority ordered it.",
    "other": "The institution decided so.",
}
REASON_CHOICES = (
    ("rights", "Rights: a holder asked, or they are being cleared"),
    ("privacy", "Privacy: it shows personal data"),
    ("error", "Error: published by mistake, or to be scanned again"),
    ("culture", "Culture: its community asked"),
    ("legal", "Law: a court or an authority ordered it"),
    ("other", "Another reason"),
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time for a <time> element: for machines, exactly for people, and as people say it."""

    iso: str
    exact: str
    said: str


def moment(at: datetime, now: datetime | None = None) -> Moment:
    """The moment, said by its distance from now (UTC)."""
    at, now = at.astimezone(UTC), (now or datetime.now(UTC)).astimezone(UTC)
    days, clock = (now.date() - at.date()).days, f"{at:%H:%M}"
    said = {0: f"today at {clock}", 1: f"yesterday at {clock}"}.get(days, f"{at.day} {at:%B %Y}")
    if 0 <= (now - at).total_seconds() < 60:
        said = "just now"
    return Moment(at.isoformat(timespec="seconds"), f"{at.day} {at:%B %Y}, {clock} UTC", said)


def moment_of(text: str) -> Moment | None:
    """The moment of an ISO 8601 text, None when it is none."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment(at if at.tzinfo else at.replace(tzinfo=UTC))


def count(number: int, noun: str, plural: str = "") -> str:
    """The number with its noun: "1 page", "12,408 files"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listing(parts: Sequence[str]) -> str:
    """The parts as a sentence joins them: "English, German and Latin"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def languages(tags: Sequence[str]) -> str:
    """The languages in a sentence, by their English names."""
    return listing(list(dict.fromkeys(languages_by_tag.name(tag) for tag in tags)))


def size(count_of_bytes: int) -> str:
    """The size with its unit: "812 KB", "24.3 MB"."""
    amount, units = float(count_of_bytes), ["bytes", "KB", "MB", "GB", "TB"]
    while amount >= 1000 and len(units) > 1:
        amount, units = amount / 1000, units[1:]
    return f"{amount:.1f} {units[0]}" if units[0] in ("MB", "GB", "TB") and amount < 100 else f"{amount:.0f} {units[0]}"


def duration(took: timedelta) -> str:
    """How long something took: "less than a second", "41 seconds", "3 minutes", "2 hours 5 minutes"."""
    seconds = round(took.total_seconds())
    if seconds < 1:
        return "less than a second"
    if seconds < 120:
        return count(seconds, "second")
    hours, rest = divmod(round(seconds / 60), 60)
    told = [count(hours, "hour")] * bool(hours) + [count(rest, "minute")] * bool(rest)
    return " ".join(told)


def minutes(left: float | None) -> str:
    """How long is left, to follow a comma: "about 14 minutes left"; "" when nobody can know."""
    if left is None:
        return ""
    if left < 1:
        return "less than a minute left"
    about = count(round(left), "minute") if left < 90 else count(round(left / 60), "hour")
    return f"about {about} left"
