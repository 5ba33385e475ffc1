"""Access copies stay within their limit: the longest unused go first, and come back when they are asked for."""

import os
import time
from pathlib import Path
from typing import Any

import pytest

from catalog import items
from core.settings import Settings
from workflow import rederiving, thinning
from workflow.making import DONE
from workflow.page import ACCESS, THUMBNAIL
from workflow.workshop import Workshop


@pytest.fixture
def copies(kept: Any) -> list[Path]:
    """The folders of three pages, the longest unused first."""
    found = []
    for age, name in enumerate(("draft", "published", "staff")):
        view = items.get(kept.shop.catalog, kept.ids[name])
        assert view is not None
        folder = kept.shop.home.derived_folder(view.derived[view.item.pages[0].id])
        long_ago = time.time() - thinning.GRACE_SECONDS * (9 - age)
        os.utime(folder / DONE, (long_ago, long_ago))
        found.append(folder)
    return found


def limited(kept: Any, gigabytes: float) -> Workshop:
    """The same house with this limit."""
    given: Settings = kept.shop.settings
    return Workshop(given.model_copy(update={"access_gb": gigabytes}))


def total(kept: Any) -> int:
    """Bytes of all access copies."""
    return sum(path.stat().st_size for path in kept.shop.home.derived.rglob(ACCESS))


def there(copies: list[Path]) -> list[bool]:
    return [(folder / ACCESS).exists() for folder in copies]


def test_without_a_limit_everything_stays(kept: Any, copies: list[Path]) -> None:
    assert (thinning.thin(limited(kept, 0)), there(copies)) == (0, [True, True, True])


def test_the_longest_unused_go_until_the_rest_fits(kept: Any, copies: list[Path]) -> None:
    shop = limited(kept, (total(kept) - 1) / 1e9)
    assert (thinning.thin(shop), there(copies)) == (1, [False, True, True])
    assert (thinning.thin(shop), there(copies)) == (0, [False, True, True])
    assert all((copies[0] / name).exists() for name in (DONE, THUMBNAIL, "alto.xml"))


def test_what_was_used_within_a_day_stays(kept: Any, copies: list[Path]) -> None:
    os.utime(copies[1] / DONE)
    shop = limited(kept, 1e-9)
    others = {path for path in kept.shop.home.derived.rglob(ACCESS) if path.parent not in copies}
    thinning.thin(shop)
    assert there(copies) == [False, True, False]
    assert all(path.exists() for path in others)  # made just now


def test_the_copy_of_an_item_on_its_way_in_stays(kept: Any, copies: list[Path]) -> None:
    items.remove(kept.shop.catalog, kept.ids["draft"])
    thinning.thin(limited(kept, 1e-9))
    assert there(copies) == [True, False, False]


def test_what_was_taken_away_comes_back_when_it_is_asked_for(kept: Any, copies: list[Path]) -> None:
    before = (copies[0] / ACCESS).read_bytes()
    thinning.thin(limited(kept, (total(kept) - 1) / 1e9))
    rederiving.ask(kept.shop.home, kept.ids["draft"], copies[0].name)
    rederiving.make_wanted(kept.shop)
    assert (copies[0] / ACCESS).read_bytes() == before
    assert rederiving.is_whole(copies[0])
    shop = limited(kept, (total(kept) - 1) / 1e9)
    assert (thinning.thin(shop), there(copies)) == (1, [True, False, True])
