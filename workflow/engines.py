"""Which of the two OCR engines reads the pages here, and why: `MUNIMENT_OCR_ENGINE`.

The library within the page process is cheaper, the program of its own works with any Tesseract. Unless told otherwise
we take the library when it can be loaded and reads its test picture; it tries that in a page process, which may die.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import PageProcessError
from core.settings import Settings
from workflow.pool import PagePool

LIBRARY, PROGRAM = "tesserocr", "pytesseract"
TRIAL_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Engine:
    """The OCR program on this machine, its folder of models, and which models are in it."""

    program: Path
    tessdata: Path
    available: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """The engine that reads: its name, the version of the library (of a program it is asked page by page), and why it.

    `works` is False when the operator asked for an engine that is no use here.
    """

    name: str
    version: str
    why: str
    works: bool = True


def choose(settings: Settings, engine: Engine, pool: PagePool) -> Reader:
    """The reader that the settings ask for, or the better of those that work. The library is tried once, here."""
    if settings.ocr_engine == PROGRAM:
        return Reader(PROGRAM, "", "MUNIMENT_OCR_ENGINE asks for it")
    if settings.ocr_engine == "auto" and settings.tesseract:
        return Reader(PROGRAM, "", "MUNIMENT_TESSERACT names its program")
    tried = _try(engine, pool)
    if "version" in tried:
        asked = settings.ocr_engine == LIBRARY
        return Reader(LIBRARY, tried["version"], "MUNIMENT_OCR_ENGINE asks for it" if asked else "it passed its trial")
    if settings.ocr_engine == LIBRARY:
        why = f"MUNIMENT_OCR_ENGINE asks for it, but {tried['trouble']}"
        return Reader(LIBRARY, "", why, works=False)
    return Reader(PROGRAM, "", f"the library is no use here: {tried['trouble']}")


def _try(engine: Engine, pool: PagePool) -> Mapping[str, Any]:
    try:
        tried: Mapping[str, Any] = pool.run(
            "try library", seconds=TRIAL_SECONDS, tessdata=str(engine.tessdata), models=list(engine.available)
        )
    except PageProcessError as error:
        return {"trouble": f"its process ended without an answer ({error.reason})"}
    return tried
