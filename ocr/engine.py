"""What every OCR engine can do, whatever program or library stands behind it."""

from pathlib import Path
from typing import Protocol

from core.text import PageText


class Engine(Protocol):
    """Something that reads the words of one page image."""

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
        """The text of the page, boxes in pixels of `image` from its top left; no blocks when nothing was found.

        Args:
            image: a file with one upright page; of a file with several only the first is read.
            models: names of trained models, the most important first.
            dpi: dots per inch of the image, 0 when unknown: the engine estimates.
            languages: BCP 47 tags, kept in the result; they do not choose the models.
            seconds: wall time after which the engine is ended.
            one_block: take the page as one block of lines instead of looking for columns, pictures and rules.

        Raises:
            EngineMissingError: the program or one of the models is absent.
            EngineFailedError: it ended badly, or gave an answer that cannot be understood.
            EngineTimeoutError: it met the time limit; it and its children were ended.
        """
        ...
