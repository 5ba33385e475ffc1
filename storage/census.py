"""What a store lists: every file under `ocfl/`, the items there, and the files of the storage root itself.

A listing finds keys; it proves nothing (a damaged or lost object may stand in it, a stale one may lack some).
"""

from collections.abc import Iterator
from urllib.parse import unquote

from core.fixity import StoredFile
from storage.layout import OCFL, STORE_JSON, item_id, object_root
from storage.objects import stored_bytes
from storage.root import ROOT_FILES
from storage.stores import Listed, Store

DEPTH = 4  # the tuples of extension 0003 and the object's own folder


def census(store: Store) -> Iterator[Listed]:
    """Every file under `ocfl/`, as listed.

    Raises:
        StoreUnavailableError: the store does not answer; what came until then is not the whole.
    """
    return store.listing(f"{OCFL}/")


def objects(store: Store) -> Iterator[str]:
    """The id of every item of ours, once, by the folder it lies in; also of one that lost its root inventory.

    An object in another place than its id says is left out: its files are unexpected ones.
    """
    last = ""
    for listed in census(store):
        found = item_of(listed.key)
        if found and found != last:
            yield found
            last = found


def item_of(key: str) -> str | None:
    """The item to whose object a key belongs, by the key alone; None when it is in none of ours."""
    parts = key.split("/")[1 : DEPTH + 1]
    found = item_id(unquote(parts[-1])) if len(parts) == DEPTH else None
    return found if found and key.startswith(f"{object_root(unquote(parts[-1]))}/") else None


def root_files(store: Store) -> tuple[StoredFile, ...]:
    """The files of the storage root and `store.json`, with logical names such as `=root/ocfl_layout.json`.

    What must be the same everywhere comes from ourselves; README and `store.json` as they are in the store.

    Raises:
        ObjectNotFoundError: one of the latter is not there.
    """
    found = {f"{OCFL}/{name}": data for name, data in ROOT_FILES.items()}
    found |= {key: store.get(key) for key in (f"{OCFL}/README.md", STORE_JSON)}
    return tuple(stored_bytes(f"=root/{key.removeprefix(f'{OCFL}/')}", key, data) for key, data in found.items())
