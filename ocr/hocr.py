"""PageText as hOCR: the pages of an item in one XHTML document (hOCR 1.2, http://kba.github.io/hocr-spec/1.2/)."""

from collections.abc import Iterable, Sequence

from lxml import etree

from core.text import Block, Box, Line, PageText
from ocr.markup import clean

_XHTML = "http://www.w3.org/1999/xhtml"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_CAPABILITIES = "ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_wconf ocrp_lang"


def write_hocr(pages: Sequence[PageText], title: str) -> bytes:
    """The pages in order as one UTF-8 document; the same pages give the same bytes, and no path is in them."""
    root = etree.Element(f"{{{_XHTML}}}html", nsmap={None: _XHTML})  # type: ignore[dict-item]
    head, body = _add(root, "head"), _add(root, "body")
    _add(head, "title").text = clean(title)
    _add(head, "meta", charset="utf-8")
    for name, content in _about(pages).items():
        _add(head, "meta", name=name, content=content)
    for number, page in enumerate(pages, 1):
        _write_page(body, page, number)
    etree.indent(root)
    doctype = "<!DOCTYPE html>"
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", doctype=doctype) + b"\n"


def _about(pages: Sequence[PageText]) -> dict[str, str]:
    engines = (f"{page.engine.name} {page.engine.version}" for page in pages if page.engine)
    languages = (language for page in pages for language in page.languages)
    return {
        "ocr-system": _once(engines) or "unknown",
        "ocr-capabilities": _CAPABILITIES,
        "ocr-number-of-pages": str(len(pages)),
        "ocr-langs": _once(languages) or "unknown",
    }


def _once(words: Iterable[str]) -> str:
    return clean(" ".join(dict.fromkeys(words)))


def _write_page(body: etree._Element, page: PageText, number: int) -> None:
    whole = Box(0, 0, page.width, page.height)
    element = _part(body, "div", "ocr_page", f"page_{number}", whole, f"ppageno {number - 1}")
    if len(page.languages) == 1:
        element.set("lang", clean(page.languages[0]))
        element.set(_XML_LANG, clean(page.languages[0]))
    for place, block in enumerate(page.blocks, 1):
        _write_block(element, block, f"{number}_{place}")


def _write_block(page: etree._Element, block: Block, place: str) -> None:
    area = _part(page, "div", "ocr_carea", f"block_{place}", block.box)
    paragraph = _part(area, "p", "ocr_par", f"par_{place}", block.box)
    for number, line in enumerate(block.lines, 1):
        _write_line(paragraph, line, f"{place}_{number}")


def _write_line(paragraph: etree._Element, line: Line, place: str) -> None:
    element = _part(paragraph, "span", "ocr_line", f"line_{place}", line.box)
    for number, word in enumerate(line.words, 1):
        confidence = f"x_wconf {round(word.confidence * 100)}"
        _part(element, "span", "ocrx_word", f"word_{place}_{number}", word.box, confidence).text = clean(word.text)


def _part(parent: etree._Element, local: str, kind: str, identifier: str, box: Box, *properties: str) -> etree._Element:
    edges = f"bbox {box.x} {box.y} {box.x + box.w} {box.y + box.h}"
    return _add(parent, local, **{"class": kind, "id": identifier, "title": "; ".join((edges, *properties))})


def _add(parent: etree._Element, local: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{_XHTML}}}{local}", attributes)
