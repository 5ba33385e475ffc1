"""The way out: an item as a BagIt bag, or its OCFL object as it is. Every byte is verified while it is read.

A small program without dependencies goes along, with which anybody can verify the export for ever after
(`storage/verify.py`): in a bag as the tag file `verify.py`; beside an OCFL object, in which it would be a stranger, as
the file `NAME.verify.py`.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from core.errors import ChecksumMismatchError, ObjectNotFoundError, StorageError
from storage.checksums import digest_bytes
from storage.inventory import Inventory
from storage.layout import object_root
from storage.objects import DECLARATION, DECLARED, read_inventory
from storage.stores import Store


def export_bag(store: Store, object_id: str, dest: Path) -> Path:
    """The folder `dest`, now a BagIt 1.0 bag (RFC 8493) with the newest version's files under their logical paths.

    Raises:
        ChecksumMismatchError: the store's copy is damaged; nothing is at `dest`.
        StorageError: `dest` is taken, the item is not there, or the store or disk could not.
    """
    return _export(store, object_id, dest, _bag)


def export_ocfl(store: Store, object_id: str, dest: Path) -> Path:
    """The folder `dest`, now the OCFL object with all its versions; its verifier is at `beside(dest)`.

    Raises as `export_bag`; also when there is another file in the verifier's place.
    """
    place = beside(dest)
    if place.exists() and place.read_bytes() != verifier():
        raise StorageError(f'"{place}" is there already, and the verifier belongs there: name another place.')
    _export(store, object_id, dest, _object)
    try:
        place.write_bytes(verifier())
    except OSError as error:
        raise StorageError(
            f'"{place}" could not be written ({error.strerror}): "{dest}" is complete without it.'
        ) from error
    return dest


def beside(dest: Path) -> Path:
    """Where the verifier of an exported OCFL object lies."""
    return dest.with_name(f"{dest.name}.verify.py")


def verifier() -> bytes:
    """The program that goes along with every export."""
    return files("storage").joinpath("verify.py").read_bytes()


def _export(store: Store, object_id: str, dest: Path, write: Callable[[Store, Inventory, Path], None]) -> Path:
    if dest.exists() and (not dest.is_dir() or any(dest.iterdir())):
        raise StorageError(f'"{dest}" is there already and not an empty folder: name another place.')
    inventory = read_inventory(store, object_id)
    if inventory is None:
        raise ObjectNotFoundError(store.name, object_root(object_id))
    try:
        dest.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=dest.parent, prefix=f".{dest.name}-") as temporary:
            made = Path(temporary, "made")
            made.mkdir()
            write(store, inventory, made)
            if dest.exists():
                dest.rmdir()
            shutil.move(made, dest)
    except OSError as error:
        raise StorageError(f'The export to "{dest}" failed ({error.strerror}): check space and permissions.') from error
    return dest


def _bag(store: Store, inventory: Inventory, folder: Path) -> None:
    root, manifest, state = object_root(inventory.object_id), inventory.manifest, inventory.state()
    size = 0
    for logical, sha512 in state.items():
        size += _bring(store, f"{root}/{manifest[sha512]}", sha512, _inside(folder / "data", logical))
    tags = {
        "bagit.txt": "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "bag-info.txt": (
            f"Bag-Software-Agent: Muniment\nBagging-Date: {datetime.now(UTC).date().isoformat()}\n"
            f"External-Identifier: {inventory.object_id}\n"
            f"External-Description: version {inventory.head} of {inventory.created()}\n"
            f"Payload-Oxum: {size}.{len(state)}\n"
        ),
        "manifest-sha512.txt": _lines((sha512, f"data/{logical}") for logical, sha512 in state.items()),
        "verify.py": verifier().decode(),
    }
    tags["tagmanifest-sha512.txt"] = _lines((digest_bytes(text.encode()).sha512, name) for name, text in tags.items())
    for name, text in tags.items():
        (folder / name).write_bytes(text.encode())


def _object(store: Store, inventory: Inventory, folder: Path) -> None:
    root = object_root(inventory.object_id)
    (folder / DECLARATION).write_bytes(DECLARED)
    for sha512, paths in inventory.data["manifest"].items():
        for path in paths:
            _bring(store, f"{root}/{path}", sha512, _inside(folder, path))
    for number in range(1, inventory.head + 1):
        sidecar = store.get(f"{root}/v{number}/inventory.json.sha512")
        place = _inside(folder, f"v{number}/inventory.json")
        _bring(store, f"{root}/v{number}/inventory.json", sidecar.split()[0].decode(), place)
        place.with_name("inventory.json.sha512").write_bytes(sidecar)
    (folder / "inventory.json").write_bytes(inventory.raw)
    (folder / "inventory.json.sha512").write_bytes(inventory.sidecar)


def _bring(store: Store, key: str, sha512: str, place: Path) -> int:
    """The size of the file, now at its place and found right."""
    place.parent.mkdir(parents=True, exist_ok=True)
    found, size = hashlib.sha512(usedforsecurity=False), 0
    with place.open("xb") as file:
        for chunk in store.read(key):
            found.update(chunk)
            size += file.write(chunk)
    if found.hexdigest() != sha512:
        raise ChecksumMismatchError(f"{store.name}: {key}", expected=sha512, found=found.hexdigest())
    return size


def _inside(folder: Path, path: str) -> Path:
    """The place of a path from an inventory, which others may have written, below the folder and nowhere else."""
    if any(part in ("", ".", "..") for part in path.split("/")) or "\0" in path:
        raise StorageError(f'The inventory names the path "{path}", which leads astray: run an audit of the item.')
    return folder / path


def _lines(entries: Iterable[tuple[str, str]]) -> str:
    """A manifest; RFC 8493, 2.1.3: percent, carriage return and line feed in paths are percent-encoded.

    The library bagit (1.9) does not decode the percent sign and calls such a bag incomplete; the standard goes first.
    """
    return "".join(
        f"{digest}  {path.replace('%', '%25').replace(chr(13), '%0D').replace(chr(10), '%0A')}\n"
        for digest, path in entries
    )
