import re
from dataclasses import replace
from itertools import pairwise

from lxml import etree

from core.text import Block, Box, Line, PageText, Word
from ocr.hocr import write_hocr

LEVELS = ["ocr_page", "ocr_carea", "ocr_par", "ocr_line", "ocrx_word"]


def classes(root: etree._Element, kind: str) -> list[etree._Element]:
    return [element for element in root.iter() if element.get("class") == kind]


def test_pages_hold_areas_paragraphs_lines_and_words(kant: PageText) -> None:
    root = etree.fromstring(write_hocr([kant, PageText(10, 20, ())], "Was ist Aufklärung?"))
    assert [len(classes(root, kind)) for kind in LEVELS] == [2, 2, 2, 3, 4]
    for outer, inner in pairwise(LEVELS):
        parents = [element.getparent() for element in classes(root, inner)]
        assert [parent.get("class") for parent in parents if parent is not None] == [outer] * len(parents)
    words = [(word.text, word.get("title")) for word in classes(root, "ocrx_word")]
    assert words[0] == ("Aufklärung", "bbox 100 100 500 150; x_wconf 96")
    assert classes(root, "ocr_page")[1].get("title") == "bbox 0 0 10 20; ppageno 1"
    assert classes(root, "ocr_page")[0].get("lang") == "de-Latf"


def test_the_head_tells_system_and_capabilities(kant: PageText) -> None:
    root = etree.fromstring(write_hocr([kant, kant], "Title"))
    about = {element.get("name"): element.get("content") for element in root.iter("{*}meta") if element.get("name")}
    assert about == {
        "ocr-system": "tesseract 5.3.0",
        "ocr-capabilities": "ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_wconf ocrp_lang",
        "ocr-number-of-pages": "2",
        "ocr-langs": "de-Latf",
    }


def test_every_identifier_is_its_own(kant: PageText) -> None:
    found = re.findall(rb' id="([^"]+)"', write_hocr([kant, kant], "Title"))
    assert len(found) == len(set(found)) > 10


def test_text_is_text_even_where_it_looks_like_markup(kant: PageText) -> None:
    box = Box(1, 2, 3, 4)
    word = Word("<script>alert(1)</script>\x00", box, 1.0)
    hostile = replace(kant, blocks=(Block(box, (Line(box, (word,)),)),))
    written = write_hocr([hostile], "<b>Title</b>")
    assert b"<script" not in written
    assert b"<b>" not in written
    assert [word.text for word in classes(etree.fromstring(written), "ocrx_word")] == ["<script>alert(1)</script>"]
