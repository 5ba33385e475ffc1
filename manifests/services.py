"""The services that a manifest names beside its images."""

from typing import Any

from manifests import addresses


def search_services(base: str, item_id: str) -> list[dict[str, Any]]:
    """Content Search 2.0, and 1.0 for viewers that speak only that one (Mirador)."""
    return [
        {"id": addresses.search(base, 2, item_id), "type": "SearchService2"},
        {
            "@context": "http://iiif.io/api/search/1/context.json",
            "@id": addresses.search(base, 1, item_id),
            "@type": "SearchService1",
            "profile": "http://iiif.io/api/search/1/search",
        },
    ]
