import ctypes
from dataclasses import replace
from pathlib import Path

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from PIL import Image

from core.errors import OcrError
from core.text import Block, Box, Line, PageText, Word
from ocr.pdf import PdfPage, write_pdf


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "page.jpg"
    Image.new("RGB", (1000, 1500), (250, 240, 220)).save(path)
    return path


def texts(path: Path) -> list[str]:
    with pypdfium2.PdfDocument(path) as document:
        return [page.get_textpage().get_text_range() for page in document]


def test_the_words_come_out_as_they_went_in(image: Path, kant: PageText, tmp_path: Path) -> None:
    write_pdf([PdfPage(image, kant, 300)], tmp_path / "item.pdf", title="Was ist Aufklärung?", languages=("de-Latf",))
    assert texts(tmp_path / "item.pdf")[0].split() == ["Aufklärung", "iſt", "Ausgang", "λόγος"]


def test_characters_beyond_the_first_plane_and_combined_ones_come_out(image: Path, tmp_path: Path) -> None:
    box = Box(100, 100, 300, 50)
    text = PageText(1000, 1500, (Block(box, (Line(box, (Word("𐌰q̃(\\)", box, 1.0),)),)),))
    write_pdf([PdfPage(image, text)], tmp_path / "item.pdf", title="t", languages=())
    assert texts(tmp_path / "item.pdf")[0].strip() == "𐌰q̃(\\)"


def test_each_word_lies_over_its_place_in_the_image(image: Path, kant: PageText, tmp_path: Path) -> None:
    write_pdf([PdfPage(image, kant, 300)], tmp_path / "item.pdf", title="t", languages=())
    with pypdfium2.PdfDocument(tmp_path / "item.pdf") as document:
        page = document[0]
        assert page.get_size() == pytest.approx((240, 360))
        textpage = page.get_textpage()
        start = textpage.get_text_range().index("iſt")
        left, right = textpage.get_charbox(start)[0], textpage.get_charbox(start + 2)[2]
        assert (left, right) == pytest.approx((540 * 0.24, 800 * 0.24), abs=0.5)
        assert textpage.get_charbox(start)[1] == pytest.approx(360 - 150 * 0.24, abs=0.5)


def test_the_text_is_invisible_and_the_image_fills_the_page(image: Path, kant: PageText, tmp_path: Path) -> None:
    write_pdf([PdfPage(image, kant, 72)], tmp_path / "item.pdf", title="t", languages=())
    with pypdfium2.PdfDocument(tmp_path / "item.pdf") as document:
        drawn = document[0].render(scale=1).to_pil().convert("RGB")
    assert drawn.size == (1000, 1500)
    assert all(high - low <= 8 for low, high in drawn.getextrema())


def test_the_image_is_carried_byte_for_byte(image: Path, tmp_path: Path) -> None:
    write_pdf([PdfPage(image, None)], tmp_path / "item.pdf", title="t", languages=())
    with pikepdf.open(tmp_path / "item.pdf") as pdf:
        assert pdf.pages[0].get_images()["/Image"].read_raw_bytes() == image.read_bytes()


def test_title_and_language_are_told_and_it_is_linearised(image: Path, kant: PageText, tmp_path: Path) -> None:
    title = "Kant \x0c& Söhne"
    write_pdf([PdfPage(image, kant)], tmp_path / "item.pdf", title=title, languages=("de-Latf", "la"))
    with pikepdf.open(tmp_path / "item.pdf") as pdf:
        assert pdf.is_linearized
        assert str(pdf.Root.Lang) == "de-Latf"
        assert str(pdf.docinfo.Title) == "Kant & Söhne"
        assert pdf.check_pdf_syntax() == []


def test_it_replaces_an_earlier_one_and_leaves_nothing_else(image: Path, kant: PageText, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "item.pdf").write_bytes(b"old")
    write_pdf([PdfPage(image, kant)], folder / "item.pdf", title="t", languages=("de", "la", "grc"))
    assert [path.name for path in folder.iterdir()] == ["item.pdf"]
    assert (folder / "item.pdf").read_bytes()[:5] == b"%PDF-"


def test_many_pages_are_put_together_from_parts(
    image: Path, kant: PageText, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ocr.pdf._PART_BYTES", image.stat().st_size * 2)
    grey = tmp_path / "grey.jpg"
    Image.new("L", (1000, 1500), 255).save(grey)
    word = next(kant.words())
    pages = [
        PdfPage(grey if number % 2 else image, replace(kant, blocks=(Block(word.box, (Line(word.box, (one,)),)),)))
        for number in range(5)
        for one in (Word(f"Seite{number}", word.box, 1.0),)
    ]
    write_pdf(pages, tmp_path / "item.pdf", title="t", languages=())
    assert [text.strip() for text in texts(tmp_path / "item.pdf")] == [f"Seite{number}" for number in range(5)]


def test_pages_larger_than_readers_can_show_are_reduced_on_paper(image: Path, tmp_path: Path) -> None:
    write_pdf([PdfPage(image, None, dpi=1)], tmp_path / "item.pdf", title="t", languages=())
    with pypdfium2.PdfDocument(tmp_path / "item.pdf") as document:
        assert document[0].get_size() == pytest.approx((9600, 14400))


def test_what_cannot_be_a_page_is_refused_and_nothing_is_left(tmp_path: Path, image: Path) -> None:
    inks = tmp_path / "inks.jpg"
    Image.new("CMYK", (10, 10)).save(inks)
    text = tmp_path / "text.jpg"
    text.write_bytes(b"\xff\xd8no")
    before = sorted(tmp_path.iterdir())
    for page in (inks, text):
        with pytest.raises(OcrError, match=page.name):
            write_pdf([PdfPage(image, None), PdfPage(page, None)], tmp_path / "item.pdf", title="t", languages=())
    with pytest.raises(OcrError, match="no pages"):
        write_pdf([], tmp_path / "item.pdf", title="t", languages=())
    assert sorted(tmp_path.iterdir()) == before


def test_the_font_is_one_that_freetype_like_readers_accept(image: Path, kant: PageText, tmp_path: Path) -> None:
    write_pdf([PdfPage(image, kant)], tmp_path / "item.pdf", title="t", languages=())
    with pypdfium2.PdfDocument(tmp_path / "item.pdf") as document:
        textpage = document[0].get_textpage()
        flags = ctypes.c_int()
        size = pdfium.FPDFText_GetFontInfo(textpage, 0, None, 0, ctypes.byref(flags))
        name = ctypes.create_string_buffer(size)
        pdfium.FPDFText_GetFontInfo(textpage, 0, name, size, ctypes.byref(flags))
        assert name.value == b"Muniment-Glyphless"
