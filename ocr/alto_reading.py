"""ALTO of any version from 1 to 4, from any maker, as PageText.

Makers differ: namespaces by version or none, boxes left out or with fractions, units of length instead of pixels,
hyphens as elements of their own, blocks inside composed blocks. What is not there is made from what is inside.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from math import isfinite

from lxml import etree

from core.text import Block, Box, Engine, Line, PageText, Word
from ocr.markup import parse

_PER_INCH = {"mm10": 254.0, "inch1200": 1200.0}
_MODEL = re.compile(r"^model (\S+) sha256 ([0-9a-f]{64})$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Scale:
    """Turns lengths of the file into whole pixels."""

    factor: float

    def box(self, element: etree._Element) -> Box | None:
        edges = [self.length(element, name) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT")]
        x, y, w, h = edges
        return None if x is None or y is None or w is None or h is None else Box(x, y, w, h)

    def length(self, element: etree._Element, name: str) -> int | None:
        value = element.get(name)
        if value is None:
            return None
        number = float(value) * self.factor
        if not isfinite(number):
            raise ValueError(f'"{value}" is no length')
        return round(number)


def read_alto(data: bytes, *, width: int = 0, dpi: float = 0) -> PageText:
    """The first page of the file.

    Files that measure in tenths of a millimetre or 1200ths of an inch are turned into pixels by `dpi`, or else by
    `width`, the canvas's width in pixels; with neither, one unit is taken as one pixel.

    Raises:
        ValueError: not well-formed, not ALTO, or its numbers are none.
    """
    root = parse(data)
    page = next(_all(root, "Page"), None)
    if etree.QName(root).localname != "alto" or page is None:
        raise ValueError("this is not an ALTO file with a page")
    scale = _scale(root, page, width, dpi)
    blocks = tuple(block for element in _all(page, "TextBlock") if (block := _block(element, scale)))
    extent = _around(block.box for block in blocks) or Box(0, 0, 0, 0)
    return PageText(
        scale.length(page, "WIDTH") or width or extent.x + extent.w,
        scale.length(page, "HEIGHT") or extent.y + extent.h,
        blocks,
        _languages(page),
        _engine(root),
    )


def _scale(root: etree._Element, page: etree._Element, width: int, dpi: float) -> _Scale:
    unit = next((element.text or "" for element in _all(root, "MeasurementUnit")), "pixel").strip()
    if unit not in _PER_INCH:
        return _Scale(1.0)
    if dpi:
        return _Scale(dpi / _PER_INCH[unit])
    whole = float(page.get("WIDTH") or 0)
    return _Scale(width / whole if width and whole else 1.0)


def _block(element: etree._Element, scale: _Scale) -> Block | None:
    lines = tuple(line for inner in _all(element, "TextLine") if (line := _line(inner, scale)))
    box = scale.box(element) or _around(line.box for line in lines)
    return Block(box, lines) if lines and box else None


def _line(element: etree._Element, scale: _Scale) -> Line | None:
    words: list[Word] = []
    around = scale.box(element) or Box(0, 0, 0, 0)
    for part in element:
        kind, content = etree.QName(part).localname, part.get("CONTENT", "")
        box = scale.box(part)
        if kind == "String" and content.strip():
            words.append(Word(content, box or around, _confidence(part)))
        elif kind == "HYP" and words and content:
            last = words[-1]
            words[-1] = Word(last.text + content, last.box.union(box) if box else last.box, last.confidence)
    box = scale.box(element) or _around(word.box for word in words)
    return Line(box, tuple(words)) if words and box else None


def _confidence(element: etree._Element) -> float:
    """WC, or 1.0 where the maker was sure enough not to say."""
    return min(max(float(element.get("WC", "1")), 0.0), 1.0)


def _around(boxes: Iterable[Box]) -> Box | None:
    found = list(boxes)
    return reduce(Box.union, found) if found else None


def _languages(page: etree._Element) -> tuple[str, ...]:
    stated = [page.get("LANG", ""), *page.get("OTHERLANGS", "").split()]
    inside = [block.get("LANG") or block.get("language") or "" for block in _all(page, "TextBlock")]
    return tuple(dict.fromkeys(language for language in stated + inside if language))


def _engine(root: etree._Element) -> Engine | None:
    """The software that recognised: the first that is named, be it in `Processing` or in the older `OCRProcessing`."""
    software = next(_all(root, "processingSoftware"), None)
    if software is None:
        return None
    settings = next((element.text or "" for element in _all(root, "processingStepSettings")), "")
    models = tuple((name, digest) for name, digest in _MODEL.findall(settings))
    return Engine(_text(software, "softwareName"), _text(software, "softwareVersion"), models)


def _text(parent: etree._Element, local: str) -> str:
    return next((element.text or "" for element in _all(parent, local)), "")


def _all(parent: etree._Element, local: str) -> Iterator[etree._Element]:
    """Every element of this name below, whatever namespace its version of ALTO has."""
    return parent.iter(f"{{*}}{local}")
