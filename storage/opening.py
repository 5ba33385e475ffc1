"""From the setting MUNIMENT_STORES to the stores."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from core.errors import ConfigurationError
from storage.folder import FolderStore
from storage.s3 import S3Access, S3Store
from storage.stores import Role, Store


def open_stores(specification: str, *, home: Path, s3: S3Access | None) -> tuple[Store, ...]:
    """The stores of a specification such as `s3=embedded;copy=file:`, in its order; the first is the one read from.

    A place is `embedded` (then `s3` says how to reach it), `file:` (the folder `home`/copy), `file:/folder`, or
    `s3://bucket/prefix` with the standard AWS variables. `?role=later` after a place makes publishing not wait for it.

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
    role = _role(query, entry)
    if where == "embedded":
        return _embedded(name, role, s3)
    if where.startswith("file:"):
        return FolderStore(_folder(where.removeprefix("file:"), home), name=name, role=role)
    if where.startswith("s3://") and urlsplit(where).netloc:
        return _remote(name, role, where)
    raise ConfigurationError(
        f'The place "{where}" of the store "{name}" is unknown: write embedded, file:, file:/folder or s3://bucket/prefix.'
    )


def _role(query: str, entry: str) -> Role:
    given = parse_qs(query, keep_blank_values=True)
    try:
        role = Role(given.pop("role", ["required"])[-1])
    except ValueError as error:
        raise ConfigurationError(f'The role in "{entry}" is unknown: write role=required or role=later.') from error
    if given:
        raise ConfigurationError(f'"{entry}" says more than a role ({", ".join(given)}): take it out.')
    return role


def _embedded(name: str, role: Role, s3: S3Access | None) -> Store:
    if s3 is None:
        raise ConfigurationError(f'The embedded store "{name}" does not run: start `muniment run`.')
    return S3Store(s3, name=name, role=role, local=True)


def _remote(name: str, role: Role, where: str) -> Store:
    parts = urlsplit(where)
    return S3Store(S3Access("", "", "", parts.netloc, ""), name=name, role=role, prefix=parts.path)


def _folder(path: str, home: Path) -> Path:
    """The folder; made only where its parent exists, so that an unplugged disk is not mistaken for an empty store."""
    folder = Path(path).expanduser() if path else home / "copy"
    if not folder.is_absolute():
        raise ConfigurationError(f'The folder "{path}" in MUNIMENT_STORES is not absolute: write it from the root on.')
    if not path or folder.parent.is_dir():
        folder.mkdir(parents=not path, exist_ok=True)
    return folder
