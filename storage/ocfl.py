"""The OCFL 1.1 commit: from files and a message to a version that is there in full, or not there at all.

Order of a commit: declaration, content (each file read back in full), `vN/inventory.json` create-only and its sidecar,
then the root `inventory.json` by compare-and-swap: that is the commit point. The root's sidecar follows, then a
barrier, and the root is read again. Killed in between, the next try finishes it, whoever makes it:

- Content paths carry the beginning of their own digest, so what a killed try left (generated files hold times and
  differ at each try) never stands in the way, and what has the same bytes is used again.
- `vN/inventory.json` is a claim: only one writer gets it. All its content was there before it, so whoever finds a claim
  reads its content in full and carries it through to the end instead of writing another. Racing writers thus help the
  first one, and then learn that they lost. A claim with content missing (after a loss of power) is exchanged.
- Only after version N is committed, files under `vN/content/` that its inventory does not name are removed: no later
  version can ever name them, and their sources were never released. Nothing else is deleted.
"""

from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from core.errors import ChecksumMismatchError, ConflictError, ObjectExistsError, ObjectNotFoundError, StorageError
from core.fixity import Digests, StoredFile
from storage.checksums import digest_bytes, verify_copy
from storage.inventory import Inventory, NewVersion, VersionFile, next_inventory, parse_inventory
from storage.layout import object_root
from storage.objects import (
    DECLARATION,
    DECLARED,
    TRIES,
    bookkeeping,
    fetch,
    read_inventory,
    remove_object,
    settle,
    sizes_of,
    stored_files,
)
from storage.root import initialise, store_id
from storage.stores import Store

__all__ = [
    "Committed",
    "Inventory",
    "NewVersion",
    "VersionFile",
    "bookkeeping",
    "commit",
    "finish",
    "initialise",
    "read_inventory",
    "remove_object",
    "settle",
    "store_id",
    "stored_files",
]

WORKERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """A version that stands: its number, its files, the root inventory as it was read last, and the sizes by key.

    The inventory is that of a later version when somebody went on meanwhile. `earlier` says that an earlier try's files
    stand and differ from the given ones in what is volatile: go on with what stands (ids!), not with what was given.
    """

    head: int
    files: tuple[StoredFile, ...]
    inventory: Inventory
    sizes: Mapping[str, int]
    earlier: bool = False


def commit(store: Store, version: NewVersion) -> Committed:
    """The committed version, every new byte of it read back. Safe to repeat: a version that stands is answered again.

    A version stands when it is the head and all files but the volatile ones are the same.

    Raises:
        ConflictError: the object's head is neither `expected_head` nor this version, or another writer (perhaps a
            killed one, whose version was complete) came first; nothing of this version is visible.
        ChecksumMismatchError: the store gave back other bytes than it was given, or a source changed.
        StorageError: bytes that the object does not hold were given without a source, or the store failed.
    """
    before = settle(store, version.object_id)
    head = before.head if before else 0
    if before is not None and head == version.expected_head + 1:
        return _answer(store, before, version)
    if head != version.expected_head:
        raise _conflict(version, head)
    after = _claimed(store, before, version) or _claim(store, before, version)
    store.replace(
        f"{object_root(version.object_id)}/inventory.json", after.raw, expected=before.raw if before else None
    )
    _follow(store, before, after)
    return _answer(store, after, version)


def finish(store: Store, object_id: str) -> Committed | None:
    """The newest version, after the loose ends that a killed commit left around it were tied up; None: no object.

    Raises:
        StorageError: as `commit`.
    """
    standing = settle(store, object_id)
    return _finish(store, standing) if standing else None


def _claimed(store: Store, before: Inventory | None, version: NewVersion) -> Inventory | None:
    """An earlier writer's claim to the next version, when it was made from the same head and its content is whole."""
    root, number = object_root(version.object_id), version.expected_head + 1
    raw = fetch(store, f"{root}/v{number}/inventory.json")
    try:
        claim = parse_inventory(raw or b"")
        earlier = {name: block for name, block in claim.data["versions"].items() if name != f"v{number}"}
        if claim.head != number or earlier != (before.data["versions"] if before else {}):
            return None
        for digest, path in claim.manifest.items():
            if path.startswith(f"v{number}/"):
                verify_copy(store, f"{root}/{path}", Digests(0, {"sha512": digest}))
    except (ValueError, ObjectNotFoundError, ChecksumMismatchError):
        return None
    agree(store, f"{root}/v{number}/inventory.json.sha512", claim.sidecar)
    return claim


def _claim(store: Store, before: Inventory | None, version: NewVersion) -> Inventory:
    """Our own claim, after all its content was written; or the claim of who was faster."""
    after = next_inventory(before, version)
    _place(store, after, version)
    own = f"{object_root(version.object_id)}/v{after.head}/inventory.json"
    try:
        store.put_bytes(own, after.raw)
    except ObjectExistsError:
        if faster := _claimed(store, before, version):
            return faster
        agree(store, own, after.raw)
    agree(store, f"{own}.sha512", after.sidecar)
    if (found := fetch(store, own)) != after.raw:
        # Not written over: it may be that of a version which came from another store and is committed by now.
        raise ChecksumMismatchError(
            f"{store.name}: {own}", expected=after.sha512, found=digest_bytes(found or b"").sha512
        )
    return after


def _follow(store: Store, before: Inventory | None, after: Inventory) -> None:
    """Brings the root's sidecar up to the root, unless somebody did; no newer one is ever set back."""
    key = f"{object_root(after.object_id)}/inventory.json.sha512"
    try:
        store.replace(key, after.sidecar, expected=before.sidecar if before else None)
    except ConflictError:
        settle(store, after.object_id)


def _answer(store: Store, standing: Inventory, version: NewVersion) -> Committed:
    """The committed version when it is the one that was wanted; what lies around it is tidied in any case."""
    done = _finish(store, standing)
    wanted = {file.logical: file.digests.sha512 for file in version.files}
    held = standing.state()
    if version.lasting(held) != version.lasting(wanted):
        raise _conflict(version, standing.head)
    return replace(done, earlier=held != wanted)


def _conflict(version: NewVersion, head: int) -> ConflictError:
    sentence = f'"{version.object_id}" is at version {head}, not {version.expected_head}: somebody changed it'
    return ConflictError(f"{sentence}; look at it as it is now and try again.")


def _place(store: Store, after: Inventory, version: NewVersion) -> None:
    """Writes the declaration and the content that only this version brings, and reads each file back in full."""
    root, manifest = object_root(version.object_id), after.manifest
    store.put_bytes(f"{root}/{DECLARATION}", DECLARED)
    # Of several paths with the same bytes, the last one that says where they are.
    found = {
        file.digests.sha512: file for file in sorted(version.files, key=lambda one: bool(one.source or one.staged))
    }
    news = [(path, found[sha512]) for sha512, path in manifest.items() if path.startswith(f"v{after.head}/")]
    # One look for all of them. Where it lags behind, the same bytes are copied twice: a path names what lies at it.
    staged = any(file.staged for _, file in news)
    there = {listed.key for listed in store.listing(f"{root}/v{after.head}/content/")} if staged else set[str]()
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(lambda pair: _put(store, f"{root}/{pair[0]}", pair[1], there), news))


def _put(store: Store, key: str, file: VersionFile, there: Collection[str]) -> None:
    written = _copied(store, key, file, there)
    if written is None and file.source:
        written = store.put_file(key, file.source, file.digests)
    if written is None:
        raise StorageError(f'The bytes of "{file.logical}" are neither in the item nor at hand: queue the item again.')
    if written:
        verify_copy(store, key, file.digests)


def _copied(store: Store, key: str, file: VersionFile, there: Collection[str]) -> bool | None:
    """As `Store.copy` from where the file waits in the store; None when it does not."""
    if file.staged is None:
        return None
    try:
        return store.copy(file.staged, key, file.digests, fresh=key not in there)
    except ObjectNotFoundError:
        return None


def _finish(store: Store, after: Inventory) -> Committed:
    """All that follows once root and sidecar agree; every step may be done again."""
    sizes = sizes_of(store, after.object_id)
    _sweep(store, after, after.head, sizes)
    store.barrier()
    standing = read_inventory(store, after.object_id)
    version = f"v{after.head}"
    if standing is None or standing.data["versions"].get(version) != after.data["versions"][version]:
        raise StorageError(f'The store "{store.name}" lost {version} of "{after.object_id}": run an audit at once.')
    files = stored_files(store, standing, version=after.head, sizes=sizes)
    return Committed(head=after.head, files=files, inventory=standing, sizes=sizes)


def _sweep(store: Store, committed: Inventory, number: int, listed: Iterable[str]) -> None:
    """Removes what killed or beaten tries left under a version that is committed by now."""
    root = object_root(committed.object_id)
    keep = {f"{root}/{path}" for path in committed.paths}
    for key in listed:
        if key.startswith(f"{root}/v{number}/content/") and key not in keep:
            store.delete(key)


def agree(store: Store, key: str, data: bytes) -> None:
    """The key holds `data` afterwards, read back. Only for what is not committed yet, and for sidecars."""
    for _ in range(TRIES):
        standing = fetch(store, key)
        if standing == data:
            return
        try:
            store.replace(key, data, expected=standing)
        except ConflictError:
            continue
    raise ConflictError(f'"{key}" in the store "{store.name}" keeps changing: try again.')
