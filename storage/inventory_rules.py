"""What OCFL 1.1 asks of an inventory by itself, before any other file is looked at; findings by the spec's codes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

ADDRESSING = {"sha512": 128, "sha256": 64}
FIXITY = {
    **ADDRESSING,
    "md5": 32,
    "sha1": 40,
    "blake2b-512": 128,
    "blake2b-384": 96,
    "blake2b-256": 64,
    "blake2b-160": 40,
    "sha512/256": 64,
}
TYPE = re.compile(r"https://ocfl\.io/(1\.[01])/spec/#inventory")
CREATED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with an object: OCFL's code (https://ocfl.io/1.1/spec/validation-codes.html) and where."""

    code: str
    detail: str


def examine_inventory(data: object) -> Iterator[Finding]:
    """Everything wrong with the inventory alone."""
    if not isinstance(data, dict):
        yield Finding("E033", "the inventory is no JSON object")
        return
    yield from _head_matter(data)
    versions = data.get("versions")
    manifest = data.get("manifest")
    if not isinstance(manifest, dict):
        yield Finding("E041", "there is no manifest")
        manifest = {}
    if not isinstance(versions, dict):
        yield Finding("E043" if versions is None else "E044", "there is no versions block")
        versions = {}
    yield from _sequence(versions, data.get("head"))
    yield from _manifest(manifest, data)
    for name, block in versions.items():
        yield from _version(name, block, manifest)
    if "fixity" in data:
        yield from _fixity(data["fixity"], manifest)
    used = {digest for block in versions.values() for digest in _state(block)}
    yield from (Finding("E107", digest) for digest in manifest if digest not in used)


def spec_version(data: dict[str, Any]) -> str:
    """The version of OCFL that an inventory declares; "1.1" when it declares none that we know."""
    found = TYPE.fullmatch(str(data.get("type")))
    return found[1] if found else "1.1"


def content_directory(data: dict[str, Any]) -> str:
    """The name of the folder with content in each version."""
    given = data.get("contentDirectory")
    return given if isinstance(given, str) and given not in ("", ".", "..") and "/" not in given else "content"


def _head_matter(data: dict[str, Any]) -> Iterator[Finding]:
    yield from (Finding("E036", name) for name in ("id", "type", "digestAlgorithm", "head") if name not in data)
    if "id" in data and not (isinstance(data["id"], str) and data["id"]):
        yield Finding("E037", "the id is empty or no text")
    if "type" in data and not TYPE.fullmatch(str(data["type"])):
        yield Finding("E038", str(data["type"]))
    if "digestAlgorithm" in data and data["digestAlgorithm"] not in ADDRESSING:
        yield Finding("E025", str(data["digestAlgorithm"]))
    if "contentDirectory" in data:
        given = data["contentDirectory"]
        if given in (".", ".."):
            yield Finding("E018", given)
        elif content_directory(data) != given:
            yield Finding("E017", str(given))


def _sequence(versions: dict[str, Any], head: object) -> Iterator[Finding]:
    if not versions:
        yield Finding("E008", "there is no version")
        return
    if strange := [name for name in versions if not re.fullmatch(r"v0*[1-9]\d*", name)]:
        yield Finding("E046", ", ".join(strange))
        return
    numbers = sorted(int(name[1:]) for name in versions)
    if numbers != list(range(1, len(numbers) + 1)):
        yield Finding("E009" if numbers[0] != 1 else "E010", ", ".join(versions))
    if any(name[1] == "0" for name in versions):
        if not all(name[1] == "0" for name in versions):
            yield Finding("E011", ", ".join(versions))
        elif len({len(name) for name in versions}) > 1:
            yield Finding("E012", ", ".join(versions))
    last = max(versions, key=lambda name: int(name[1:]))
    if head is not None and head != last:
        yield Finding("E040", f"{head} instead of {last}")


def _manifest(manifest: dict[str, Any], data: dict[str, Any]) -> Iterator[Finding]:
    length = ADDRESSING.get(str(data.get("digestAlgorithm")), 0)
    if len({digest.lower() for digest in manifest}) != len(manifest):
        yield Finding("E096", "a digest stands in the manifest twice")
    listed: list[str] = []
    for digest, paths in manifest.items():
        if length and not re.fullmatch(rf"[0-9A-Fa-f]{{{length}}}", digest):
            yield Finding("E025", digest)
        if not _texts(paths) or not paths:
            yield Finding("E092", f"{digest} names no file")
            continue
        listed.extend(paths)
    yield from _content_paths(listed)
    for path in listed:
        parts = path.split("/")
        if len(parts) < 3 or not re.fullmatch(r"v\d+", parts[0]) or parts[1] != content_directory(data):
            yield Finding("E042", path)
    yield from (Finding("E101", path) for path in _clashes(listed))


def _content_paths(paths: Iterable[str]) -> Iterator[Finding]:
    for path in paths:
        if path.startswith("/") or path.endswith("/"):
            yield Finding("E100", path)
        elif any(part in ("", ".", "..") for part in path.split("/")):
            yield Finding("E099", path)


def _version(name: str, block: object, manifest: dict[str, Any]) -> Iterator[Finding]:
    if not isinstance(block, dict):
        yield Finding("E047", name)
        return
    yield from (Finding("E048", f"{name}: {key}") for key in ("created", "state") if key not in block)
    if "created" in block and not _is_time(block["created"]):
        yield Finding("E049", f"{name}: {block['created']}")
    if "message" in block and not isinstance(block["message"], str):
        yield Finding("E094", name)
    user = block.get("user", {"name": "none"})
    if not isinstance(user, dict) or not isinstance(user.get("name"), str) or not user["name"]:
        yield Finding("E054", name)
    elif not isinstance(user.get("address", ""), str):
        yield Finding("E054", f"{name}: address")
    if "state" in block:
        yield from _logical(name, block, manifest)


def _logical(name: str, block: dict[str, Any], manifest: dict[str, Any]) -> Iterator[Finding]:
    state = block["state"]
    if not isinstance(state, dict) or not all(_texts(paths) for paths in state.values()):
        yield Finding("E050", f"{name}: the state is no map of digests to paths")
        return
    yield from (Finding("E050", f"{name}: {digest}") for digest in state if digest not in manifest)
    paths = [path for listed in state.values() for path in listed]
    for path in paths:
        if path.startswith("/") or path.endswith("/"):
            yield Finding("E053", f"{name}: {path}")
        if any(part in ("", ".", "..") for part in path.strip("/").split("/")):
            yield Finding("E052", f"{name}: {path}")
    yield from (Finding("E095", f"{name}: {path}") for path in _clashes(paths))


def _fixity(fixity: object, manifest: dict[str, Any]) -> Iterator[Finding]:
    if not isinstance(fixity, dict):
        yield Finding("E111", "the fixity block is no JSON object")
        return
    known = {path for paths in manifest.values() if _texts(paths) for path in paths}
    for algorithm, block in fixity.items():
        if algorithm not in FIXITY:
            yield Finding("E056", algorithm)
        if not isinstance(block, dict) or not all(_texts(paths) for paths in block.values()):
            yield Finding("E057", f"{algorithm} is no map of digests to paths")
            continue
        if len({digest.lower() for digest in block}) != len(block):
            yield Finding("E097", f"a {algorithm} digest stands in the fixity block twice")
        paths = [path for listed in block.values() for path in listed]
        yield from _content_paths(paths)
        yield from (Finding("E057", path) for path in paths if path not in known)


def _clashes(paths: list[str]) -> Iterator[str]:
    """Paths that stand twice, or are the folder of another."""
    seen: set[str] = set()
    folders = {"/".join(parts[:n]) for parts in (path.split("/") for path in paths) for n in range(1, len(parts))}
    for path in paths:
        if path in seen or path in folders:
            yield path
        seen.add(path)


def _state(block: object) -> dict[str, Any]:
    state = block.get("state") if isinstance(block, dict) else None
    return state if isinstance(state, dict) else {}


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_time(value: object) -> bool:
    if not isinstance(value, str) or not CREATED.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(re.sub(r"\.\d+", "", value))
    except ValueError:
        return False
    return True
