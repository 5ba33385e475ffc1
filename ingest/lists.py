"""Checksum lists: reading the lines that md5sum, BSD and OpenSSL tools and scanners' programs write."""

import codecs
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from core.fixity import Checksum

LARGEST_LIST = 64 * 2**20
_LENGTHS = {32: "md5", 40: "sha1", 56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}
_ALGORITHMS = {
    re.sub("[^a-z0-9]", "", name): name for name in sorted(hashlib.algorithms_guaranteed) if "shake" not in name
}
# OpenSSL 3 writes "SHA2-256" where all others write "SHA256".
_SHA2 = {f"sha2{bits}": f"sha{bits}" for bits in (224, 256, 384, 512)}
_SPELLED = {**_ALGORITHMS, **_SHA2, "blake2b512": "blake2b", "blake2s256": "blake2s", "b2": "blake2b"}
_BSD = re.compile(r"(?P<algorithm>[A-Za-z][\w./-]*) ?\((?P<name>.+)\) ?= ?(?P<digest>[0-9A-Fa-f]+)")
_GNU = re.compile(r"(?P<escape>\\?)(?P<digest>[0-9A-Fa-f]{32,})(?: [ *]|[ \t]+\*?)(?P<name>\S.*)")
_BARE = re.compile(r"(?P<digest>[0-9A-Fa-f]{32,})")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list: the name as written (separators unified by whoever compares) and its digest."""

    name: str
    checksum: Checksum


@dataclass(frozen=True, slots=True)
class ChecksumList:
    """What a list says; `fault` tells in words what could not be understood, "" when everything was."""

    entries: tuple[Entry, ...]
    fault: str = ""


def is_list(name: str) -> bool:
    """True when the file's name is that of a checksum list: *.md5, checksums*.txt, manifest-*.txt, SHA256SUMS ..."""
    last = PurePosixPath(name).name.casefold()
    return bool(algorithm_of(last)) or bool(
        re.fullmatch(r"(checksums?.*|(tag)?manifest-.*|.*sums?)\.txt|checksums?", last)
    )


def algorithm_of(name: str) -> str:
    """The algorithm that the list's name tells, as hashlib writes it; "" when it tells none."""
    last = PurePosixPath(name).name.casefold()
    patterns = (
        r".*\.([a-z0-9]+?)(?:sums?)?",
        r"(?:tag)?manifest-([a-z0-9_-]+)\.txt",
        r"(?:.*[-_.])?([a-z0-9]+?)sums?(?:\.txt)?",
    )
    for pattern in patterns:
        if (found := re.fullmatch(pattern, last)) and (spelled := _spelled(found[1])):
            return spelled
    return ""


def _spelled(word: str) -> str:
    return _SPELLED.get(re.sub("[^a-z0-9]", "", word.casefold()), "")


def read_list(path: Path, name: str) -> ChecksumList:
    """The list in this file; a list that cannot be opened is a fault, too. Reads at most `LARGEST_LIST` bytes."""
    try:
        if path.stat().st_size > LARGEST_LIST:
            return ChecksumList((), f"it is larger than {LARGEST_LIST // 2**20} MB")
        data = path.read_bytes()
    except OSError as error:
        return ChecksumList((), error.strerror or "it cannot be opened")
    return parse_list(decode(data), name)


def decode(data: bytes) -> str:
    """The text of a list: UTF-16 with a byte order mark or UTF-8; other bytes stay as they are, as names on disk do."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    return data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogateescape")


def parse_list(text: str, name: str) -> ChecksumList:
    """The entries of a list called `name`; empty lines and lines that begin with # or ; say nothing.

    The algorithm is that of the line (BSD style), else of the list's name, else the one of the digest's length.
    """
    expected = algorithm_of(name)
    entries: list[Entry] = []
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        if not line.strip() or line.startswith(("#", ";")):
            continue
        entry = _entry(line.rstrip(), name, expected)
        if entry is None:
            return ChecksumList(tuple(entries), f"line {number} is not a digest and a name")
        if not _fits(entry.checksum):
            kind = entry.checksum.algorithm or "known"
            return ChecksumList(tuple(entries), f"the digest in line {number} is not a {kind} digest")
        entries.append(entry)
    return ChecksumList(tuple(entries), "" if entries else "it is empty")


def _entry(line: str, list_name: str, expected: str) -> Entry | None:
    if found := _BSD.fullmatch(line):
        return Entry(found["name"], Checksum(_spelled(found["algorithm"]), found["digest"].lower()))
    if found := _GNU.fullmatch(line):
        name = re.sub(r"\\(n|r|\\)", _unescaped, found["name"]) if found["escape"] else found["name"]
    elif found := _BARE.fullmatch(line.strip()):
        # A list beside one page, "0001.tif.md5", may hold nothing but the digest.
        name = PurePosixPath(list_name).stem
    else:
        return None
    digest = found["digest"].lower()
    return Entry(name, Checksum(expected or _LENGTHS.get(len(digest), ""), digest))


def _unescaped(match: re.Match[str]) -> str:
    return {"n": "\n", "r": "\r", "\\": "\\"}[match[1]]


def _fits(checksum: Checksum) -> bool:
    return bool(checksum.algorithm) and len(checksum.value) == hashlib.new(checksum.algorithm).digest_size * 2
