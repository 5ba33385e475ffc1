"""What is known about damaged bytes beyond that they are damaged: gathered from the copies beside them."""

import json
import re
from collections.abc import Sequence

from catalog import audits
from catalog.database import Catalog
from catalog.fixity_values import DueCopy
from core.errors import StorageError
from core.fixity import FixityOutcome
from fixity.cases import Clues, hint
from storage.layout import object_id, object_root
from storage.stores import Store
from workflow import reading_copies
from workflow.expecting import Expected, recorded
from workflow.reading_copies import Reading

INVENTORY = "inventory.json"
SIDECAR = "inventory.json.sha512"


def damage_hint(cat: Catalog, store: Store, expected: Expected, reading: Reading) -> str:
    """A sentence about altered bytes; "" when there is nothing to say that the outcome does not say."""
    if reading.outcome is not FixityOutcome.ALTERED:
        return ""
    copy = expected.copy
    beside = [one for one in audits.of_item(cat, copy.item, copy.store) if one.key != copy.key] if copy.item else []
    twin = next((one for one in beside if one.sha512 == reading.found), None)
    return hint(
        Clues(
            name=name_of(copy),
            expected=expected.file.sha512,
            expected_size=expected.file.size,
            found=reading.found,
            found_size=reading.size,
            others={one.sha512: name_of(one) for one in beside},
            read={name_of(twin): _read(store, twin)} if twin else {},
            earlier=_earlier(copy, beside),
            beside=_beside(store, copy, reading),
        )
    )


def name_of(copy: DueCopy) -> str:
    """How the file is called before people; bookkeeping goes by its path in the object."""
    return copy.logical.removeprefix("=")


def _read(store: Store, copy: DueCopy) -> str:
    return reading_copies.read_copy(store, recorded(copy)).found or ""


def _earlier(copy: DueCopy, beside: Sequence[DueCopy]) -> dict[str, int]:
    """The version by the digest of what this place held, or what this file was, in earlier versions."""
    name = name_of(copy)
    if name in (INVENTORY, SIDECAR):
        found = ((one, re.fullmatch(rf"=v(\d+)/{re.escape(name)}", one.logical)) for one in beside)
        return {one.sha512: int(match[1]) for one, match in found if match and one.sha512 != copy.sha512}
    own = version_of(copy)
    return {one.sha512: n for one in beside if one.logical == copy.logical and (n := version_of(one)) < own}


def version_of(copy: DueCopy) -> int:
    """The version that brought the file, by its key; 0 for what belongs to none."""
    match = re.match(r"v(\d+)/", copy.key.removeprefix(f"{object_root(object_id(copy.item))}/"))
    return int(match[1]) if match else 0


def _beside(store: Store, copy: DueCopy, reading: Reading) -> str | None:
    """The found digest, when the store's own inventory or sidecar vouches for it against the chain."""
    root = object_root(object_id(copy.item))
    path = copy.key.removeprefix(f"{root}/")
    try:
        if path.endswith(INVENTORY):
            return (store.get(f"{copy.key}.sha512").split() or [b""])[0].decode("ascii", "replace")
        manifest = json.loads(store.get(f"{root}/{INVENTORY}"))["manifest"]
        return reading.found if path in manifest.get(reading.found, ()) else None
    except (StorageError, ValueError, KeyError, TypeError, AttributeError):
        return None
