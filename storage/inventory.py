"""The inventory of an OCFL object: what it holds, version by version; and the next one, made from the last."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.errors import StorageError
from core.fixity import Digests
from storage.layout import content_path

TYPE = "https://ocfl.io/1.1/spec/#inventory"
# hashlib's names and OCFL's, for the fixity block; what is not here stays in the lists under `submission/`.
FIXITY_NAMES = {"md5": "md5", "sha1": "sha1", "sha256": "sha256", "blake2b": "blake2b-512"}


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFile:
    """One file of a version: its logical path, digests, and where its bytes are.

    `staged` is a key in the store that is written to, `source` a local file; the staged copy is taken when it is
    there. Bytes that the object holds already need neither. `extra` are further digests for the fixity block, by
    hashlib's names.
    """

    logical: str
    digests: Digests
    source: Path | None = None
    staged: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """The whole next state of an object: what is not among `files` is not in the version.

    `expected_head` is the version this one was made from, 0 for a new object. `agent` is the opaque id of who did it.
    `volatile` are the paths (or folders, with a slash at the end) in which two tries of the same act may differ, as
    they hold times or newly minted ids.
    """

    object_id: str
    files: tuple[VersionFile, ...]
    message: str
    agent: str
    created: datetime
    expected_head: int = 0
    volatile: tuple[str, ...] = ("premis.xml", "mets.xml")

    def lasting(self, state: Mapping[str, str]) -> dict[str, str]:
        """What of a state (logical path to SHA-512) must be equal for two tries to be the same act."""
        return {path: digest for path, digest in state.items() if not path.startswith(self.volatile)}


@dataclass(frozen=True, slots=True)
class Inventory:
    """An inventory as it was read: its bytes, and what they say."""

    raw: bytes
    data: Mapping[str, Any]

    @property
    def object_id(self) -> str:
        """The object's id."""
        return str(self.data["id"])

    @property
    def head(self) -> int:
        """The number of the newest version."""
        return int(str(self.data["head"]).removeprefix("v"))

    @property
    def sha512(self) -> str:
        """The digest of the inventory itself."""
        return hashlib.sha512(self.raw, usedforsecurity=False).hexdigest()

    @property
    def sidecar(self) -> bytes:
        """What stands in `inventory.json.sha512`."""
        return f"{self.sha512} inventory.json\n".encode()

    @property
    def manifest(self) -> dict[str, str]:
        """The content path (from the object's root) of each SHA-512."""
        return {digest: paths[0] for digest, paths in self.data["manifest"].items()}

    @property
    def paths(self) -> frozenset[str]:
        """Every content path of every version."""
        return frozenset(path for paths in self.data["manifest"].values() for path in paths)

    def state(self, version: int | None = None) -> dict[str, str]:
        """The SHA-512 of each logical path in a version (the newest without one), sorted by path.

        Raises:
            KeyError: there is no such version.
        """
        block = self.data["versions"][f"v{version or self.head}"]
        return dict(sorted((path, digest) for digest, paths in block["state"].items() for path in paths))

    def created(self, version: int | None = None) -> str:
        """When the version was made, in ISO 8601."""
        return str(self.data["versions"][f"v{version or self.head}"]["created"])

    def fixity(self, name: str) -> dict[str, str]:
        """The digest of each content path by another algorithm (OCFL's name), where it is known."""
        block = self.data.get("fixity", {}).get(name, {})
        return {path: value for value, paths in block.items() for path in paths}


def parse_inventory(raw: bytes) -> Inventory:
    """The inventory in these bytes; only what the other functions lean on is checked (`storage.validator` does more).

    Raises:
        ValueError: it is no OCFL inventory addressed by SHA-512.
    """
    data = json.loads(raw)
    try:
        found = Inventory(raw, data)
        if data["digestAlgorithm"] != "sha512" or not found.object_id or f"v{found.head}" not in data["versions"]:
            raise ValueError("not an inventory addressed by SHA-512")
        for number in range(1, found.head + 1):
            found.state(number)
        if not found.paths >= {found.manifest[digest] for digest in found.state().values()}:
            raise ValueError("a file is not in the manifest")
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"something is missing or out of place: {error}") from error
    return found


def next_inventory(before: Inventory | None, version: NewVersion) -> Inventory:
    """The inventory of the new version: equal input gives equal bytes. Content held already is named, not repeated.

    Raises:
        StorageError: the logical paths cannot stand together in one version.
    """
    _check_paths([file.logical for file in version.files])
    number = version.expected_head + 1
    old = before.data if before else {"manifest": {}, "fixity": {}, "versions": {}}
    manifest: dict[str, list[str]] = {digest: list(paths) for digest, paths in old["manifest"].items()}
    fixity = {name: {value: list(p) for value, p in block.items()} for name, block in old.get("fixity", {}).items()}
    state: dict[str, list[str]] = {}
    for file in sorted(version.files, key=lambda one: one.logical):
        sha512 = file.digests.sha512
        paths = manifest.setdefault(sha512, [content_path(number, file.logical, sha512)])
        state.setdefault(sha512, []).append(file.logical)
        for name, value in _fixity_of(file).items():
            held = fixity.setdefault(name, {}).setdefault(value, [])
            held.extend(path for path in paths if path not in held)
    block = {
        "created": version.created.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "message": version.message,
        "state": state,
        "user": {"name": version.agent, "address": f"info:muniment/agent/{version.agent}"},
    }
    data = {
        "digestAlgorithm": "sha512",
        "fixity": fixity,
        "head": f"v{number}",
        "id": version.object_id,
        "manifest": manifest,
        "type": TYPE,
        "versions": {**old["versions"], f"v{number}": block},
    }
    return Inventory((json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode(), data)


def _fixity_of(file: VersionFile) -> dict[str, str]:
    """The digests beside SHA-512 that OCFL has a name for, by that name, in lower case."""
    known = {**file.digests.values, **file.extra}
    return {FIXITY_NAMES[name]: value.lower() for name, value in sorted(known.items()) if name in FIXITY_NAMES}


def _check_paths(logicals: Collection[str]) -> None:
    """OCFL 1.1, 3.5.3.2: no empty or climbing elements, no path twice, none the folder of another; and plain UTF-8."""
    folders = {path.rpartition("/")[0] for path in logicals}
    folders |= {folder[:at] for folder in folders for at, letter in enumerate(folder) if letter == "/"}
    for path in logicals:
        if any(part in ("", ".", "..") for part in path.split("/")) or path in folders:
            raise StorageError(f'"{path}" cannot be a path in an archived item: rename the file and queue it again.')
        try:
            path.encode()
        except UnicodeEncodeError as error:
            raise StorageError(f"The file name {path!r} is not valid text: rename it and queue it again.") from error
    if len(set(logicals)) != len(logicals):
        raise StorageError("Two files of the item have one path: rename one of them and queue it again.")
