"""Text as IIIF wants it: language maps, labelled values, and the moment an item is shelved under."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

LanguageMap = dict[str, list[str]]

_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_KEY = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z]+)*")


def words(*values: str, language: str = "none") -> LanguageMap:
    """A language map of plain text (Presentation 3.0, 4.4: `none` where the language is not known)."""
    return {language_key(language): [plain(value) for value in values]}


def language_key(tag: str) -> str:
    """The tag as the key of a language map; subtags with digits are left out, which the official schema refuses.

    `de-1901` becomes `de`; what is no tag at all becomes `none`.
    """
    kept = "-".join(part for part in tag.split("-") if part.isalpha())
    return kept if _KEY.fullmatch(kept) else "none"


def plain(text: str) -> str:
    """The text so that no viewer takes it for HTML (Presentation 3.0, 4.5), and without halves of characters.

    Text that begins with `<` and ends with `>` counts as HTML unless a space follows.
    """
    sound = text.encode("utf-8", "replace").decode("utf-8")
    return f"{sound} " if sound.startswith("<") and sound.endswith(">") else sound


def labelled(label: str, values: Iterable[str], *, language: str = "none") -> dict[str, LanguageMap]:
    """One row of metadata: an English label and its values."""
    return {"label": words(label, language="en"), "value": words(*values, language=language)}


def only_language(languages: Sequence[str]) -> str:
    """The one language of an item, or `none`: with several nobody can say in which one the title is."""
    return languages[0] if len(languages) == 1 else "none"


def nav_date(edtf: str) -> str | None:
    """The first moment of a day, month or year in UTC; None for anything less certain (intervals, `190X`, `1905?`)."""
    found = _DATE.fullmatch(edtf)
    if found is None:
        return None
    year, month, day = (int(part or 1) for part in found.groups())
    try:
        return f"{date(year, month, day).isoformat()}T00:00:00Z"
    except ValueError:  # the thirtieth of February, the year 0
        return None
