"""An item goes in whole, comes out equal, and keeps its ids."""

from catalog import items
from catalog.database import Catalog
from catalog.values import CopyView, HeldItem, ImageView, ItemCard, ItemView
from core.fixity import FixityOutcome
from core.item import AccessState


def test_a_saved_item_comes_out_as_it_went_in(cat: Catalog, make_entry, make_text) -> None:
    text = make_text("Die Königliche Hall, zu Berlin", "zwei")
    entry = make_entry(text, None)
    items.save(cat, entry)
    first, second = entry.item.pages
    assert items.get(cat, entry.item.id) == ItemView(
        item=entry.item,
        version=1,
        added=entry.at,
        changed=entry.at,
        derived=entry.derived,
        has_text=frozenset({first.id}),
        batch_id="b",
        public=True,
    )
    assert items.held(cat, "batch/one") == HeldItem(
        item=entry.item, version=1, fingerprint="print", state=AccessState.PUBLISHED
    )
    assert items.text(cat, first.id) == text
    assert items.text(cat, second.id) is None
    assert items.page_texts(cat, entry.item.id) == {first.id: text}
    assert items.files(cat, entry.item.id) == entry.files
    assert items.file(cat, entry.item.id, first.file) == entry.files[0]
    assert items.image(cat, f"{first.id}.1") == ImageView(
        item_id=entry.item.id,
        page_id=first.id,
        derived=f"d{first.id}",
        width=1000,
        height=1400,
        access=entry.item.access,
    )
    assert items.image(cat, f"{first.id}.2") is None
    assert items.newest(cat, limit=5) == (
        ItemCard(
            id=entry.item.id,
            title="A title",
            date="1893",
            collection="Unsorted",
            pages=2,
            first_page_id=first.id,
            first_image_id=f"{first.id}.1",
            state=AccessState.PUBLISHED,
            added=entry.at,
        ),
    )
    assert list(items.all_copies(cat)) == [
        CopyView(item_id=entry.item.id, store=store, file=file, last_read=entry.at, outcome=FixityOutcome.INTACT)
        for store in ("copy", "s3")
        for file in entry.files
    ]
