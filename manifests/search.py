"""What a search within one item found, as viewers ask for it: Content Search 2.0 and 1.0."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.text import Box
from manifests import addresses


@dataclass(frozen=True, slots=True)
class SearchMatch:
    """One place where the query was found: the page, the words there and around them, and their box on the canvas."""

    page_id: str
    text: str
    before: str
    after: str
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Which part of an answer this is: its number from 1, matches before it, and of all, and the last number."""

    page: int = 1
    start: int = 0
    total: int
    last: int = 1


def search2(
    item_id: str,
    base: str,
    query: str,
    matches: Sequence[SearchMatch],
    *,
    ignored: Sequence[str] = (),
    part: Slice | None = None,
) -> dict[str, Any]:
    """The answer in Content Search 2.0 (4.2, 4.3): an annotation for each match, and its surroundings apart.

    Args:
        item_id: the item that was searched.
        base: the public address without a slash at its end.
        query: the text of `q`.
        matches: the matches of this part, in reading order.
        ignored: parameters of the request that were not acted upon, such as `user`.
        part: which part of a longer answer this is; None when `matches` is all there is.
    """
    part = part or Slice(total=len(matches))
    return {
        "@context": "http://iiif.io/api/search/2/context.json",
        "id": addresses.search(base, 2, item_id, query, part.page),
        "type": "AnnotationPage",
        **({"ignored": list(ignored)} if ignored else {}),
        **(_paging2(item_id, base, query, part) if part.last > 1 else {}),
        "items": [_found2(item_id, base, match) for match in matches],
        **({"annotations": [_contexts(item_id, base, query, matches)]} if matches else {}),
    }


def search1(
    item_id: str,
    base: str,
    query: str,
    matches: Sequence[SearchMatch],
    *,
    ignored: Sequence[str] = (),
    part: Slice | None = None,
) -> dict[str, Any]:
    """The same answer in Content Search 1.0 (3.3, 3.4), the one that Mirador reads."""
    part = part or Slice(total=len(matches))
    return {
        "@context": ["http://iiif.io/api/presentation/2/context.json", "http://iiif.io/api/search/1/context.json"],
        "@id": addresses.search(base, 1, item_id, query, part.page),
        "@type": "sc:AnnotationList",
        "within": _layer(item_id, base, query, part, ignored),
        "startIndex": part.start,
        **_neighbours(item_id, base, query, part, as_object=False),
        "resources": [_found1(item_id, base, match) for match in matches],
        "hits": [_hit(item_id, base, match) for match in matches],
    }


def match_id(item_id: str, base: str, match: SearchMatch) -> str:
    """The address that names a match in both versions: the same place gives the same name."""
    box = match.box
    return f"{addresses.annotations(base, item_id, match.page_id)}/match/{box.x},{box.y},{box.w},{box.h}"


def _found2(item_id: str, base: str, match: SearchMatch) -> dict[str, Any]:
    return {
        "id": match_id(item_id, base, match),
        "type": "Annotation",
        "motivation": "supplementing",
        "body": {"type": "TextualBody", "value": match.text, "format": "text/plain"},
        "target": addresses.canvas(base, item_id, match.page_id, match.box),
    }


def _contexts(item_id: str, base: str, query: str, matches: Sequence[SearchMatch]) -> dict[str, Any]:
    return {
        "id": f"{addresses.search(base, 2, item_id, query)}#context",
        "type": "AnnotationPage",
        "items": [
            {
                "id": f"{match_id(item_id, base, match)}/context",
                "type": "Annotation",
                "motivation": "contextualizing",
                "target": {
                    "type": "SpecificResource",
                    "source": match_id(item_id, base, match),
                    "selector": [
                        {
                            "type": "TextQuoteSelector",
                            "prefix": match.before,
                            "exact": match.text,
                            "suffix": match.after,
                        }
                    ],
                },
            }
            for match in matches
        ],
    }


def _paging2(item_id: str, base: str, query: str, part: Slice) -> dict[str, Any]:
    def page(number: int) -> dict[str, str]:
        return {"id": addresses.search(base, 2, item_id, query, number), "type": "AnnotationPage"}

    whole = {
        "id": f"{addresses.search(base, 2, item_id, query)}#all",
        "type": "AnnotationCollection",
        "total": part.total,
        "first": page(1),
        "last": page(part.last),
    }
    return {"partOf": [whole], "startIndex": part.start, **_neighbours(item_id, base, query, part, as_object=True)}


def _neighbours(item_id: str, base: str, query: str, part: Slice, *, as_object: bool) -> dict[str, Any]:
    def named(number: int) -> Any:
        address = addresses.search(base, 2 if as_object else 1, item_id, query, number)
        return {"id": address, "type": "AnnotationPage"} if as_object else address

    return {
        **({"prev": named(part.page - 1)} if part.page > 1 else {}),
        **({"next": named(part.page + 1)} if part.page < part.last else {}),
    }


def _layer(item_id: str, base: str, query: str, part: Slice, ignored: Sequence[str]) -> dict[str, Any]:
    return {
        "@type": "sc:Layer",
        "total": part.total,
        **({"ignored": list(ignored)} if ignored else {}),
        "first": addresses.search(base, 1, item_id, query),
        "last": addresses.search(base, 1, item_id, query, part.last),
    }


def _found1(item_id: str, base: str, match: SearchMatch) -> dict[str, Any]:
    return {
        "@id": match_id(item_id, base, match),
        "@type": "oa:Annotation",
        "motivation": "sc:painting",
        "resource": {"@type": "cnt:ContentAsText", "format": "text/plain", "chars": match.text},
        "on": addresses.canvas(base, item_id, match.page_id, match.box),
    }


def _hit(item_id: str, base: str, match: SearchMatch) -> dict[str, Any]:
    return {
        "@type": "search:Hit",
        "annotations": [match_id(item_id, base, match)],
        "match": match.text,
        "before": match.before,
        "after": match.after,
    }
