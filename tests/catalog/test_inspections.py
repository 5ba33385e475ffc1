"""What was found in a file is known again by its digest."""

from datetime import UTC, datetime

from catalog import events, inspections
from catalog.database import Catalog
from catalog.values import EventView
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


def test_events_come_back_in_order(cat: Catalog) -> None:
    at = datetime(2026, 11, 21, 8, 0, 0, 5, tzinfo=UTC)
    for item_id, kind in (("a", "ingestion"), ("b", "ingestion"), ("a", "deaccession")):
        events.append(cat, kind=kind, item_id=item_id, agent="k", outcome="success", detail="ä", at=at)
    assert events.of_item(cat, "a") == (
        EventView(number=1, kind="ingestion", item_id="a", agent="k", outcome="success", detail="ä", at=at),
        EventView(number=3, kind="deaccession", item_id="a", agent="k", outcome="success", detail="ä", at=at),
    )
