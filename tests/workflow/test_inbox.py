"""The inbox: a folder is checked once it is quiet, and its card tells what was found."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from catalog import batches
from core.settings import Settings
from workflow import runfile, statuses
from workflow.doors import Doors
from workflow.inbox import QUIET_SECONDS, look
from workflow.processes import birth
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


def test_a_folder_that_cannot_be_read_says_so_and_stops_nothing(
    shop: Workshop, make_batch: MakeBatch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("closed", "letters"):
        shutil.copytree(make_batch(), tmp_path / "inbox" / name)
    lstat = Path.lstat

    def shut(path: Path) -> os.stat_result:
        if "closed" in path.parent.parts:
            raise PermissionError(13, "Permission denied", str(path))
        return lstat(path)

    seen: dict[str, tuple[str, float]] = {}
    with monkeypatch.context() as closed:
        closed.setattr(Path, "lstat", shut)
        look(shop, seen, now=0.0)
        look(shop, seen, now=QUIET_SECONDS + 1)
    assert cards(shop) == [("closed", "checked", 0, 0), ("letters", "checked", 1, 2)]
    assert [card.sentence for card in batches.inbox(shop.catalog)] == [
        'The folder "closed" cannot be read (Permission denied): check its permissions, then it is checked.',
        "",
    ]
    # Once it can be read it settles and is checked like any other.
    look(shop, seen, now=QUIET_SECONDS + 2)
    look(shop, seen, now=2 * QUIET_SECONDS + 3)
    assert cards(shop) == [("closed", "checked", 1, 2), ("letters", "checked", 1, 2)]


def test_a_folder_that_is_queued_while_prefect_is_away_has_its_batch_on_its_card(
    shop: Workshop, make_batch: MakeBatch, tmp_path: Path
) -> None:
    place = tmp_path / "inbox" / "letters"
    shutil.copytree(make_batch(), place)
    look(shop, {}, now=0.0)
    pid = os.getpid()
    # Nobody listens at this address.
    away = runfile.RunFile(pid=pid, born=birth(pid) or "", viewer="", prefect_api="http://127.0.0.1:9/api", s3=None)
    runfile.write(shop.home, away)
    batch_id = Doors(shop).queue(str(place), publish=False, new_version=True, agent="anna")
    (card,) = batches.inbox(shop.catalog)
    assert (card.state, card.batch_id) == ("queued", batch_id)
    (view,) = batches.unfinished(shop.catalog)
    assert (view.id, view.state, view.attempt, view.new_version) == (batch_id, "queued", 1, True)


def test_status_shows_the_newest_batches_and_all_that_are_not_finished(shop: Workshop) -> None:
    made = [
        batches.create(shop.catalog, name=str(at), path="/b", publish=False, new_version=False, agent="k")
        for at in range(53)
    ]
    for batch_id in made[1:]:
        batches.finish(shop.catalog, batch_id, state="done")
    oldest_first = [view.id for view in reversed(batches.listing(shop.catalog, limit=53))]
    found = statuses.status_json(shop)
    assert [batch["batch"] for batch in found["batches"]] == [*reversed(oldest_first[3:]), made[0]]
    said: list[str] = []
    statuses.print_status(found, said.append)
    assert said[-1] == "2 older batches are not shown: the list of batches in the viewer has them all."
    assert len(said) == 52
    alone = statuses.status_json(shop, made[0])
    assert alone.keys() == {"batches", "alarms"}
