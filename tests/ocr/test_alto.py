from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from core.text import Block, Box, Line, PageText, Word
from ocr.alto import read_alto, write_alto


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_what_is_written_is_read_back_equal(data: st.DataObject, page_texts: st.SearchStrategy[PageText]) -> None:
    text = data.draw(page_texts)
    assert read_alto(write_alto(text, file_name="0001.tif")) == text


def test_the_same_text_gives_the_same_bytes_without_a_path_or_a_clock(kant: PageText) -> None:
    written = write_alto(kant, file_name="0001.tif")
    assert written == write_alto(kant, file_name="0001.tif")
    assert b"/tmp" not in written
    assert b"DateTime" not in written


def test_an_empty_page_is_a_page() -> None:
    empty = PageText(100, 200, ())
    assert read_alto(write_alto(empty)) == empty


def test_characters_that_xml_forbids_are_left_out(kant: PageText) -> None:
    word = Word("a\x0cb\ud800", Box(1, 2, 3, 4), 0.5)
    text = replace(kant, blocks=(Block(word.box, (Line(word.box, (word,)),)),))
    assert [word.text for word in read_alto(write_alto(text)).words()] == ["ab"]


@pytest.fixture
def corrected(kant: PageText) -> PageText:
    first = kant.blocks[0]
    last = first.lines[1]
    words = (replace(last.words[0], text="Eingang", confidence=1.0),)
    return replace(kant, blocks=(replace(first, lines=(first.lines[0], replace(last, words=words))), kant.blocks[1]))


def test_words_that_a_person_corrected_are_marked(kant: PageText, corrected: PageText) -> None:
    written = write_alto(corrected, machine=kant)
    strings = list(etree.fromstring(written).iter("{*}String"))
    assert [string.get("CONTENT") for string in strings if string.get("CS") == "true"] == ["Eingang"]
    assert b"contentModification" in written
    assert b"contentModification" not in write_alto(kant)
    assert read_alto(written) == corrected


@pytest.fixture(scope="session")
def schema(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> etree.XMLSchema:
    folder = shared_data / "conformance/schemas"
    # The schema names xlink's by an address; the copy names the file instead.
    text = (folder / "alto/v4/alto-4-4.xsd").read_text("utf-8")
    xlink = next((folder / "xlink").glob("*.xsd"))
    copy = tmp_path_factory.mktemp("schema") / "alto.xsd"
    copy.write_text(text.replace("http://www.loc.gov/standards/xlink/xlink.xsd", xlink.as_uri()), "utf-8")
    return etree.XMLSchema(etree.parse(copy))


@pytest.mark.scans
def test_it_is_valid_by_the_schema(schema: etree.XMLSchema, kant: PageText, corrected: PageText) -> None:
    schema.assertValid(etree.fromstring(write_alto(corrected, machine=kant)))
    several = replace(kant, languages=("grc", "en", "de-Latf"), engine=None)
    for text in (kant, several, PageText(1, 1, ())):
        schema.assertValid(etree.fromstring(write_alto(text, file_name="0001.tif")))


@pytest.mark.scans
@given(data=st.data())
@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_was_read_is_valid_by_the_schema(
    data: st.DataObject, schema: etree.XMLSchema, page_texts: st.SearchStrategy[PageText]
) -> None:
    schema.assertValid(etree.fromstring(write_alto(data.draw(page_texts))))
