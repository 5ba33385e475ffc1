"""`muniment backup` and `muniment restore`: what the stores lack. People, settings, keys, batches, messages, anchors.

A backup is a folder of plain files for its owner alone, with a list of their SHA-256 in the form of `sha256sum`. It
holds no AIP: those are in the stores, and `muniment rebuild` makes the catalogue from them.
"""

import hashlib
import json
import os
import shlex
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from catalog import keeping, people
from core.errors import ConfigurationError
from workflow import runfile
from workflow.homes import Home
from workflow.reports import count
from workflow.runfile import write_private
from workflow.workshop import Workshop

SUMS = "SHA256SUMS"
SETTINGS = "settings.env"
FORMAT = 1
# Files and folders of wishes under the home that nothing else could give back.
KEPT_FILES = ("secrets.json", "object-store.json", "anchors", "demo", "withdrawn", "approved")
UNKEPT_SETTINGS = ("MUNIMENT_ADMIN_PASSWORD", "MUNIMENT_ADMIN_PASSWORD_FILE")  # for the first start only
README = """\
This folder is a backup of a Muniment installation: people with the hashes of their passwords, settings, keys, batches.
It holds no scans: those are in the stores. Whoever has it can forge logins: keep it as you keep keys.

  sha256sum --check SHA256SUMS      shows that it is whole
  muniment restore FOLDER           puts it into a new, empty MUNIMENT_HOME; then start `muniment run`
  settings.env                      the settings; `restore` cannot set them for you
"""


def backup(shop: Workshop, destination: Path, environment: Mapping[str, str] | None = None) -> Path:
    """The folder that was written, whole or not at all; safe while Muniment runs.

    `environment` is where settings are taken from (None: this process's).

    Raises:
        ConfigurationError: the place is taken, or the disk could not.
    """
    if destination.exists() and (not destination.is_dir() or any(destination.iterdir())):
        raise ConfigurationError(f'"{destination}" is there already and not an empty folder: name another place.')
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        # Made by mkdtemp, it is for its owner alone from the first moment on.
        making = Path(tempfile.mkdtemp(prefix=f".{destination.name}-", dir=destination.parent))
        try:
            _write(shop, making, os.environ if environment is None else environment)
            if destination.exists():
                destination.rmdir()
            making.rename(destination)
        finally:
            shutil.rmtree(making, ignore_errors=True)
    except OSError as error:
        sentence = f'The backup to "{destination}" failed ({error.strerror})'
        raise ConfigurationError(f"{sentence}: check the disk, its space and its permissions.") from error
    return destination


def restore(shop: Workshop, source: Path, *, replace: bool = False) -> str:
    """What was put back, in a sentence; every file's digest was compared first. `rebuild` does the rest.

    Raises:
        ConfigurationError: the folder is no whole backup, Muniment runs, or the home has people already and `replace`
            is false; nothing was changed.
    """
    _require_whole(source)
    run = runfile.read(shop.home)
    if run and run.alive:
        raise ConfigurationError("Muniment is running: stop it, then restore.")
    if not replace and people.everyone(shop.catalog):
        raise ConfigurationError(
            f'"{shop.home.folder}" has people already: restore into an empty MUNIMENT_HOME, or add --replace.'
        )
    _put_files(shop.home, source / "home")
    found = _put_tables(shop, source / "tables")
    settings = shop.home.folder / f"restored-{SETTINGS}"
    write_private(settings, (source / SETTINGS).read_text())
    who = count(found["people"], "person", "people")
    told = f"{who}, {count(found['batches'], 'batch', 'batches')} and the keys are back."
    return f'{told} The settings lie in "{settings}": set them, then start `muniment run`.'


def settings_text(environment: Mapping[str, str]) -> str:
    """The settings that are ours as lines for a shell or systemd; keys of a store that is not ours are left out."""
    names = [name for name in sorted(environment) if name.startswith("MUNIMENT_") and name not in UNKEPT_SETTINGS]
    names += [name for name in ("AWS_ENDPOINT_URL",) if name in environment]
    return "".join(f"{name}={shlex.quote(environment[name])}\n" for name in names)


def _write(shop: Workshop, folder: Path, environment: Mapping[str, str]) -> None:
    about = {"format": FORMAT, "made": datetime.now(UTC).isoformat(timespec="seconds"), "version": version("muniment")}
    write_private(folder / "backup.json", json.dumps(about, indent=2) + "\n")
    write_private(folder / "README.txt", README)
    write_private(folder / SETTINGS, settings_text(environment))
    for name in keeping.KEPT:
        write_private(
            folder / "tables" / f"{name}.jsonl", "".join(f"{row}\n" for row in keeping.dump(shop.catalog, name))
        )
    for path in _kept(shop.home):
        write_private(folder / "home" / path.relative_to(shop.home.folder), path.read_text())
    sums = [f"{_digest(path)}  {path.relative_to(folder).as_posix()}\n" for path in _files(folder)]
    write_private(folder / SUMS, "".join(sums))
    for path in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        path.chmod(0o700)


def _kept(home: Home) -> Iterator[Path]:
    for name in KEPT_FILES:
        path = home.folder / name
        if path.is_dir():
            yield from sorted(path.glob("[!.]*"))
        elif path.exists():
            yield path


def _require_whole(source: Path) -> None:
    try:
        pairs = [line.split("  ", 1) for line in (source / SUMS).read_text().splitlines()]
        sums = {name: digest for digest, name in pairs}
        found = {path.relative_to(source).as_posix(): _digest(path) for path in _files(source)}
        about = json.loads((source / "backup.json").read_text())
    except (OSError, ValueError) as error:
        raise ConfigurationError(f'"{source}" is no backup of Muniment ({error}): name the right folder.') from error
    found.pop(SUMS, None)
    odd = sorted(name for name in {*sums, *found} if sums.get(name) != found.get(name))
    if odd:
        raise ConfigurationError(
            f'The backup "{source}" is damaged ({", ".join(odd)}): nothing was restored; take another backup.'
        )
    if about.get("format") != FORMAT:
        raise ConfigurationError(f'The backup "{source}" was made by a newer Muniment: install that version.')


def _put_files(home: Home, source: Path) -> None:
    home.make()
    for path in _files(source) if source.is_dir() else ():
        write_private(home.folder / path.relative_to(source), path.read_text())


def _put_tables(shop: Workshop, source: Path) -> dict[str, int]:
    """How many rows each table got; people who were there go, as two of them may have one name."""
    keeping.empty(shop.catalog, "people")
    return {
        name: keeping.load(shop.catalog, name, (source / f"{name}.jsonl").read_text().splitlines())
        for name in keeping.KEPT
        if (source / f"{name}.jsonl").exists()
    }


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
