#!/usr/bin/env python3
"""Says whether an export of Muniment is still what it was: a BagIt bag or an OCFL object. Needs Python 3.7, no more.

    python3 verify.py [FOLDER]

Without FOLDER it takes the folder beside it that has its own name without ".verify.py" (an OCFL object), or else the
folder it lies in (a bag). Every file is read in full. Exit code 0: all is well; 1: something is not; 2: no export.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import unicodedata
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple  # noqa: UP035  for old versions of Python


class Claims(Dict[str, List[Tuple[str, str]]]):  # noqa: UP006
    """The algorithms and digests that each file must have, by its path."""


OTHER_NAMES = {"blake2b-512": "blake2b"}  # OCFL's names of what hashlib calls otherwise


def main(arguments: list[str]) -> int:
    """The exit code, after every trouble was told."""
    own = Path(__file__).resolve()
    beside = own.with_name(own.name[: -len(".verify.py")]) if own.name.endswith(".verify.py") else own.parent
    folder = Path(arguments[0]) if arguments else beside
    files, claims = names(folder), Claims()
    if "bagit.txt" in files:
        found = bag(folder, files, claims)
    elif any(name.startswith("0=ocfl_object_") for name in files):
        found = ocfl(folder, files, claims)
    else:
        say(f"There is no BagIt bag and no OCFL object in {folder}: give the folder's name.")
        return 2
    troubles = [*found, *read_all(folder, files, claims)]
    for trouble in troubles:
        say(trouble)
    say(
        f"{folder}: {len(claims)} files, " + (f"NOT as recorded ({len(troubles)})." if troubles else "all as recorded.")
    )
    return 1 if troubles else 0


def bag(folder: Path, files: set[str], claims: Claims) -> Iterator[str]:
    """What is wrong with a bag (RFC 8493) before its files are read; notes in `claims` what they must be."""
    declared = re.match(r"BagIt-Version: \d+\.\d+\r?\n", (folder / "bagit.txt").read_text("utf-8", "replace"))
    manifests = [name for name in sorted(files) if re.match(r"(tag)?manifest-\w+\.txt$", name)]
    if not declared or not any(name.startswith("manifest-") for name in manifests):
        yield "bagit.txt names no version, or there is no manifest of the payload."
    by_form = {unicodedata.normalize("NFC", name): name for name in files}  # some systems rewrite accents
    for manifest in manifests:
        listed: set[str] = set()
        for line in filter(None, re.split(r"\r\n|\r|\n", (folder / manifest).read_text("utf-8", "replace"))):
            digest, _, path = line.replace("\t", " ").partition(" ")
            path = re.sub(r"%(25|0[AaDd])", lambda hit: chr(int(hit[1], 16)), path.lstrip(" *"))
            path = path if path in files else by_form.get(unicodedata.normalize("NFC", path), path)
            if path in listed:
                yield f"{path!a} is listed twice in {manifest}."
            listed.add(path)
            claims.setdefault(path, []).append((manifest.split("-", 1)[1][: -len(".txt")], digest))
        if manifest.startswith("manifest-"):
            strangers = sorted(name for name in files - listed if name.startswith("data/"))
            yield from (f"{name!a} is there but not listed in {manifest}." for name in strangers)
    payload = [(folder / name).stat().st_size for name in files if name.startswith("data/")]
    info = (folder / "bag-info.txt").read_text("utf-8", "replace") if "bag-info.txt" in files else ""
    oxum = re.search(r"(?m)^Payload-Oxum: *(\d+)\.(\d+)", info)
    if oxum and (int(oxum[1]), int(oxum[2])) != (sum(payload), len(payload)):
        yield f"The payload has {len(payload)} files and {sum(payload)} bytes, not as bag-info.txt says ({oxum[0]})."


def ocfl(folder: Path, files: set[str], claims: Claims) -> Iterator[str]:
    """What is wrong with an OCFL object before its content is read; notes in `claims` what that must be."""
    marks = [name for name in files if name.startswith("0=")]
    if len(marks) != 1 or (folder / marks[0]).read_bytes() != (marks[0][2:] + "\n").encode():
        yield "The declaration (0=ocfl_object_1.1) is not as it must be, or there are several."
    known, raws = set(marks), {}
    for place in ("", *sorted(name[: -len("inventory.json")] for name in files if is_inventory(name))):
        try:
            raw = raws[place] = (folder / place / "inventory.json").read_bytes()
            data = json.loads(raw)
            sidecar = f"{place}inventory.json.{data['digestAlgorithm']}"
            known |= {f"{place}inventory.json", sidecar}
            claims.setdefault(f"{place}inventory.json", []).append((data["digestAlgorithm"], said(folder / sidecar)))
            yield from inventory(place, data, claims)
            if not place and raws[""] != (folder / data["head"] / "inventory.json").read_bytes():
                yield f"inventory.json is not the same in {data['head']}."
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            yield f"{place}inventory.json or its sidecar is damaged or missing ({error})."
    strangers = sorted(name for name in files - known - set(claims) if name.split("/")[0] not in ("logs", "extensions"))
    yield from (f"{name!a} is there but in no inventory." for name in strangers)


def inventory(place: str, data: dict[str, Any], claims: Claims) -> Iterator[str]:
    """What is wrong with one inventory by itself; notes in `claims` what it says of the content."""
    blocks = [(data["digestAlgorithm"], data["manifest"]), *data.get("fixity", {}).items()]
    for algorithm, block in blocks:
        for digest, paths in block.items():
            for path in paths:
                claims.setdefault(path, []).append((OTHER_NAMES.get(algorithm, algorithm), digest))
    for version, block in data["versions"].items():
        if not set(block["state"]) <= set(data["manifest"]):
            yield f"{version} in {place}inventory.json names content that its manifest does not have."


def read_all(folder: Path, files: set[str], claims: Claims) -> Iterator[str]:
    """What is not as recorded, by one full read of each file."""
    for path in sorted(claims):
        if path not in files:  # nor is anything outside the folder ever opened
            yield f"{path!a} is recorded but not there."
            continue
        hashes = {name: hashlib.new(name) for name, _ in claims[path] if name in hashlib.algorithms_available}
        try:
            with (folder / path).open("rb") as file:
                for chunk in iter(lambda: file.read(1 << 20), b""):
                    for one in hashes.values():
                        one.update(chunk)
        except OSError as error:
            yield f"{path!a} cannot be read ({error.strerror})."
            continue
        wrong = {name for name, value in claims[path] if name in hashes and hashes[name].hexdigest() != value.lower()}
        if wrong or not hashes:
            yield f"{path!a} has other bytes than recorded ({', '.join(sorted(wrong)) or 'no known digest'})."


def names(folder: Path) -> set[str]:
    """The path of every file below, with slashes; a link is no file."""
    found = (Path(root, name) for root, _, listed in os.walk(str(folder)) for name in listed)
    return {path.relative_to(folder).as_posix() for path in found if not path.is_symlink()}


def is_inventory(name: str) -> bool:
    """True for the inventory of a version."""
    return re.match(r"v\d+/inventory\.json$", name) is not None


def said(sidecar: Path) -> str:
    """The digest in a sidecar."""
    words = re.match(r"([0-9A-Fa-f]+)[ \t]+inventory\.json\n?\Z", sidecar.read_text("ascii"))
    if not words:
        raise ValueError("no sidecar")
    return words[1]


def say(sentence: str) -> None:
    """Nothing; the sentence stands on the screen, whatever that can show."""
    sys.stdout.write(ascii(sentence)[1:-1] + "\n" if not sentence.isascii() else sentence + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
