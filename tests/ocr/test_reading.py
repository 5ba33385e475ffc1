"""A page without a single word is looked at twice."""

from dataclasses import dataclass, field
from pathlib import Path

from core.text import Block, Box, Line, PageText, Word
from ocr.reading import read_page

EMPTY = PageText(300, 400, (), ("en",))
BOX = Box(10, 10, 90, 20)
FULL = PageText(300, 400, (Block(BOX, (Line(BOX, (Word("Dear", BOX, 0.3),)),)),), ("en",))


@dataclass
class Short:
    """An engine that sees columns or nothing, and what it was asked."""

    columns: PageText
    block: PageText
    asked: list[bool] = field(default_factory=list)

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
        assert (image.name, models, dpi, languages, seconds) == ("page.png", ("eng",), 300, ("en",), 60)
        self.asked.append(one_block)
        return self.block if one_block else self.columns


def read(engine: Short) -> PageText:
    return read_page(engine, Path("page.png"), ("eng",), dpi=300, languages=("en",), seconds=60)


def test_a_page_with_words_is_looked_at_once() -> None:
    engine = Short(FULL, EMPTY)
    assert (read(engine), engine.asked) == (FULL, [False])


def test_a_page_without_words_is_looked_at_as_one_block() -> None:
    engine = Short(EMPTY, FULL)
    assert (read(engine), engine.asked) == (FULL, [False, True])


def test_a_page_may_have_no_words_at_all() -> None:
    assert read(Short(EMPTY, EMPTY)) == EMPTY
