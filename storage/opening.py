"""From the setting MUNIMENT_STORES to the stores."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from core.errors import ConfigurationError
from storage.folder import FolderStore
from storage.s3 import S3Access, S3Store
from storage.stores import Role, Store, Terms

WORDS = ("role", "days", "daily", "threats", "place", "profile")
UNITS = {"": 1, "B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
UNITS |= {"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What stands after the question mark."""

    role: Role
    terms: Terms
    profile: str


def open_stores(specification: str, *, home: Path, s3: S3Access | None) -> tuple[Store, ...]:
    """The stores of a specification such as `s3=embedded;copy=file:`, in its order; the first is the one read from.

    A place is `embedded` (then `s3` says how to reach it), `file:` (the folder `home`/copy), `file:/folder`, or
    `s3://bucket/prefix` with the standard AWS variables. After a place, behind `?` and parted by `&`: `role=later`
    (publishing does not wait for it), `days=90` and `daily=50GB` (period and budget of its audit), `threats=` and
    `place=` (free words, written as in an address: `+` for a space), and, for s3 alone, `profile=` (an AWS profile
    with credentials, region and endpoint of its own).

    Raises:
        ConfigurationError: the specification cannot be understood, or names no store that publishing waits for.
    """
    stores = tuple(_open(entry.strip(), home, s3) for entry in specification.split(";") if entry.strip())
    names = [store.name for store in stores]
    if len(set(names)) != len(names):
        raise ConfigurationError("MUNIMENT_STORES names one store twice: give each its own name.")
    if not any(store.role is Role.REQUIRED for store in stores):
        raise ConfigurationError("MUNIMENT_STORES needs a store without ?role=later: add one.")
    return stores


def _open(entry: str, home: Path, s3: S3Access | None) -> Store:
    name, equals, place = entry.partition("=")
    where, _, query = place.partition("?")
    if not equals or not name.replace("-", "").isalnum():
        raise ConfigurationError(f'"{entry}" in MUNIMENT_STORES is no store: write name=place, for example copy=file:.')
    said = _said(query, entry)
    if said.profile and not where.startswith("s3://"):
        raise ConfigurationError(f'"{entry}" names an AWS profile, which only s3:// places have: take it out.')
    if where == "embedded":
        return _embedded(name, said, s3)
    if where.startswith("file:"):
        folder = _folder(where.removeprefix("file:"), home)
        return FolderStore(folder, name=name, role=said.role, terms=said.terms)
    if where.startswith("s3://") and urlsplit(where).netloc:
        return _remote(name, said, where)
    raise ConfigurationError(
        f'The place "{where}" of the store "{name}" is unknown: write embedded, file:, file:/folder or s3://bucket/prefix.'
    )


def _said(query: str, entry: str) -> _Said:
    given = {name: values[-1].strip() for name, values in parse_qs(query, keep_blank_values=True).items()}
    if strange := [name for name in given if name not in WORDS]:
        raise ConfigurationError(f'"{entry}" says more than {", ".join(WORDS)}: take out {", ".join(strange)}.')
    try:
        role = Role(given.get("role", "required"))
    except ValueError as error:
        raise ConfigurationError(f'The role in "{entry}" is unknown: write role=required or role=later.') from error
    terms = Terms(
        days=_days(given["days"], entry) if "days" in given else None,
        daily=_bytes(given["daily"], entry) if "daily" in given else None,
        threats=given.get("threats", ""),
        words=given.get("place", ""),
    )
    return _Said(role=role, terms=terms, profile=given.get("profile", ""))


def _days(given: str, entry: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,3}", given):
        raise ConfigurationError(f'The days in "{entry}" are no whole number above zero: write, for example, days=90.')
    return int(given)


def _bytes(given: str, entry: str) -> int:
    found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,3})?) ?([A-Za-z]{0,3})", given)
    size = int(float(found[1]) * UNITS[found[2]]) if found and found[2] in UNITS else 0
    if not size:
        raise ConfigurationError(f'The daily bytes in "{entry}" are no size: write, for example, daily=50GB.')
    return size


def _embedded(name: str, said: _Said, s3: S3Access | None) -> Store:
    if s3 is None:
        raise ConfigurationError(f'The embedded store "{name}" does not run: start `muniment run`.')
    return S3Store(s3, name=name, role=said.role, terms=said.terms, local=True)


def _remote(name: str, said: _Said, where: str) -> Store:
    parts = urlsplit(where)
    access = S3Access("", "", "", parts.netloc, "", profile=said.profile)
    return S3Store(access, name=name, role=said.role, terms=said.terms, prefix=parts.path)


def _folder(path: str, home: Path) -> Path:
    """The folder; made only where its parent exists, so that an unplugged disk is not mistaken for an empty store."""
    folder = Path(path).expanduser() if path else home / "copy"
    if not folder.is_absolute():
        raise ConfigurationError(f'The folder "{path}" in MUNIMENT_STORES is not absolute: write it from the root on.')
    if not path or folder.parent.is_dir():
        folder.mkdir(parents=not path, exist_ok=True)
    return folder
