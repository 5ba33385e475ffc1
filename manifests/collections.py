"""Collections: where items belong, and what they hold."""

from collections.abc import Sequence
from typing import Any

import iiif_prezi3

from manifests import addresses
from manifests.manifest import checked
from manifests.parts import drop_empty, resource, thumbnail_of
from manifests.words import words


def build_collection(
    path: str,
    title: str,
    items: Sequence[tuple[str, str, str]],
    children: Sequence[tuple[str, str]],
    base: str,
    *,
    about: str = "",
) -> dict[str, Any]:
    """A collection as JSON-LD: its parts first, then its items, each in the order given.

    Args:
        path: parts joined by `/`, for example `Newspapers/Weekly Journal`; "" is the collection of everything.
        title: its name for people; of "" the name of the house.
        items: (item id, title, image id of the thumbnail or "") of each item that is in it itself.
        children: (path, title) of each collection directly below.
        base: the public address without a slash at its end.
        about: a text about it, or "".

    Raises:
        ValueError: iiif-prezi3 refuses it.
    """
    # The models see the collection without its members: built on request, ten thousand would cost them three seconds.
    head = checked(iiif_prezi3.Collection, {**_head(path, title, base, about), "items": []})
    members = [_child(child, label, base) for child, label in children] + [_member(*item, base) for item in items]
    return {**head, "items": members}


def _head(path: str, title: str, base: str, about: str) -> dict[str, Any]:
    home = resource(addresses.collection_page(base, path), "Text", "text/html")
    return {
        "id": addresses.collection(base, path),
        "type": "Collection",
        "label": words(title),
        "summary": words(about) if about else None,
        "homepage": [{**home, "label": words(title), "language": ["en"]}],
        "partOf": [_parent(path, base)] if path else [],
    }


def _parent(path: str, base: str) -> dict[str, Any]:
    above = path.rpartition("/")[0]
    return {"id": addresses.collection(base, above), "type": "Collection"}


def _child(path: str, title: str, base: str) -> dict[str, Any]:
    return {"id": addresses.collection(base, path), "type": "Collection", "label": words(title)}


def _member(item_id: str, title: str, image_id: str, base: str) -> dict[str, Any]:
    return drop_empty(
        {
            "id": addresses.manifest(base, item_id),
            "type": "Manifest",
            "label": words(title or item_id),
            "thumbnail": [thumbnail_of(base, image_id)] if image_id else [],
        }
    )
