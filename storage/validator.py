"""Whether what lies under a key is a valid OCFL 1.1 object: every rule, every byte, findings by the spec's codes.

What an object store cannot show (empty folders, links) is not looked for. Warnings of the spec are not findings.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from core.errors import ObjectNotFoundError
from storage.checksums import digest_bytes, digest_chunks
from storage.inventory_rules import Finding, content_directory, examine_inventory, spec_version
from storage.layout import object_root
from storage.objects import fetch
from storage.stores import Store

# OCFL's names of algorithms by hashlib's; the shorter BLAKE2 kinds of extension 0001 are not computed.
HASHLIB = {"sha512": "sha512", "sha256": "sha256", "sha1": "sha1", "md5": "md5", "blake2b-512": "blake2b"}
DECLARATIONS = ("0=ocfl_object_1.0", "0=ocfl_object_1.1")


@dataclass(slots=True)
class _Object:
    """The object under examination: where it is, its files (relative keys), and the inventories read so far."""

    store: Store
    root: str
    names: frozenset[str]
    inventories: dict[str, tuple[bytes, dict[str, Any]]] = field(default_factory=dict)

    def folders(self, under: str = "") -> set[str]:
        return {
            name[len(under) :].split("/")[0]
            for name in self.names
            if name.startswith(under) and "/" in name[len(under) :]
        }

    def files(self, under: str = "") -> set[str]:
        return {name[len(under) :] for name in self.names if name.startswith(under) and "/" not in name[len(under) :]}

    def get(self, name: str) -> bytes:
        return fetch(self.store, f"{self.root}/{name}") or b""


def validate_object(store: Store, root_key: str) -> tuple[str, ...]:
    """The OCFL error codes of the object whose root is this key, each once, sorted; none for a valid object."""
    return tuple(sorted({finding.code for finding in examine_object(store, root_key)}))


def verify_object(store: Store, object_id: str) -> tuple[Finding, ...]:
    """Everything wrong with an object of ours by a full read of all its files; one that is absent has E003.

    An earlier version without its own inventory, a warning to OCFL (W010), is damage to us: we always write it.
    """
    root = object_root(object_id)
    names = {listed.key for listed in store.listing(f"{root}/")}
    versions = sorted({name.removeprefix(root).split("/")[1] for name in names if "/content/" in name})
    bare = [name for name in versions if f"{root}/{name}/inventory.json" not in names]
    return (*examine_object(store, root), *(Finding("W010", f"{name} has no inventory of its own") for name in bare))


def examine_object(store: Store, root_key: str) -> tuple[Finding, ...]:
    """Everything wrong with the object whose root is this key.

    Raises:
        StoreUnavailableError: the store does not answer, or a file cannot be read.
    """
    root = root_key.rstrip("/")
    names = frozenset(listed.key[len(root) + 1 :] for listed in store.listing(f"{root}/"))
    return tuple(_examine(_Object(store, root, names)))


def _examine(one: _Object) -> Iterator[Finding]:
    yield from _declaration(one)
    if "inventory.json" not in one.names:
        yield Finding("E063", "there is no inventory")
        return
    yield from _inventory(one, "")
    if "" not in one.inventories:
        return
    data = one.inventories[""][1]
    yield from _root_entries(one, data)
    if _sound(data):
        yield from _versions(one, data)
        yield from _content(one, data)


def _declaration(one: _Object) -> Iterator[Finding]:
    found = [name for name in one.files() if name.startswith("0=")]
    if len(found) != 1:
        yield Finding("E003", f"{len(found)} declarations")
    for name in found:
        if name not in DECLARATIONS:
            yield Finding("E006", name)
        elif one.get(name) != f"{name[2:]}\n".encode():
            yield Finding("E007", name)


def _inventory(one: _Object, folder: str) -> Iterator[Finding]:
    """Reads an inventory and its sidecar; keeps it when it is JSON at all."""
    raw = one.get(f"{folder}inventory.json")
    try:
        data = json.loads(raw)
    except ValueError as error:
        yield Finding("E033", f"{folder}inventory.json: {error}")
        return
    yield from (Finding(found.code, f"{folder}{found.detail}") for found in examine_inventory(data))
    if not isinstance(data, dict):
        return
    one.inventories[folder] = raw, data
    algorithm = str(data.get("digestAlgorithm"))
    sidecar = f"{folder}inventory.json.{algorithm}"
    if sidecar not in one.names:
        yield Finding("E058", sidecar)
        return
    words = re.fullmatch(rb"([0-9A-Fa-f]+)[ \t]+inventory\.json\s*", one.get(sidecar))
    if not words:
        yield Finding("E061", sidecar)
    elif algorithm in HASHLIB and digest_bytes(raw).values.get(algorithm) != words[1].decode().lower():
        yield Finding("E060", sidecar)


def _sound(data: dict[str, Any]) -> bool:
    """True when the inventory has the shape that comparing it with other files leans on."""
    try:
        blocks = [data["manifest"], *data.get("fixity", {}).values()]
        blocks += [block["state"] for block in data["versions"].values()]
        named = all(re.fullmatch(r"v\d+", name) for name in data["versions"])
        return named and all(isinstance(path, str) for block in blocks for paths in block.values() for path in paths)
    except (KeyError, TypeError, AttributeError):
        return False


def _root_entries(one: _Object, data: dict[str, Any]) -> Iterator[Finding]:
    given = data.get("versions")
    versions = {name for name in given if re.fullmatch(r"v\d+", name)} if isinstance(given, dict) else set()
    known = {"inventory.json", f"inventory.json.{data.get('digestAlgorithm')}"}
    strangers = {name for name in one.files() - known if not name.startswith("0=")}
    yield from (Finding("E001", name) for name in sorted(strangers))
    for name in sorted(one.folders() - versions - {"logs", "extensions"}):
        yield Finding("E046" if re.fullmatch(r"v\d+", name) else "E001", f"{name}/")
    yield from (Finding("E067", f"extensions/{name}") for name in sorted(one.files("extensions/")))
    for name in sorted(versions - one.folders()):
        yield Finding("E010", f"{name} is in the inventory but not there")


def _versions(one: _Object, data: dict[str, Any]) -> Iterator[Finding]:
    """Every version's own inventory, and how it goes with the root's."""
    newest = "1.0"
    for name in sorted(data["versions"], key=lambda name: int(name[1:])):
        folder = f"{name}/"
        allowed = {"inventory.json", f"inventory.json.{data.get('digestAlgorithm')}"}
        if f"{folder}inventory.json" in one.names:
            yield from _inventory(one, folder)
            if folder not in one.inventories:
                continue
            raw, own = one.inventories[folder]
            allowed.add(f"inventory.json.{own.get('digestAlgorithm')}")
            if name == data.get("head") and raw != one.inventories[""][0]:
                yield Finding("E064", name)
            if not _sound(own):
                del one.inventories[folder]  # its own findings say why it is of no use
                continue
            yield from _prior(own, data, name)
            if spec_version(own) < newest:
                yield Finding("E103", name)
            newest = max(newest, spec_version(own))
        yield from (Finding("E015", f"{folder}{file}") for file in sorted(one.files(folder) - allowed))


def _prior(own: dict[str, Any], root: dict[str, Any], name: str) -> Iterator[Finding]:
    """What an earlier inventory must have in common with the root's."""
    if own.get("id") != root.get("id"):
        yield Finding("E037", f"{name}: another id")
    if own.get("head") != name:
        yield Finding("E040", f"{name}: its head is {own.get('head')}")
    if content_directory(own) != content_directory(root):
        yield Finding("E019" if name == "v1" else "E020", name)
    elif "contentDirectory" in root and "contentDirectory" not in own and name == "v1":
        yield Finding("E019", name)
    for version in own["versions"]:
        if _mapping(own, version) != _mapping(root, version, only=own):
            yield Finding("E066", f"{name}: {version} is told otherwise than in the root")


def _mapping(data: dict[str, Any], version: str, only: dict[str, Any] | None = None) -> object:
    """Which content each logical path of a version has; `only` leaves out copies that came later."""
    try:
        manifest = {digest.lower(): set(paths) for digest, paths in data["manifest"].items()}
        known = {path for paths in (only or data)["manifest"].values() for path in paths}
        state = data["versions"][version]["state"]
        return {path: manifest[digest.lower()] & known for digest, paths in state.items() for path in paths}
    except (KeyError, TypeError, AttributeError):
        return data  # The one or the other does not tell of it: they differ.


def _content(one: _Object, data: dict[str, Any]) -> Iterator[Finding]:
    """Every content file against every digest that any inventory gives for it, each read once."""
    folder = content_directory(data)
    there = {name for name in one.names if any(name.startswith(f"{version}/{folder}/") for version in data["versions"])}
    for place, (_, inventory) in one.inventories.items():
        limit = int(place.strip("v/") or len(data["versions"]))
        due = {name for name in there if int(name.split("/")[0].strip("v")) <= limit}
        listed = {path for paths in inventory["manifest"].values() for path in paths}
        yield from (Finding("E023", f"{place}{name}") for name in sorted(due - listed))
        yield from (Finding("E092", f"{place}{name} is not there") for name in sorted(listed - there))
    for name in sorted(there):
        yield from _digests(one, name, list(_claims(one, name)))
    named = {
        path for code, _, digests in _blocks(one) if code == "E093" for paths in digests.values() for path in paths
    }
    yield from (Finding("E093", f"{path} is not there") for path in sorted(named - there))


def _digests(one: _Object, name: str, claims: list[tuple[str, str, str]]) -> Iterator[Finding]:
    algorithms = {HASHLIB[algorithm] for _, algorithm, _ in claims if algorithm in HASHLIB}
    try:
        found = digest_chunks(one.store.read(f"{one.root}/{name}"), algorithms).values
    except ObjectNotFoundError:
        yield Finding("E092", f"{name} is listed but not there")
        return
    for code, algorithm, value in claims:
        if algorithm in HASHLIB and found[HASHLIB[algorithm]] != value.lower():
            yield Finding(code, f"{name}: {algorithm} is {found[HASHLIB[algorithm]]}, not {value}")


def _claims(one: _Object, name: str) -> Iterator[tuple[str, str, str]]:
    """The code, algorithm and value of each digest that an inventory gives for a file."""
    for code, algorithm, digests in _blocks(one):
        yield from ((code, algorithm, value) for value, paths in digests.items() if name in paths)


def _blocks(one: _Object) -> Iterator[tuple[str, str, dict[str, list[str]]]]:
    for _, data in one.inventories.values():
        yield "E092", str(data.get("digestAlgorithm")), data["manifest"]
        for algorithm, digests in data.get("fixity", {}).items():
            yield "E093", algorithm, digests
