"""Tesseract as an engine: one run a page, one structured output, read into PageText."""

import errno
import os
import re
import shlex
import signal
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytesseract

from core.errors import EngineFailedError, EngineMissingError, EngineTimeoutError, OcrError
from core.text import Engine, PageText
from ocr.models import digests
from ocr.processes import ended_after
from ocr.tsv import read_tsv

_ONE_BLOCK = "6"
_VERSION_SECONDS = 30
_GRACE_SECONDS = 5
_LAST_WORDS = 300
_SHORT_OF = (errno.ENOMEM, errno.EAGAIN, errno.EMFILE, errno.ENFILE)
_FOLDERS = re.compile(r"(?<!\w)(?:/[^\s/:\"',]+)*/(?=[^\s/:\"',])")


@dataclass(frozen=True, slots=True)
class TesseractEngine:
    """Any Tesseract from 4.1: its program and the one folder of models that it takes.

    pytesseract keeps the program's name for the whole process: two engines with different programs must not read at
    the same time in one process.
    """

    program: Path
    tessdata: Path

    def recognise(
        self,
        image: Path,
        models: tuple[str, ...],
        *,
        dpi: int,
        languages: tuple[str, ...],
        seconds: int,
        one_block: bool = False,
    ) -> PageText:
        """What `ocr.engine.Engine.recognise` promises. Tesseract keeps to one core unless OMP_THREAD_LIMIT is set."""
        who = self.described(models)
        with TemporaryDirectory(prefix="muniment-ocr-") as scratch:
            output = Path(scratch) / "page"
            arguments = _arguments(self.tessdata, dpi, one_block=one_block)
            self._run(image, models, output, arguments, seconds=seconds)
            try:
                return read_tsv(output.with_suffix(".tsv").read_text("utf-8"), languages=languages, engine=who)
            except (OSError, ValueError, KeyError) as error:
                raise _failed(image, f"its answer cannot be understood: {_bare(str(error), image)}") from error

    def described(self, models: tuple[str, ...]) -> Engine:
        """The program's version and the SHA-256 digests of the models; each file is read once and remembered.

        Raises:
            EngineMissingError: the program or a model is absent, or no model is named.
        """
        if not models:
            raise EngineMissingError("No OCR model is named: choose one by language or in the column `ocr.model`.")
        try:
            version = _version(self.program, self.program.stat().st_mtime_ns)
            return Engine("tesseract", version, digests(self.tessdata, models))
        except OSError as error:
            raise EngineMissingError(
                f'The OCR program "{self.program}" or one of its models ({", ".join(models)}) is not there: '
                "install it, then have the text read again."
            ) from error

    def _run(self, image: Path, models: tuple[str, ...], output: Path, arguments: str, *, seconds: int) -> None:
        # pytesseract hands our environment on. With OpenMP's default Debian's build burns 4.3 times the CPU.
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        pytesseract.pytesseract.tesseract_cmd = str(self.program)
        with ended_after(seconds, str(output)) as expired:
            try:
                pytesseract.pytesseract.run_tesseract(
                    str(image.resolve()),
                    str(output),
                    extension="tsv",
                    lang="+".join(models),
                    config=arguments,
                    timeout=seconds + _GRACE_SECONDS,  # for what our own clock did not reach
                )
            except pytesseract.TesseractError as error:
                if not expired.is_set():
                    raise _failed(image, _ending(error.status, _bare(error.message, image))) from error
            except OSError as error:
                raise _not_started(self.program, image, error) from error
            except UnicodeDecodeError as error:
                raise _failed(image, "its last words are not text") from error
            except RuntimeError:  # pytesseract's own time limit; TesseractError is one, too, hence the order
                expired.set()
        if expired.is_set():
            raise EngineTimeoutError(
                f'Reading the text of "{image.name}" took longer than {seconds} seconds and was given up: '
                "try again later, or raise the time limit of a page."
            )


def _arguments(tessdata: Path, dpi: int, *, one_block: bool) -> str:
    # Page 0 only: a pyramid's reductions would be read as further pages.
    arguments = ["--tessdata-dir", str(tessdata), "-c", "tessedit_create_tsv=1", "-c", "tessedit_page_number=0"]
    arguments += ["--dpi", str(dpi)] if dpi else []
    return shlex.join(arguments + (["--psm", _ONE_BLOCK] if one_block else []))


def _failed(image: Path, detail: str) -> EngineFailedError:
    sentence = f'The OCR program could not read "{image.name}" ({detail}): try again, or look at the page image.'
    return EngineFailedError(sentence, detail=detail)


def _not_started(program: Path, image: Path, error: OSError) -> OcrError:
    """Whose fault it is: the program's, or that of a machine short of memory or processes."""
    if error.errno in _SHORT_OF:
        return _failed(image, f"it could not be started: {os.strerror(error.errno)}")
    return EngineMissingError(
        f'The OCR program "{program}" cannot be started: install Tesseract, then have the text read again.'
    )


def _ending(status: int, words: str) -> str:
    """How the program ended, as its status tells, and its last words."""
    how = f"ended by signal {-status}, {signal.strsignal(-status)}" if status < 0 else f"ended with status {status}"
    said = words[-_LAST_WORDS:].strip()
    return f"{how}: {said}" if said else how


def _bare(words: str, image: Path) -> str:
    """The words without folders: they mean nothing to anyone, and scratch folders have gone when they are read."""
    return _FOLDERS.sub("", words.replace(f"{image.resolve().parent}/", ""))


@lru_cache
def _version(program: Path, _changed: int) -> str:
    """The version as `--version` writes it in its first line; asked once for each state of the program's file."""
    try:
        answer = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=_VERSION_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise EngineTimeoutError(f'The OCR program "{program}" does not even tell its version: replace it.') from error
    first = (answer.stdout or answer.stderr).partition("\n")[0]
    return first.removeprefix("tesseract ").strip() or "unknown"
