"""The bare question for an image is answered like the one with all ceremony, and knows of every change at once."""

import threading
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from catalog import items
from catalog.database import Catalog, open_catalog
from catalog.images import glance
from core.errors import CatalogError
from core.item import Access, AccessState

STATES = (
    Access(state=AccessState.PUBLISHED, warning="Names"),
    Access(),
    Access(state=AccessState.STAFF),
    Access(state=AccessState.EMBARGOED, embargo_until=date(2999, 1, 1)),
    Access(state=AccessState.WITHDRAWN, reason="privacy", by="x", at="2026-11-20T10:00:00+00:00"),
)


@pytest.mark.parametrize("waiting", [False, True])
@pytest.mark.parametrize("access", STATES)
def test_a_glance_sees_what_the_full_look_sees(access: Access, waiting: bool, cat: Catalog, make_entry: Any) -> None:
    entry = replace(make_entry(None, access=access), waiting=waiting)
    items.save(cat, entry)
    image_id = entry.item.pages[0].image_id
    found = glance(cat, image_id)
    assert found is not None
    assert found == items.image(cat, image_id)


@pytest.mark.parametrize("image_id", ["", "unknown.1", "' or 1=1 --", "%", "a\x00b", "\udcff", "x" * 10_000])
def test_what_is_no_image_is_none(image_id: str, cat: Catalog, make_entry: Any) -> None:
    items.save(cat, make_entry(None))
    try:
        assert glance(cat, image_id) is None
    except ValueError:  # SQLite takes no text that cannot be encoded
        assert not image_id.isprintable()


def test_a_glance_knows_at_once_what_another_process_wrote(cat: Catalog, place: Path, make_entry: Any) -> None:
    entry = make_entry(None)
    items.save(cat, entry)
    image_id, other = entry.item.pages[0].image_id, open_catalog(f"sqlite:///{place}")
    seen = []
    for access in STATES:
        items.hide(other, entry.item.id, access)
        found = glance(cat, image_id)
        seen.append(found.access if found else None)
    items.remove(other, entry.item.id)
    other.close()
    assert (tuple(seen), glance(cat, image_id)) == (STATES, None)


def test_a_glance_leaves_no_older_state_open(cat: Catalog, make_entry: Any) -> None:
    entry = make_entry(None)
    items.save(cat, entry)
    glance(cat, entry.item.pages[0].image_id)
    items.hide(cat, entry.item.id, Access())
    assert cat.settle()


def test_many_threads_glance_at_once(cat: Catalog, make_entry: Any) -> None:
    entry = make_entry(None)
    items.save(cat, entry)
    found: list[Any] = []
    threads = [
        threading.Thread(target=lambda: found.append(glance(cat, entry.item.pages[0].image_id))) for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [items.image(cat, entry.item.pages[0].image_id)] * 16


def test_a_catalogue_that_cannot_answer_says_so(cat: Catalog, make_entry: Any) -> None:
    with cat.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE pages RENAME TO leaves")
    with pytest.raises(CatalogError):
        glance(cat, "x.1")
