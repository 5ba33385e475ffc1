"""BagIt bags as they arrive (RFC 8493, and its draft 0.97): whether one is whole, and what its manifests say."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from core.fixity import Checksum
from core.submission import SubmittedFile, SuppliedDigest
from ingest.lists import LARGEST_LIST, Entry, algorithm_of, parse_list
from ingest.names import folded, is_inside, is_litter, shown
from ingest.walk import look

_VERSIONS = ("0.93", "0.94", "0.95", "0.96", "0.97", "1.0")
_DECLARATION = re.compile(
    r"BagIt-Version: (?P<version>\d+\.\d+)[ \t]*\r?\n(?:\r?\n)*Tag-File-Character-Encoding: (?P<encoding>\S+)\s*"
)


@dataclass(slots=True)
class Bag:
    """A bag as read: `findings` (none: valid as far as read), payload digests by name ("data/0001.tif"), files."""

    path: Path
    version: str = ""
    encoding: str = "utf-8"
    findings: list[str] = field(default_factory=list)
    files: dict[str, SubmittedFile] = field(default_factory=dict)
    supplied: dict[str, tuple[SuppliedDigest, ...]] = field(default_factory=dict)
    litter_lost: bool = False

    def named(self, pattern: str) -> list[str]:
        """Files at the top of the bag whose names match."""
        return sorted(name for name in self.files if re.fullmatch(pattern, name))

    def payload(self) -> list[str]:
        """Names of the payload files; what operating systems leave behind is not counted."""
        return [name for name in self.files if name.startswith("data/") and not is_litter(name)]


def is_bag(folder: Path) -> bool:
    """True when the folder declares itself a bag."""
    declaration = folder / "bagit.txt"
    return declaration.is_file() and not declaration.is_symlink()


def check_bag(path: Path) -> tuple[str, ...]:
    """What is wrong with the bag, as sentences' parts; empty when it is complete and valid. Reads every byte."""
    bag = read_bag(path)
    return (*bag.findings, *_wrong_digests(bag, bag.payload()))


def check_payload(bag: Bag, names: list[str]) -> tuple[str, ...]:
    """What is wrong with the digests of these payload files; reads them in full."""
    return tuple(_wrong_digests(bag, names))


def read_bag(path: Path) -> Bag:
    """The bag with its findings; every tag file is read and compared, the payload's digests are only gathered.

    Nothing named by the bag is opened unless it lies in the bag; links are findings. `fetch.txt` is never fetched.
    """
    bag = Bag(path)
    found = look(path, litter=True)
    bag.files = {file.name: file for file in found.files}
    bag.findings += [f'"{shown(name)}" is a link or a device' for name in found.unsafe]
    bag.findings += [f'"{shown(name)}" cannot be read: {reason}' for name, reason in found.unreadable]
    if _declare(bag):
        _read_payload_manifests(bag)
        _read_tag_manifests(bag)
        bag.findings += _fetch_findings(bag)
        bag.findings += _oxum_findings(bag)
    return bag


def _declare(bag: Bag) -> bool:
    text = _text(bag, "bagit.txt", "utf-8") if "bagit.txt" in bag.files else None
    declaration = _DECLARATION.fullmatch(text or "")
    if text is None:
        bag.findings.append('it has no file "bagit.txt" that can be read')
    elif declaration is None:
        bag.findings.append('"bagit.txt" does not declare a version and an encoding as BagIt wants it')
    elif declaration["version"] not in _VERSIONS:
        bag.findings.append(f"BagIt version {declaration['version']} is not known")
    elif not _known_encoding(declaration["encoding"]):
        bag.findings.append(f'the encoding "{declaration["encoding"]}" is not known')
    else:
        bag.version, bag.encoding = declaration["version"], declaration["encoding"]
    return bool(bag.version)


def _known_encoding(name: str) -> bool:
    try:
        return b"a".decode(name) == "a" or name.casefold().startswith(("utf-16", "utf-32"))
    except (LookupError, UnicodeDecodeError):
        return name.casefold().startswith(("utf-16", "utf-32"))


def _text(bag: Bag, name: str, encoding: str) -> str | None:
    file = bag.files[name]
    try:
        return None if file.size > LARGEST_LIST else file.path.read_bytes().decode(encoding)
    except (OSError, UnicodeError):
        return None


def _read_payload_manifests(bag: Bag) -> None:
    manifests = bag.named(r"manifest-[A-Za-z0-9_-]+\.txt")
    if not manifests:
        bag.findings.append("it has no payload manifest")
    if not any(name.startswith("data/") for name in bag.files) and not (bag.path / "data").is_dir():
        bag.findings.append('it has no folder "data"')
    for manifest in manifests:
        listed = _entries(bag, manifest, payload=True)
        for name, checksum in listed.items():
            bag.supplied[name] = (*bag.supplied.get(name, ()), SuppliedDigest(checksum, manifest))
        # RFC 8493, section 3: every payload manifest names every payload file; the drafts before 1.0 asked for one.
        if bag.version == "1.0":
            bag.findings += _unlisted(bag, set(listed), manifest)
    if bag.version != "1.0" and manifests:
        bag.findings += _unlisted(bag, set(bag.supplied), " or ".join(manifests))


def _unlisted(bag: Bag, listed: set[str], manifest: str) -> list[str]:
    return [f'"{shown(name)}" is not named in {manifest}' for name in bag.payload() if name not in listed]


def _read_tag_manifests(bag: Bag) -> None:
    for manifest in bag.named(r"tagmanifest-[A-Za-z0-9_-]+\.txt"):
        for name, checksum in _entries(bag, manifest, payload=False).items():
            found = _digest(bag.files[name].path, checksum.algorithm)
            if found != checksum.value:
                bag.findings.append(
                    f'"{shown(name)}" has the {checksum.algorithm} digest {found}, but {manifest} says {checksum.value}'
                )


def _entries(bag: Bag, manifest: str, *, payload: bool) -> dict[str, Checksum]:
    """Digests by name on disk of one manifest; everything it says wrongly becomes a finding."""
    text = _text(bag, manifest, bag.encoding)
    if text is None or not algorithm_of(manifest):
        bag.findings.append(f"{manifest} cannot be read, or its algorithm is not known")
        return {}
    parsed = parse_list(text.removeprefix("\ufeff"), manifest)
    if parsed.fault and not (parsed.fault == "it is empty" and not bag.payload()):
        bag.findings.append(f"{manifest}: {parsed.fault}")
    by_name = {folded(name): name for name in bag.files}
    listed: dict[str, Checksum] = {}
    for entry in parsed.entries:
        name = _name_on_disk(entry, by_name)
        problem = _wrong_entry(bag, entry, name, listed, parsed.entries, payload=payload)
        if problem:
            bag.findings.append(f"{manifest} {problem}")
        elif name is not None:
            listed[name] = entry.checksum
    return listed


def _name_on_disk(entry: Entry, by_name: dict[str, str]) -> str | None:
    plain = folded(entry.name).removeprefix("./")
    # RFC 8493, section 2.1.3: line ends and the per cent sign in names are percent-encoded, and nothing else is.
    encoded = re.sub("%(0[aAdD]|25)", lambda found: unquote(found[0]), plain)
    return by_name.get(plain, by_name.get(encoded))


def _wrong_entry(
    bag: Bag, entry: Entry, name: str | None, listed: dict[str, Checksum], entries: tuple[Entry, ...], *, payload: bool
) -> str:
    written = shown(entry.name)
    plain = entry.name.removeprefix("./")
    if not is_inside(plain) and name is None:
        return f'names "{written}", which lies outside the bag'
    if payload and not plain.startswith("data/"):
        return f'names "{written}", which is not under "data"'
    if name is None and is_litter(plain):
        bag.litter_lost = True
        return ""
    if name is None:
        return "" if _case_twin(bag, entry, entries) else f'names "{written}", which is missing'
    if name in listed and (bag.version == "1.0" or listed[name] != entry.checksum):
        return f'names "{written}" twice'
    return ""


def _case_twin(bag: Bag, entry: Entry, entries: tuple[Entry, ...]) -> bool:
    """True when the same bytes are there under a name that differs in case only: a disk that ignores case was used."""
    twins = (other for other in entries if other.checksum == entry.checksum and other.name in bag.files)
    return any(other.name.casefold() == entry.name.casefold() for other in twins)


def _fetch_findings(bag: Bag) -> Iterator[str]:
    if "fetch.txt" not in bag.files:
        return
    for line in (_text(bag, "fetch.txt", bag.encoding) or "").splitlines():
        fields = line.split(None, 2)
        name = fields[2].strip().removeprefix("./") if len(fields) == 3 else ""
        if line.strip() and not (is_inside(name) and name.startswith("data/")):
            yield f'"fetch.txt" names "{shown(name)}", which is not under "data"'


def _oxum_findings(bag: Bag) -> Iterator[str]:
    if "bag-info.txt" not in bag.files or bag.litter_lost:
        return
    text = _text(bag, "bag-info.txt", bag.encoding)
    if text is None:
        yield '"bag-info.txt" cannot be read'
    for size, count in re.findall(r"(?im)^Payload-Oxum\s*:\s*(\d{1,18})\.(\d{1,18})\s*$", text or ""):
        payload = [file for name, file in bag.files.items() if name.startswith("data/")]
        listed = [file for file in payload if not is_litter(file.name) or file.name in bag.supplied]
        sums = {(sum(file.size for file in files), len(files)) for files in (payload, listed)}
        if (int(size), int(count)) not in sums:
            yield f"its Payload-Oxum says {size}.{count}, but there are {'.'.join(map(str, max(sums)))}"


def _wrong_digests(bag: Bag, names: list[str]) -> Iterator[str]:
    for name in names:
        for supplied in bag.supplied.get(name, ()):
            found = _digest(bag.files[name].path, supplied.checksum.algorithm)
            if found != supplied.checksum.value:
                yield (
                    f'"{shown(name)}" has the {supplied.checksum.algorithm} digest {found}, '
                    f"but {supplied.list_name} says {supplied.checksum.value}"
                )


def _digest(path: Path, algorithm: str) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, algorithm).hexdigest()
    except OSError as error:
        return f"none ({error.strerror})"
