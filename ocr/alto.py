"""PageText as ALTO 4.4 and ALTO 1 to 4 as PageText.

Written: pixels of the upright canvas, one page, no clock and no path, so that the same text gives the same bytes.
Source: ALTO 4.4, https://www.loc.gov/standards/alto/v4/alto-4-4.xsd.
"""

import re
from itertools import count

from lxml import etree

from core.text import Box, Engine, Line, PageText, Word
from ocr.alto_reading import read_alto
from ocr.markup import clean

__all__ = ["read_alto", "write_alto"]

NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")


def write_alto(text: PageText, *, file_name: str = "") -> bytes:
    """The page as ALTO 4.4 in UTF-8; `file_name` is the page image's name as readers know it, never a path."""
    root = etree.Element(_name("alto"), nsmap={None: NAMESPACE}, SCHEMAVERSION="4.4")  # type: ignore[dict-item]
    _describe(root, text.engine, file_name)
    languages = [language for language in text.languages if _LANGUAGE.fullmatch(language)]
    size = {"WIDTH": str(text.width), "HEIGHT": str(text.height)}
    page = _add(_add(root, "Layout"), "Page", ID="page", PHYSICAL_IMG_NR="1", **size)
    if languages:
        page.set("LANG", languages[0])
    if languages[1:]:
        page.set("OTHERLANGS", " ".join(languages[1:]))
    space = _add(page, "PrintSpace", ID="space", HPOS="0", VPOS="0", **size)
    lines, words = count(1), count(1)
    for number, block in enumerate(text.blocks, 1):
        element = _add(space, "TextBlock", ID=f"block{number}", **_box(block.box))
        if len(languages) == 1:
            element.set("LANG", languages[0])
        for line in block.lines:
            _write_line(_add(element, "TextLine", ID=f"line{next(lines)}", **_box(line.box)), line, words)
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def _describe(root: etree._Element, engine: Engine | None, file_name: str) -> None:
    description = _add(root, "Description")
    _add(description, "MeasurementUnit").text = "pixel"
    if file_name:
        _add(_add(description, "sourceImageInformation"), "fileName").text = clean(file_name)
    if engine:
        step = _add(description, "Processing", ID="recognition")
        _add(step, "processingCategory").text = "contentGeneration"
        if engine.models:
            settings = "\n".join(f"model {name} sha256 {digest}" for name, digest in engine.models)
            _add(step, "processingStepSettings").text = clean(settings)
        software = _add(step, "processingSoftware")
        _add(software, "softwareName").text = clean(engine.name)
        _add(software, "softwareVersion").text = clean(engine.version)


def _write_line(element: etree._Element, line: Line, numbers: "count[int]") -> None:
    before: Word | None = None
    for word in line.words:
        if before:
            _add(element, "SP", **_gap(before.box, word.box))
        content = {"CONTENT": clean(word.text), "WC": repr(word.confidence)}
        _add(element, "String", ID=f"word{next(numbers)}", **content, **_box(word.box))
        before = word


def _gap(left: Box, right: Box) -> dict[str, str]:
    start = left.x + left.w
    return {"HPOS": str(start), "VPOS": str(left.y), "WIDTH": str(max(right.x - start, 0))}


def _box(box: Box) -> dict[str, str]:
    return {"HPOS": str(box.x), "VPOS": str(box.y), "WIDTH": str(box.w), "HEIGHT": str(box.h)}


def _name(local: str) -> str:
    return f"{{{NAMESPACE}}}{local}"


def _add(parent: etree._Element, local: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, _name(local), attributes)
