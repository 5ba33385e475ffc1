"""METS: valid by its schema, and telling of every file and page."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from core.images import ImageFacts
from core.item import Item, Page
from storage.mets import AipFile, write_mets

PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
M = "{http://www.loc.gov/METS/}"
HREF = "{http://www.w3.org/1999/xlink}href"
FACTS = ImageFacts(index=0, width=10, height=20, mode="L", bits=8)
ITEM = Item(
    id="0b1c2d3f4g5h",
    source_key="k",
    title="Über die Frage: \x0bWas ist <Aufklärung> & mehr?",
    metadata=(("dc.creator", ("Kant, Immanuel", "N. N.")), ("dc.date.issued", ("1784",)), ("local.shelf", ("A 1",))),
    pages=(
        Page(id="1b", number=1, label="Titel", file="masters/0001.tif", source_name="a", facts=FACTS),
        Page(id="2c", number=2, label="", file="masters/0002.tif", source_name="b", facts=FACTS),
    ),
)
FILES = tuple(
    AipFile(logical=logical, size=len(logical), sha512="ab" * 64, media_type=kind)
    for logical, kind in (
        ("masters/0001.tif", "image/tiff"),
        ("masters/0002.tif", "image/tiff"),
        ("text/1b.alto.xml", "text/xml"),
        ("metadata/record.json", "application/json"),
        ("submission/Größe & 50%.txt", ""),
        ("premis.xml", "text/xml"),
    )
)


@pytest.fixture
def document() -> etree._Element:
    return etree.fromstring(write_mets(ITEM, FILES, datetime(2026, 3, 1, tzinfo=UTC)), PARSER)


def test_every_file_stands_in_its_group(document: etree._Element) -> None:
    found = {
        str(group.get("USE")): [str(one.get(HREF)) for one in group.iter(f"{M}FLocat")]
        for group in document.iter(f"{M}fileGrp")
    }
    assert found == {
        "master": ["masters/0001.tif", "masters/0002.tif"],
        "text": ["text/1b.alto.xml"],
        "metadata": ["metadata/record.json"],
        "submission": ["submission/Gr%C3%B6%C3%9Fe%20%26%2050%25.txt"],
    }


def test_pages_follow_in_order_with_their_files(document: etree._Element) -> None:
    pages = [
        (page.get("ORDER"), page.get("LABEL"), [one.get("FILEID") for one in page])
        for page in document.iter(f"{M}div")
        if page.get("TYPE") == "page"
    ]
    assert pages == [("1", "Titel", ["file-1", "file-3"]), ("2", None, ["file-2"])]


def test_dublin_core_is_carried_without_what_xml_cannot_hold(document: etree._Element) -> None:
    data = next(document.iter(f"{M}xmlData"))
    assert [(etree.QName(one).localname, one.text) for one in data] == [
        ("creator", "Kant, Immanuel"),
        ("creator", "N. N."),
        ("date", "1784"),
        ("title", "Über die Frage: Was ist <Aufklärung> & mehr?"),
    ]


@pytest.mark.scans
def test_it_is_valid_by_the_schema(shared_data: Path, document: etree._Element) -> None:
    schemas = shared_data / "conformance/schemas"

    class Local(etree.Resolver):
        def resolve(self, system_url: str, public_id: str, context: object = None) -> object:
            if system_url.endswith("xlink.xsd"):
                return self.resolve_filename(str(schemas / "xlink/xlink.xsd"), context)  # type: ignore[attr-defined]
            return None

    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Local())
    schema = etree.XMLSchema(etree.parse(str(schemas / "mets/version1121/mets.xsd"), parser))
    schema.assertValid(document)
