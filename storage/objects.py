"""Objects as they stand in a store: reading the inventory, and what a killed commit may have left around it."""

from collections.abc import Mapping

from core.errors import ChecksumMismatchError, ConflictError, ObjectNotFoundError
from core.fixity import StoredFile
from storage.checksums import digest_bytes
from storage.inventory import Inventory, parse_inventory
from storage.layout import object_root
from storage.stores import Store

DECLARATION = "0=ocfl_object_1.1"
DECLARED = b"ocfl_object_1.1\n"
TRIES = 5


def read_inventory(store: Store, object_id: str) -> Inventory | None:
    """The root inventory, checked against its sidecar; None when there is no such object.

    After a crash between the two, the version's own copy (written before the commit point) vouches for the root.

    Raises:
        ChecksumMismatchError: the inventory is not what its sidecar says, and nothing vouches for it.
    """
    read = _read(store, object_root(object_id))
    return read[0] if read else None


def settle(store: Store, object_id: str) -> Inventory | None:
    """The root inventory, after a sidecar that a killed commit left behind was brought up to it; else only reads.

    Raises:
        ChecksumMismatchError: as `read_inventory`.
    """
    root = object_root(object_id)
    for _ in range(TRIES):
        read = _read(store, root)
        if read is None:
            return None
        found, sidecar = read
        if _said(sidecar) == found.sha512:
            return found
        if fetch(store, f"{root}/inventory.json") != found.raw:
            continue  # a whole commit passed between our two looks: the sidecar is that of a newer root
        try:
            store.replace(f"{root}/inventory.json.sha512", found.sidecar, expected=sidecar)
        except ConflictError:
            continue  # Another writer is at it: look again at what the root says now.
        return found
    raise ConflictError(f'The item "{object_id}" in the store "{store.name}" keeps changing: try again.')


def sizes_of(store: Store, object_id: str) -> dict[str, int]:
    """The sizes in bytes of all files of an object, by key, from one listing."""
    return {listed.key: listed.size for listed in store.listing(f"{object_root(object_id)}/")}


def stored_files(
    store: Store, inventory: Inventory, version: int | None = None, *, sizes: Mapping[str, int] | None = None
) -> tuple[StoredFile, ...]:
    """The files of a version as the store holds them, by its inventory.

    Their `sizes` come from a listing that the caller made, else from one made here; what it lacks is asked for.

    Raises:
        ObjectNotFoundError: the store holds no such content.
    """
    root = object_root(inventory.object_id)
    sizes = sizes_of(store, inventory.object_id) if sizes is None else sizes
    manifest, sha256 = inventory.manifest, inventory.fixity("sha256")
    files = []
    for logical, sha512 in inventory.state(version).items():
        path = manifest[sha512]
        key = f"{root}/{path}"
        size = sizes[key] if key in sizes else store.size(key)  # a listing may lag behind: it decides nothing
        if size is None:
            raise ObjectNotFoundError(store.name, key)
        files.append(StoredFile(logical=logical, key=key, size=size, sha512=sha512, sha256=sha256.get(path, "")))
    return tuple(files)


def bookkeeping(store: Store, inventory: Inventory, *, since: int = 1) -> tuple[StoredFile, ...]:
    """The files of an object that are no content, with logical names that begin with "=", sorted by key.

    Declaration, root inventory and its sidecar, and those of the versions from `since` on. What the root inventory
    says is not read again; inventories of earlier versions are, and are compared with their sidecars.

    Raises:
        ChecksumMismatchError: a version's inventory is not what its sidecar says.
        ObjectNotFoundError: one is not there.
    """
    root, head = object_root(inventory.object_id), inventory.head
    files = {DECLARATION: DECLARED, "inventory.json": inventory.raw, "inventory.json.sha512": inventory.sidecar}
    for number in range(since, head + 1):
        raw, sidecar = (inventory.raw, inventory.sidecar) if number == head else _version_inventory(store, root, number)
        files |= {f"v{number}/inventory.json": raw, f"v{number}/inventory.json.sha512": sidecar}
    return tuple(stored_bytes(f"={name}", f"{root}/{name}", data) for name, data in sorted(files.items()))


def stored_bytes(logical: str, key: str, data: bytes) -> StoredFile:
    """The file that holds these bytes at this key."""
    digests = digest_bytes(data)
    return StoredFile(logical=logical, key=key, size=digests.size, sha512=digests.sha512, sha256=digests.sha256)


def remove_object(store: Store, object_id: str) -> int:
    """How many files were removed: the root inventory first, so that no moment shows half an object; safe to repeat."""
    root = object_root(object_id)
    keys = [listed.key for listed in store.listing(f"{root}/")]
    for key in (f"{root}/inventory.json", *keys):
        store.delete(key)
    return len(keys)


def fetch(store: Store, key: str) -> bytes | None:
    """All bytes at a key, or None when there are none."""
    try:
        return store.get(key)
    except ObjectNotFoundError:
        return None


def _version_inventory(store: Store, root: str, number: int) -> tuple[bytes, bytes]:
    """The inventory of an earlier version and its sidecar, which must go together."""
    place = f"{root}/v{number}/inventory.json"
    raw, sidecar = store.get(place), store.get(f"{place}.sha512")
    found = digest_bytes(raw).sha512
    if sidecar.split() != [found.encode(), b"inventory.json"]:
        raise ChecksumMismatchError(f"{store.name}: {place}", expected="in its sidecar", found=found)
    return raw, sidecar


def _read(store: Store, root: str) -> tuple[Inventory, bytes | None] | None:
    """The root inventory, vouched for, and the bytes of its sidecar; None when there is no such object."""
    raw = fetch(store, f"{root}/inventory.json")
    if raw is None:
        return None
    place = f"{store.name}: {root}/inventory.json"
    try:
        found = parse_inventory(raw)
    except ValueError as error:
        raise ChecksumMismatchError(place, expected="of an inventory", found=str(error)) from error
    sidecar = fetch(store, f"{root}/inventory.json.sha512")
    if not (_said(sidecar) == found.sha512 or _version_vouches(store, root, found)):
        raise ChecksumMismatchError(place, expected=_said(sidecar) or "in its sidecar", found=found.sha512)
    return found, sidecar


def _version_vouches(store: Store, root: str, inventory: Inventory) -> bool:
    own = f"{root}/v{inventory.head}/inventory.json"
    return fetch(store, own) == inventory.raw and _said(fetch(store, f"{own}.sha512")) == inventory.sha512


def _said(sidecar: bytes | None) -> str:
    """The digest in the sidecar of an inventory, or "" when there is none or it is no sidecar."""
    words = (sidecar or b"").decode("ascii", "replace").split()
    return words[0].lower() if len(words) == 2 and words[1] == "inventory.json" else ""
