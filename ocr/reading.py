"""How a page is read, whichever engine does it."""

from pathlib import Path

from core.text import PageText
from ocr.engine import Engine


def read_page(
    engine: Engine, image: Path, models: tuple[str, ...], *, dpi: int, languages: tuple[str, ...], seconds: int
) -> PageText:
    """The text of the page; raises what `Engine.recognise` raises.

    A page on which not one word was found is looked at a second time, as one block of lines: handwriting and faint
    print seem to be pictures to what looks for columns. On most pages that costs nothing, on an empty one little.
    """
    text = engine.recognise(image, models, dpi=dpi, languages=languages, seconds=seconds)
    if not text.blocks:
        text = engine.recognise(image, models, dpi=dpi, languages=languages, seconds=seconds, one_block=True)
    return text
