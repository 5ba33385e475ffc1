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


def write_alto(text: PageText, *, file_name: str = "", machine: PageText | None = None) -> bytes:
    """The page as ALTO 4.4 in UTF-8; `file_name` is the page image's name as readers know it, never a path.

    A text that a person corrected is given together with what the `machine` had read: the words that are not the
    machine's, character for character and box for box, are marked `CS="true"`, and a second `Processing` says so.
    """
    root = etree.Element(_name("alto"), nsmap={None: NAMESPACE}, SCHEMAVERSION="4.4")  # type: ignore[dict-item]
    _describe(root, text.engine, file_name, corrected=machine is not None)
    languages = [language for language in text.languages if _LANGUAGE.fullmatch(language)]
    size = {"WIDTH": str(text.width), "HEIGHT": str(text.height)}
    page = _add(_add(root, "Layout"), "Page", ID="page", PHYSICAL_IMG_NR="1", **size)
    if languages:
        page.set("LANG", languages[0])
    if languages[1:]:
        page.set("OTHERLANGS", " ".join(languages[1:]))
    space = _add(page, "PrintSpace", ID="space", HPOS="0", VPOS="0", **size)
    lines, words = count(1), _Words(machine)
    for number, block in enumerate(text.blocks, 1):
        element = _add(space, "TextBlock", ID=f"block{number}", **_box(block.box))
        if len(languages) == 1:
            element.set("LANG", languages[0])
        for line in block.lines:
            _write_line(_add(element, "TextLine", ID=f"line{next(lines)}", **_box(line.box)), line, words)
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


class _Words:
    """Numbers the words of a page and knows those that the machine has read."""

    def __init__(self, machine: PageText | None) -> None:
        self._numbers = count(1)
        self._known = None if machine is None else {(word.text, word.box) for word in machine.words()}

    def attributes(self, word: Word) -> dict[str, str]:
        corrected = self._known is not None and (word.text, word.box) not in self._known
        about = {"ID": f"word{next(self._numbers)}", "CONTENT": clean(word.text), "WC": repr(word.confidence)}
        return about | _box(word.box) | ({"CS": "true"} if corrected else {})


def _describe(root: etree._Element, engine: Engine | None, file_name: str, *, corrected: bool) -> None:
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
    if corrected:
        step = _add(description, "Processing", ID="correction")
        _add(step, "processingCategory").text = "contentModification"
        _add(step, "processingStepDescription").text = "corrected by a person"


def _write_line(element: etree._Element, line: Line, words: _Words) -> None:
    before: Word | None = None
    for word in line.words:
        if before:
            _add(element, "SP", **_gap(before.box, word.box))
        _add(element, "String", **words.attributes(word))
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
