"""A store is known by its id, and since when it is as it is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from catalog import known_stores
from catalog.database import Catalog
from catalog.fixity_values import KnownStore

NOON = datetime(2025, 11, 21, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_state_is_dated_from_when_it_began(cat: Catalog) -> None:
    well = KnownStore(name="s3", store_id="one", state="well", since=NOON)
    assert (known_stores.get(cat, "s3"), known_stores.listing(cat)) == (None, ())
    assert known_stores.note(cat, well) == well
    assert known_stores.note(cat, replace(well, since=NOON + HOUR, sentence="Fine.")) == replace(well, sentence="Fine.")
    away = replace(well, state="away", since=NOON + 2 * HOUR, sentence="It does not answer.")
    assert known_stores.note(cat, away) == away
    another = replace(away, store_id="two", since=NOON + 3 * HOUR)
    assert known_stores.note(cat, another) == another
    first = known_stores.note(cat, replace(well, name="copy"))
    assert known_stores.listing(cat) == (first, another)
    assert known_stores.get(cat, "s3") == another
