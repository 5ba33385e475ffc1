"""Items of many kinds, and the official schema of IIIF Presentation 3."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from core.images import ImageFacts
from core.item import Item, Page, Rights
from core.text import Block, Box, Line, PageText, Word

BASE = "https://scans.example.org"
ITEM = "f38zg8w7qkwv"

type_of_errors = Callable[[dict[str, Any]], list[str]]


def make_page(number: int, *, width: int = 1000, height: int = 1500, version: int = 1) -> Page:
    return Page(
        id=f"page{number}",
        number=number,
        label=str(number),
        file=f"masters/{number:04}.tif",
        source_name=f"{number}.tif",
        facts=ImageFacts(index=0, width=width, height=height, mode="L", bits=8),
        version=version,
    )


@pytest.fixture
def base() -> str:
    return BASE


@pytest.fixture
def book() -> Item:
    return Item(
        id=ITEM,
        source_key="k",
        title="Was ist Aufklärung?",
        collection="Books/Enlightenment",
        metadata=(
            ("dc.title", ("Was ist Aufklärung?", "Berlinische Monatsschrift")),
            ("dc.creator", ("Kant, Immanuel",)),
            ("dc.language", ("de-Latf",)),
            ("dc.type", ("Text",)),
            ("dc.format", ("Book",)),
            ("dc.description", ("An answer to a question",)),
            ("dc.rights", ("Public domain",)),
            ("local.shelf_mark", ("Ab 12", "")),
        ),
        languages=("de-Latf",),
        date="1784-12",
        rights=Rights(uri="http://creativecommons.org/publicdomain/mark/1.0/"),
        pages=tuple(make_page(number) for number in (1, 2, 3)),
    )


@pytest.fixture
def lines() -> PageText:
    def line(y: int, *words: str) -> Line:
        placed = tuple(Word(word, Box(10 + 50 * place, y, 40, 12), 0.9) for place, word in enumerate(words))
        return Line(Box(10, y, 50 * len(words), 12), placed)

    first = Block(Box(10, 20, 100, 40), (line(20, "Sapere", "aude!"), line(40, "Habe", "Muth")))
    return PageText(1000, 1500, (first, Block(Box(10, 90, 100, 12), (line(90, "dich"), Line(Box(1, 1, 1, 1), ())))))


@pytest.fixture(scope="session")
def iiif_errors(shared_data: Path) -> type_of_errors:
    """What the official schema has against a resource: a list of messages, empty when it is valid."""
    schema = json.loads((shared_data / "conformance/iiif-schema/iiif_3_0.json").read_text())
    validator = jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())
    return lambda resource: [error.message for error in validator.iter_errors(resource)]
