"""What an item is and whose: its description as IIIF properties for people."""

from typing import Any

from core.item import Item, Rights
from manifests import languages
from manifests.words import labelled, only_language, words

_LABELS = {
    "dc.creator": "Creator",
    "dc.contributor": "Contributor",
    "dc.publisher": "Publisher",
    "dc.date": "Date",
    "dc.type": "Type",
    "dc.format": "Format",
    "dc.language": "Language",
    "dc.subject": "Subject",
    "dc.coverage": "Coverage",
    "dc.source": "Source",
    "dc.relation": "Relation",
    "dc.identifier": "Identifier",
}
_SAID_ELSEWHERE = {"dc.title", "dc.description", "dc.rights", "dc.language"}
_SWITCHES = "ocr"  # terms that begin so tell Muniment what to do with the item, and readers nothing
_RIGHTS_HOSTS = (
    "http://creativecommons.org/licenses/",
    "http://creativecommons.org/publicdomain/",
    "http://rightsstatements.org/vocab/",
)


def description(item: Item) -> dict[str, Any]:
    """Label, summary, metadata, rights and required statement of an item; what is not known is left out."""
    summary = item.values("dc.description")
    return {
        "label": words(item.title or item.id, language=only_language(item.languages)),
        **({"summary": words(*summary)} if any(summary) else {}),
        **({"metadata": rows} if (rows := metadata(item)) else {}),
        **rights(item.rights),
    }


def metadata(item: Item) -> list[dict[str, Any]]:
    """The rows of metadata in the order of the record, further titles first and languages by name at their place."""
    further = [title for title in item.values("dc.title") if title and title != item.title]
    rows = [labelled("Other title", further)] if further else []
    for term, values in item.metadata:
        kept = [value for value in values if value]
        if term == "dc.language" and (kept or item.languages):
            rows.append(_language_row(item, kept))
        elif kept and term not in _SAID_ELSEWHERE and not term.startswith(_SWITCHES):
            rows.append(labelled(_label(term), kept))
    if item.languages and not any(term == "dc.language" for term, _ in item.metadata):
        rows.append(_language_row(item, []))
    return rows


def rights(known: Rights) -> dict[str, Any]:
    """`rights` for an address that IIIF knows, else the words as delivered as a statement that viewers must show.

    IIIF Presentation 3.0, 3.2: only Creative Commons and RightsStatements.org, and only with `http:`.
    """
    recognised = known.uri is not None and known.uri.startswith(_RIGHTS_HOSTS)
    statement = known.statement or ("" if recognised else known.uri or "")
    return {
        **({"rights": known.uri} if recognised else {}),
        **({"requiredStatement": labelled("Rights", [statement])} if statement else {}),
    }


def _language_row(item: Item, as_delivered: list[str]) -> dict[str, Any]:
    names = [languages.name(tag) for tag in item.languages]
    return labelled("Language", names, language="en") if names else labelled("Language", as_delivered)


def _label(term: str) -> str:
    own = term.rpartition(".")[2].replace("_", " ").replace("-", " ").strip() or term
    return _LABELS.get(term, own[:1].upper() + own[1:])
