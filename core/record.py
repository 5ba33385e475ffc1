"""Items as JSON and back: `metadata/record.json`, `structure.json` and `access.json` of an AIP.

Three files, because they change for three reasons: description, order of pages, and who may see it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from core.images import ImageFacts
from core.item import Access, AccessState, Item, Page, Rights


def record_json(item: Item) -> str:
    """The description: identity, title, Dublin Core terms, languages, date, rights."""
    return _dump(
        {
            "id": item.id,
            "source_key": item.source_key,
            "title": item.title,
            "collection": item.collection,
            "metadata": [[name, list(values)] for name, values in item.metadata],
            "languages": list(item.languages),
            "date": item.date,
            "rights": asdict(item.rights),
            "ocr_model": item.ocr_model,
            "batch": item.batch,
            "batch_name": item.batch_name,
        }
    )


def structure_json(item: Item) -> str:
    """The pages in order: ids, versions, labels, and which image of which master they are."""
    return _dump({"item": item.id, "pages": [asdict(page) for page in item.pages]})


def access_json(item: Item) -> str:
    """Who may see the item."""
    until = item.access.embargo_until
    return _dump({**asdict(item.access), "embargo_until": until.isoformat() if until else None})


def item_from_json(record: str, structure: str, access: str | None) -> Item:
    """The inverse of the three writers; an access record that is absent or unreadable means draft: hidden.

    Raises:
        KeyError, ValueError, TypeError: record or structure are not what the writers write.
    """
    data: dict[str, Any] = json.loads(record)
    pages = json.loads(structure)["pages"]
    return Item(
        **{
            **data,
            "metadata": tuple((name, tuple(values)) for name, values in data["metadata"]),
            "languages": tuple(data["languages"]),
            "rights": Rights(**data["rights"]),
            "access": access_from_json(access),
            "pages": tuple(Page(**{**page, "facts": ImageFacts(**page["facts"])}) for page in pages),
        }
    )


def access_from_json(text: str | None) -> Access:
    """The access record, or draft (hidden) when it is absent or cannot be understood."""
    try:
        data: Mapping[str, Any] = json.loads(text or "")
        until = data.get("embargo_until")
        return Access(
            state=AccessState(data["state"]),
            embargo_until=date.fromisoformat(until) if until else None,
            **{name: str(data.get(name, "")) for name in ("warning", "reason", "by", "at")},
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return Access()


def _dump(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
