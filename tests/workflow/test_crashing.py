"""Killed at every step boundary, once each: what comes out is what an undisturbed run leaves."""

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont

from catalog import audits, chain, items
from catalog.fixity_values import DueCopy
from core.item import AccessState
from core.settings import Settings
from fixity.chain import verify
from storage.layout import object_id
from storage.ocfl import read_inventory
from storage.validator import verify_object
from workflow import crashing, intents
from workflow.workshop import Workshop

# Whoever dies after an item's commit point leaves it to be adopted, so that each later step needs an item of its own.
NAMES = [f"letter-{number:02d}" for number in range(12)]
CC0 = "http://creativecommons.org/publicdomain/zero/1.0/"
SCRIPT = Path(__file__).with_name("crash_road.py")
VOLATILE = ("premis.xml", "mets.xml")


@dataclass
class Road:
    """An installation of its own with two required stores and one that is caught up later."""

    place: Path

    @property
    def home(self) -> Path:
        return self.place / "home"

    @property
    def stores(self) -> str:
        return f"one=file:{self.place}/one;two=file:{self.place}/two;three=file:{self.place}/three?role=later"

    def walk(self, phase: str, folder: Path, *, crash_at: str = "", tries: int = 200) -> tuple[int, set[str]]:
        """How many processes died on this stretch, and at which steps."""
        before = set(self.marks())
        ours = {"ROAD_STORES": self.stores, "ROAD_TRIES": str(tries), crashing.CRASH_AT: crash_at}
        done = subprocess.run(
            [sys.executable, str(SCRIPT), str(self.home), phase, str(folder)],
            env={**os.environ, **ours, "MUNIMENT_HOME": str(self.home)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return int(done.stdout), set(self.marks()) - before

    def marks(self) -> list[str]:
        folder = self.home / crashing.MARKS
        return [path.name for path in folder.iterdir()] if folder.exists() else []

    def shop(self) -> Workshop:
        return Workshop(Settings(home=self.home, workers=1, stores=self.stores))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Road, Path]:
    """An installation that has done all that comes before the first byte in a store, and its drop folder."""
    place = tmp_path_factory.mktemp("prepared")
    folder, road = place / "batch", Road(place / "road")
    for number, name in enumerate(NAMES):
        page = Image.new("L", (300, 120), 250)
        ImageDraw.Draw(page).text((20, 30), f"Dear {number}", font=ImageFont.load_default(size=40), fill=10)
        (folder / name).mkdir(parents=True)
        page.save(folder / name / "0001.tif", dpi=(300, 300))
    describe(folder, NAMES, "Letter")
    road.place.mkdir()
    road.walk("prepare", folder)
    return road, folder


def describe(folder: Path, names: Sequence[str], title: str) -> None:
    """Writes the table of the drop folder; the first and the last item are to be read, and so wait in the store."""
    with (folder / "metadata.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["item", "dc.identifier", "dc.title", "dc.language", "dc.type", "dc.rights"])
        for name in names:
            kind = "Text" if name in (NAMES[0], NAMES[-1]) else "StillImage"
            rows.writerow([name, f"id-{name}", f"{title} {name}", "en", kind, CC0])


@pytest.fixture
def roads(request: Any, prepared: tuple[Road, Path], tmp_path: Path) -> Iterator[tuple[Road, Road, Path]]:
    """Two installations with the same ids and nothing in their stores, and a delivery of so many items.

    One is left in peace, the other is not.
    """
    (before, delivery), names, folder = prepared, NAMES[: request.param], tmp_path / "batch"
    for name in names:
        shutil.copytree(delivery / name, folder / name)
    describe(folder, names, "Letter")
    quiet, rough = Road(tmp_path / "quiet"), Road(tmp_path / "rough")
    for road in (quiet, rough):
        shutil.copytree(before.place, road.place)
    yield quiet, rough, folder
    for road in (quiet, rough):
        road.walk("recover", folder)
        assert_whole(road)


def assert_whole(road: Road) -> None:
    """Every object is valid and once there, alike in all stores that have it; the chain tells of each copy."""
    shop = road.shop()
    assert verify(chain.events(shop.catalog)) is None
    assert intents.unfinished(shop.home) == ()
    assert list(shop.home.work.iterdir()) == []
    for item in ids(shop):
        for store in shop.stores:
            if read_inventory(store, object_id(item)):
                assert verify_object(store, object_id(item)) == ()
                held = audits.of_item(shop.catalog, item, store.name)
                assert {copy.key for copy in held} == {one.key for one in store.listing("ocfl/") if item in one.key}
                assert all(_told(shop, copy) for copy in held)
        assert not list(shop.stores[0].listing(f"stage/{item}/"))
    shop.catalog.close()


def _told(shop: Workshop, copy: DueCopy) -> bool:
    event = chain.get(shop.catalog, copy.event or 0)
    row = [copy.logical, copy.key, copy.size, copy.sha512, copy.sha256]
    return event is not None and row in event.deed.facts["files"]


def ids(shop: Workshop) -> list[str]:
    return sorted(card.id for card in items.newest(shop.catalog, limit=100, public_only=False))


def contents(road: Road) -> dict[str, object]:
    """By item: its state in the catalogue, and the head and the lasting files of every store."""
    shop = road.shop()
    found: dict[str, object] = {}
    for item in ids(shop):
        view = items.get(shop.catalog, item)
        assert view is not None
        found[item] = (view.version, view.item.access.state, view.waiting, [_stored(shop, n, item) for n in range(3)])
    shop.catalog.close()
    return found


def _stored(shop: Workshop, number: int, item: str) -> object:
    inventory = read_inventory(shop.stores[number], object_id(item))
    if inventory is None:
        return None
    lasting = {name: digest for name, digest in inventory.state().items() if name not in VOLATILE}
    if inventory.head > 2:
        lasting.pop("metadata/access.json")  # it says when it was withdrawn
    return inventory.head, lasting


def deeds(road: Road) -> dict[str, int]:
    """How often each kind of event about an item stands in the chain."""
    shop = road.shop()
    found: dict[str, int] = {}
    for event in chain.events(shop.catalog):
        if event.deed.item:
            found[event.deed.kind] = found.get(event.deed.kind, 0) + 1
    shop.catalog.close()
    return found


@pytest.mark.parametrize("roads", [len(NAMES)], indirect=True)
def test_a_delivery_comes_in_whole_and_once_whatever_step_is_the_last(roads: tuple[Road, Road, Path]) -> None:
    quiet, rough, folder = roads
    assert quiet.walk("deliver", folder) == (0, set())
    died, steps = rough.walk("deliver", folder, crash_at="*")
    assert len(steps) / 2 < died <= len(steps)  # files are written by several threads, which may die together
    assert steps >= {
        "store.laid-out",
        "store.planted",
        "store.recorded",
        "reserve.done",
        "stage.begun",
        "one.put_file.stage.before",
        "one.put_file.stage.after",
        "stage.done",
        "shelve.adopted",
        "commit.packed",
        "commit.intended",
        "one.put_bytes.declaration.after",
        "one.copy.content.before",
        "one.copy.content.after",
        "one.put_bytes.claim.before",
        "one.put_bytes.claim.after",
        "one.replace.claim-sidecar.before",
        "one.replace.root.before",
        "one.replace.root.after",
        "one.replace.root-sidecar.before",
        "one.barrier.all.before",
        "commit.committed",
        "two.put_file.content.before",
        "two.replace.claim.after",
        "two.replace.root.before",
        "two.replace.root.after",
        "two.barrier.all.after",
        "commit.copied",
        "shelve.stored",
        "shelve.manifest",
        "shelve.saved",
        "shelve.known",
        "one.delete.stage.before",
    }
    assert contents(rough) == contents(quiet)
    assert deeds(rough) == deeds(quiet)


@pytest.mark.parametrize("roads", [8], indirect=True)
def test_a_changed_delivery_a_withdrawal_and_a_store_that_is_caught_up_are_finished_too(
    roads: tuple[Road, Road, Path],
) -> None:
    quiet, rough, folder = roads
    for road in (quiet, rough):
        road.walk("deliver", folder)
    describe(folder, [path.name for path in sorted(folder.iterdir()) if path.is_dir()], "Another letter")
    for phase, some in (
        ("deliver", {"commit.committed", "shelve.stored", "adopt.spread", "adopt.manifest", "adopt.saved"}),
        ("withdraw", {"access.asked", "access.hidden", "access.stored", "access.saved"}),
        ("catch_up", {"catch-up.copied", "catch-up.recorded", "three.put_bytes.events.after"}),
    ):
        shutil.rmtree(rough.home / crashing.MARKS, ignore_errors=True)
        assert quiet.walk(phase, folder) == (0, set())
        died, steps = rough.walk(phase, folder, crash_at="*")
        assert len(steps) / 2 < died <= len(steps)
        assert steps >= some
        assert contents(rough) == contents(quiet)
    shop = rough.shop()
    assert {items.get(shop.catalog, item).item.access.state for item in ids(shop)} == {AccessState.WITHDRAWN}  # type: ignore[union-attr]
    shop.catalog.close()


@pytest.mark.parametrize("roads", [2], indirect=True)
@pytest.mark.parametrize("step", ["one.replace.root.after", "two.replace.root.before", "shelve.manifest"])
def test_a_start_finishes_what_was_committed_and_never_known(roads: tuple[Road, Road, Path], step: str) -> None:
    quiet, rough, folder = roads
    quiet.walk("deliver", folder)
    assert rough.walk("deliver", folder, crash_at=step, tries=1) == (1, {step})
    assert contents(rough) == {}
    rough.walk("recover", folder)
    known = contents(rough)
    assert len(known) == 1
    assert known.items() <= contents(quiet).items()
    rough.walk("deliver", folder)
    assert (contents(rough), deeds(rough)) == (contents(quiet), deeds(quiet))
