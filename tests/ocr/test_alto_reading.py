from pathlib import Path

import pytest

from core.text import Block, Box, Engine, Line, PageText, Word
from ocr.alto import read_alto

ALTO_2 = """<?xml version="1.0"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v2#">
 <Description><MeasurementUnit>inch1200</MeasurementUnit>
  <OCRProcessing ID="o"><ocrProcessingStep><processingSoftware><softwareName>Reader</softwareName>
   <softwareVersion>8.1</softwareVersion></processingSoftware></ocrProcessingStep></OCRProcessing></Description>
 <Layout><Page ID="p" PHYSICAL_IMG_NR="1" WIDTH="1200" HEIGHT="2400"><PrintSpace><ComposedBlock ID="c">
  <TextBlock ID="b" language="en" HPOS="120" VPOS="120" WIDTH="600" HEIGHT="120.0"><TextLine>
   <String CONTENT="Tri" HPOS="120" VPOS="120" WIDTH="240" HEIGHT="120" WC="0.188"/><SP/>
   <String CONTENT="bu" HPOS="400" VPOS="120" WIDTH="120" HEIGHT="120"/>
   <HYP CONTENT="-" HPOS="520" VPOS="160" WIDTH="40" HEIGHT="8"/>
  </TextLine><TextLine HPOS="0" VPOS="0" WIDTH="1" HEIGHT="1"/></TextBlock></ComposedBlock></PrintSpace></Page></Layout>
</alto>"""


def words(first: Box, second: Box) -> tuple[Word, ...]:
    return Word("Tri", first, 0.188), Word("bu-", second, 1.0)


def test_units_hyphens_composed_blocks_and_missing_boxes_are_understood() -> None:
    first, second = Box(30, 30, 60, 30), Box(100, 30, 40, 30)
    assert read_alto(ALTO_2.encode(), dpi=300) == PageText(
        300,
        600,
        (Block(Box(30, 30, 150, 30), (Line(Box(30, 30, 110, 30), words(first, second)),)),),
        ("en",),
        Engine("Reader", "8.1"),
    )


def test_without_a_resolution_the_width_of_the_canvas_gives_the_scale() -> None:
    assert read_alto(ALTO_2.encode(), width=600) == read_alto(ALTO_2.encode(), dpi=600)


@pytest.mark.parametrize("namespace", ["", 'xmlns="http://schema.ccs-gmbh.com/ALTO"'])
def test_the_namespace_may_be_any(namespace: str) -> None:
    text = read_alto(ALTO_2.replace('xmlns="http://www.loc.gov/standards/alto/ns-v2#"', namespace).encode())
    assert [word.text for word in text.words()] == ["Tri", "bu-"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no xml",
        b"<alto/>",
        b"<html><Page/></html>",
        ALTO_2.replace('"120"', '"wide"').encode(),
        ALTO_2.replace('"120"', '"inf"').encode(),
        ALTO_2.replace('"120"', '"nan"').encode(),
    ],
)
def test_what_is_not_alto_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        read_alto(data)


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    doctype = f'<!DOCTYPE alto [<!ENTITY e SYSTEM "{secret.as_uri()}"><!ENTITY f "inside">]>'
    data = ALTO_2.replace('<?xml version="1.0"?>', doctype).replace("Reader", "Reader&e;")
    engine = read_alto(data.encode()).engine
    assert engine is not None
    assert "secret" not in engine.name


@pytest.mark.scans
def test_a_newspaper_page_of_the_digital_newspaper_program_is_read(shared_data: Path) -> None:
    text = read_alto((shared_data / "conformance/ndnp/ndnp-alto-sample.xml").read_bytes(), dpi=300)
    assert (text.width, text.height) == (7498, 10026)
    assert text.engine == Engine("Abbyy FineReader", "8.1.0.6184-12")
    assert "National" in text.text or "NATIONAL" in text.text
    assert all(word.box.x + word.box.w <= text.width + 1 for word in text.words())


@pytest.mark.scans
def test_every_alto_of_the_ground_truth_is_read(shared_data: Path) -> None:
    files = [file for file in (shared_data / "ground-truth").rglob("*.xml") if b"<alto" in file.read_bytes()[:300]]
    assert len(files) > 10
    assert all(read_alto(file.read_bytes()).text for file in files)
