"""The inbox: a folder is checked once it is quiet, and its card tells what was found."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from catalog import batches
from core.settings import Settings
from workflow.inbox import QUIET_SECONDS, look
from workflow.workshop import Workshop

MakeBatch = Callable[..., Path]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "inbox").mkdir()
    return Settings(home=tmp_path / "home", inbox=tmp_path / "inbox", workers=2, stores="copy=file:")


def cards(shop: Workshop) -> list[tuple[str, str, int, int]]:
    return [(card.name, card.state, card.items, card.pages) for card in batches.inbox(shop.catalog)]


def test_a_folder_settles_is_checked_and_is_forgotten_when_it_goes(
    shop: Workshop, make_batch: MakeBatch, tmp_path: Path
) -> None:
    place = tmp_path / "inbox" / "letters"
    shutil.copytree(make_batch(), place)
    seen: dict[str, tuple[str, float]] = {}
    look(shop, seen, now=0.0)
    assert cards(shop) == [("letters", "settling", 0, 0)]
    look(shop, seen, now=QUIET_SECONDS / 2)
    assert cards(shop) == [("letters", "settling", 0, 0)]
    look(shop, seen, now=QUIET_SECONDS + 1)
    assert cards(shop) == [("letters", "checked", 1, 2)]
    (place / "letter" / "0003.tif").write_bytes(b"still being written")
    look(shop, seen, now=QUIET_SECONDS + 2)
    assert cards(shop) == [("letters", "settling", 0, 0)]
    shutil.rmtree(place)
    look(shop, seen, now=QUIET_SECONDS + 3)
    assert cards(shop) == []


def test_a_folder_that_is_no_batch_says_why(shop: Workshop, tmp_path: Path) -> None:
    (tmp_path / "inbox" / "empty").mkdir()
    seen: dict[str, tuple[str, float]] = {}
    look(shop, seen, now=0.0)
    look(shop, seen, now=QUIET_SECONDS + 1)
    (card,) = batches.inbox(shop.catalog)
    assert (card.state, card.items) == ("checked", 0)
    assert card.sentence.endswith(".")


def test_a_name_that_cannot_be_kept_is_told_and_stops_nothing(
    shop: Workshop, make_batch: MakeBatch, tmp_path: Path
) -> None:
    (tmp_path / "inbox" / os.fsdecode(b"caf\xe9")).mkdir()
    shutil.copytree(make_batch(), tmp_path / "inbox" / "letters")
    seen: dict[str, tuple[str, float]] = {}
    look(shop, seen, now=0.0)
    look(shop, seen, now=QUIET_SECONDS + 1)
    strange, letters = batches.inbox(shop.catalog)
    assert "rename it" in strange.sentence
    assert (letters.name, letters.state) == ("letters", "checked")
