"""The root of a store: what makes it an OCFL storage root, and the id by which a swapped store is noticed."""

import json
from importlib.resources import files

from core.errors import ConflictError, ObjectNotFoundError, StorageError
from core.ids import mint
from storage.layout import LAYOUT, LAYOUT_CONFIG, OCFL, STORE_JSON
from storage.stores import Store

DESCRIPTION = (
    "Each object lies under three tuples of three characters of the SHA-256 of its id, "
    "in a directory named by the percent-encoded id."
)


def _json(data: object) -> bytes:
    return (json.dumps(data, indent=2, sort_keys=True) + "\n").encode()


# Relative to `ocfl/`; the same bytes in every store.
ROOT_FILES = {
    "0=ocfl_1.1": b"ocfl_1.1\n",
    "ocfl_layout.json": _json({"extension": LAYOUT, "description": DESCRIPTION}),
    f"extensions/{LAYOUT}/config.json": _json(LAYOUT_CONFIG),
}


def initialise(store: Store) -> str:
    """The store's own id, after the files of the OCFL 1.1 storage root and `store.json` were written where absent.

    Safe to repeat. Compare the id with the one known: another one, or a new one, means an emptied or swapped store.

    Raises:
        ObjectExistsError: the place holds another storage root; nothing was written over.
    """
    for name, data in ROOT_FILES.items():
        store.put_bytes(f"{OCFL}/{name}", data)
    if store.size(f"{OCFL}/README.md") is None:
        store.put_bytes(f"{OCFL}/README.md", files("storage").joinpath("storage_root.md").read_bytes())
    return store_id(store) or _name(store)


def store_id(store: Store) -> str | None:
    """The id in `store.json`, or None when the store has none: new, emptied, or not ours.

    Raises:
        StorageError: there is a `store.json` that cannot be understood.
    """
    try:
        return str(json.loads(store.get(STORE_JSON))["id"])
    except ObjectNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise StorageError(
            f'"{STORE_JSON}" in the store "{store.name}" is damaged: restore it from a backup.'
        ) from error


def _name(store: Store) -> str:
    new = mint()
    try:
        store.replace(STORE_JSON, _json({"id": new, "made by": "Muniment", "layout": 1}), expected=None)
    except ConflictError:  # Another process was first: its id counts.
        return store_id(store) or new
    return new
