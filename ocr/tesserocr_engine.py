"""Tesseract as a library within this process: its models stay loaded from page to page, its words are walked once.

What the library does to a process nobody can undo: use it in one that may die (`workflow.page`).
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import tesserocr

from core.errors import EngineFailedError, EngineMissingError, EngineTimeoutError
from core.text import Engine, PageText
from ocr.models import digests
from ocr.walking import walk

_LOADED = 3  # sets of models at a time; one takes some 50 MB
_WHOLE_PAGE = 1 << 24  # pixels around a block; cut off at the page's edges


@dataclass(frozen=True, slots=True)
class TesserocrEngine:
    """The Tesseract that is built into tesserocr, with one folder of models. One page at a time in a process."""

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
        """What `ocr.engine.Engine.recognise` promises, but for the end of one that hangs.

        The library looks at the clock from word to word, not while it looks for columns and lines: whoever must be
        sure of the time limit ends the process.
        """
        who = self.described(models)
        api = _loaded(self.tessdata, who.models)
        api.SetPageSegMode(tesserocr.PSM.SINGLE_BLOCK if one_block else tesserocr.PSM.AUTO)
        try:
            with _silence():
                self._read(api, image, dpi=dpi, seconds=seconds)
            results = api.GetIterator()
            width, height = _size(api, results)
            return PageText(width, height, walk(results), languages, who)
        finally:
            api.Clear()

    def described(self, models: tuple[str, ...]) -> Engine:
        """The library's version of Tesseract and the SHA-256 digests of the models; each file is read once.

        Raises:
            EngineMissingError: a model is absent, or none is named.
        """
        if not models:
            raise EngineMissingError("No OCR model is named: choose one by language or in the column `ocr.model`.")
        try:
            return Engine("tesseract", version(), digests(self.tessdata, models))
        except OSError as error:
            raise EngineMissingError(
                f"One of the OCR models ({', '.join(models)}) is not there: install it, then have the text read again."
            ) from error

    def _read(self, api: Any, image: Path, *, dpi: int, seconds: int) -> None:
        # Nothing that was learnt on an earlier page may change this one's text.
        api.ClearAdaptiveClassifier()
        api.SetVariable("user_defined_dpi", str(dpi))  # 0: the file's own, or the engine's estimate
        try:
            api.SetImageFile(str(image.resolve()))
        except (RuntimeError, OSError, ValueError, SyntaxError) as error:  # it asks Pillow, too, before it gives up
            raise _failed(image, "it is no image that it can read") from error
        deadline = time.monotonic() + seconds
        if not api.Recognize(seconds * 1000):
            if time.monotonic() < deadline:
                raise _failed(image, "it gave up")
            raise EngineTimeoutError(
                f'Reading the text of "{image.name}" took longer than {seconds} seconds and was given up: '
                "try again later, or raise the time limit of a page."
            )


def version() -> str:
    """Tesseract's version as its own program would tell it."""
    return str(tesserocr.tesseract_version()).partition("\n")[0].removeprefix("tesseract ").strip()


@contextmanager
def _silence() -> Iterator[None]:
    """What the libraries below print to standard error, paths and all, is for their developers."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


@lru_cache(_LOADED)
def _loaded(tessdata: Path, models: tuple[tuple[str, str], ...]) -> Any:
    """The library with these models, ready; the digests are part of the name, so that a new model is loaded anew."""
    names = "+".join(name for name, _ in models)
    try:
        return tesserocr.PyTessBaseAPI(path=f"{tessdata}/", lang=names, psm=tesserocr.PSM.AUTO)
    except RuntimeError as error:
        detail = f"the models {names} cannot be loaded"
        raise EngineFailedError(
            f"The OCR library could not load its models ({names}): install them anew, then have the text read again.",
            detail=detail,
        ) from error


def _size(api: Any, results: Any) -> tuple[int, int]:
    """Width and height of the picture: the library tells them only as the limits of a box, or in its table."""
    if results.Empty(tesserocr.RIL.BLOCK):
        width, height = api.GetTSVText(0).split("\t")[8:10]
        return int(width), int(height)
    _, _, width, height = results.BoundingBox(tesserocr.RIL.BLOCK, _WHOLE_PAGE)
    return width, height


def _failed(image: Path, detail: str) -> EngineFailedError:
    sentence = f'The OCR library could not read "{image.name}" ({detail}): try again, or look at the page image.'
    return EngineFailedError(sentence, detail=detail)
