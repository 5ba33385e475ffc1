"""What was found in a file is known again by its digest."""

from catalog import inspections
from catalog.database import Catalog
from core.images import FileFacts, ImageFacts, Oddity

FACTS = FileFacts(
    media_type="image/tiff",
    pages=(ImageFacts(index=0, width=10, height=20, mode="RGB", bits=8, dpi=299.99, profile="Öko"),),
    oddities=(Oddity("image-faulty-rows", "rows 3 to 4", 0),),
)


def test_findings_are_known_by_digest_and_tool(cat: Catalog) -> None:
    inspections.remember(cat, "aa", "v1", FileFacts(media_type="", pages=()))
    inspections.remember(cat, "aa", "v1", FACTS)
    assert inspections.known(cat, "aa", "v1") == FACTS
    assert inspections.known(cat, "aa", "v2") is None
    assert inspections.known(cat, "bb", "v1") is None
