"""The same object in another store: content read in full on the way out and back, inventories vouched for."""

import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from core.errors import ChecksumMismatchError, ConflictError, ObjectNotFoundError, StorageError
from core.fixity import Digests
from storage.checksums import digest_bytes, digest_file, verify_copy
from storage.inventory import Inventory
from storage.layout import object_root
from storage.objects import DECLARATION, DECLARED, fetch, read_inventory, settle
from storage.ocfl import agree
from storage.stores import Store

AtHand = Mapping[str, tuple[Path, Digests]]  # by SHA-512: a local file that was put into the source a moment ago


def replicate(
    source: Store,
    target: Store,
    object_id: str,
    *,
    scratch: Path | None = None,
    at_hand: AtHand | None = None,
    inventory: Inventory | None = None,
) -> Inventory:
    """The inventory that both stores hold afterwards; content first, the root inventory last. Safe to repeat.

    Content that the target's own inventory names was read back when it was written and is left to the audits; all
    else is copied, and what lies at its key already is read in full and compared, never written over. Copies under
    way lie in the folder `scratch` (None: the system's own). What lies `at_hand` is taken from there, and refused
    like any other copy when its bytes are not those of the inventory. The `inventory` is that of the source as it was
    read a moment ago by a caller who holds the item meanwhile (None: it is read now).

    The newest version's own inventory and sidecar follow from the root's and are not read from the source.

    Raises:
        ObjectNotFoundError: the source has no such object, or not all of its content and earlier inventories.
        ChecksumMismatchError: the source's bytes are not those of its inventory; nothing of them was written.
        ConflictError: the target's history is not a beginning of the source's.
        StorageError: a store could not, the target holds other bytes at one of the keys, or `scratch` failed.
    """
    root = object_root(object_id)
    inventory = inventory or read_inventory(source, object_id)
    if inventory is None:
        raise ObjectNotFoundError(source.name, f"{root}/inventory.json")
    standing = _beginning(source, target, inventory)
    target.put_bytes(f"{root}/{DECLARATION}", DECLARED)
    held = _content(standing) if standing else {}
    for path, sha512 in _content(inventory).items():
        if held.get(path) == sha512:
            continue
        if not (at_hand and sha512 in at_hand and _put(target, f"{root}/{path}", *at_hand[sha512])):
            copy_between(source, target, f"{root}/{path}", sha512, scratch=scratch)
    _put_versions(source, target, inventory)
    target.replace(f"{root}/inventory.json", inventory.raw, expected=standing.raw if standing else None)
    settle(target, object_id)
    target.barrier()
    found = read_inventory(target, object_id)
    if found != inventory:
        raise ChecksumMismatchError(f"{target.name}: {root}/inventory.json", expected=inventory.sha512, found="another")
    return inventory


def _beginning(source: Store, target: Store, inventory: Inventory) -> Inventory | None:
    """What stands in the target, which must be a beginning of the source's history; None when nothing does."""
    standing = settle(target, inventory.object_id)
    if standing and standing.head > inventory.head and _until(standing, inventory.head) == inventory.data["versions"]:
        raise ConflictError(f'"{inventory.object_id}" got a new version while it was copied: it is copied again.')
    if standing and standing.data["versions"] != _until(inventory, standing.head):
        sentence = f'"{inventory.object_id}" has another history in the store "{target.name}" than in "{source.name}"'
        raise ConflictError(f"{sentence}: nothing was written; run an audit of both.")
    return standing


def _put_versions(source: Store, target: Store, inventory: Inventory) -> None:
    """The inventories of all versions; that of the newest is the root's, which was read and vouched for."""
    root = object_root(inventory.object_id)
    for number in range(1, inventory.head + 1):
        own = f"{root}/v{number}"
        newest = (inventory.raw, inventory.sidecar) if number == inventory.head else None
        _put_inventory(target, own, *(newest or _inventory_at(source, own)))


def _put(target: Store, key: str, local: Path, digests: Digests) -> bool:
    """True when the target holds the local file, read back in full; False when that is not what it was any more."""
    try:
        if target.put_file(key, local, digests):
            verify_copy(target, key, Digests(digests.size, {"sha512": digests.sha512}))
    except StorageError:
        if _is_still(local, digests.sha512):
            raise  # it is the target's trouble
        return False
    return True


def _is_still(local: Path, sha512: str) -> bool:
    try:
        return digest_file(local).sha512 == sha512
    except OSError:
        return False


def copy_between(source: Store, target: Store, key: str, sha512: str, *, scratch: Path | None = None) -> None:
    """The file is in the target afterwards, from a copy that was read in full and found good in the same act.

    Raises:
        ChecksumMismatchError: the source's copy, or what the target gave back, is not this file.
        ObjectExistsError: the target holds other bytes there; nothing was written.
        StorageError: a store could not, or the copy could not be kept in `scratch` meanwhile.
    """
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="muniment-", dir=scratch))
            local = Path(folder, "copy")
            with local.open("wb") as file:
                for chunk in source.read(key):
                    file.write(chunk)
            digests = digest_file(local)
        except OSError as error:
            where = f'"{scratch}"' if scratch else "for temporary files"
            sentence = f'"{key}" could not be kept in the folder {where} while it was copied ({error.strerror})'
            raise StorageError(f"{sentence}: check its disk, space and permissions, then try again.") from error
        if digests.sha512 != sha512:
            raise ChecksumMismatchError(f"{source.name}: {key}", expected=sha512, found=digests.sha512)
        if target.put_file(key, local, digests):
            verify_copy(target, key, Digests(digests.size, {"sha512": sha512}))


def _inventory_at(source: Store, folder: str) -> tuple[bytes, bytes]:
    raw, sidecar = source.get(f"{folder}/inventory.json"), source.get(f"{folder}/inventory.json.sha512")
    found = digest_bytes(raw).sha512
    if sidecar.split()[:1] != [found.encode()]:
        raise ChecksumMismatchError(f"{source.name}: {folder}/inventory.json", expected="in its sidecar", found=found)
    return raw, sidecar


def _put_inventory(target: Store, folder: str, raw: bytes, sidecar: bytes) -> None:
    for name, data in (("inventory.json", raw), ("inventory.json.sha512", sidecar)):
        # A claim that a killed writer left in the target gives way: the object's history is made in the source.
        agree(target, f"{folder}/{name}", data)
        if fetch(target, f"{folder}/{name}") != data:
            raise ChecksumMismatchError(
                f"{target.name}: {folder}/{name}", expected="that was sent", found="another one"
            )


def _content(inventory: Inventory) -> dict[str, str]:
    return {path: sha512 for sha512, paths in inventory.data["manifest"].items() for path in paths}


def _until(inventory: Inventory, head: int) -> dict[str, object]:
    return {f"v{n}": inventory.data["versions"].get(f"v{n}") for n in range(1, head + 1)}
