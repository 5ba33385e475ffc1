"""A small picture of a word that every engine must read before it is trusted with pages."""

from pathlib import Path

from core.errors import EngineFailedError
from ocr.tesserocr_engine import TesserocrEngine, version

PICTURE = Path(__file__).with_name("trial.png")
WORD = "Muniment"
MODEL = "eng"
_SECONDS = 20


def try_out(tessdata: Path, models: tuple[str, ...]) -> str:
    """Tesseract's version within tesserocr, after it read a picture with its English model, or else with the first.

    Raises:
        EngineMissingError: there are no models.
        EngineFailedError: it did not read what stands there.
        EngineTimeoutError: it took too long.
    """
    chosen = (MODEL,) if MODEL in models else models[:1]
    text = TesserocrEngine(tessdata).recognise(PICTURE, chosen, dpi=300, languages=(), seconds=_SECONDS)
    if chosen == (MODEL,) and text.text != WORD:
        raise EngineFailedError(f'tesserocr read "{text.text}" where "{WORD}" stands: install it anew.')
    return version()
