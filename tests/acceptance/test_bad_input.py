"""Damaged, hostile, misnamed and unusual files among good ones: each ends as it should, and costs what it may."""

import csv
import hashlib
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from workflow.processes import parent_of

pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.scans, pytest.mark.timeout(1500)]

MEGABYTES, SECONDS = 1500, 60
GOOD = ("good-first", "good-middle", "good-last")


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of the batch: its answer by item, its folder, the peaks of memory, and what was left running."""

    status: int
    items: dict[str, Any]
    folder: Path
    peaks: dict[str, float]
    said: str
    before: dict[str, str]
    left: set[int]


def rows(shared_data: Path) -> list[dict[str, str]]:
    with (shared_data / "bad/manifest.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def ended(
    running: Any, shared_data: Path, tmp_path_factory: pytest.TempPathFactory, describe_batch: Any, tree: Any
) -> Ended:
    """All bad files, each as an item of its own, with three good items among them."""
    folder = tmp_path_factory.mktemp("bad") / "bad"
    names = sorted(row["file"] for row in rows(shared_data))
    for name in names:
        (folder / name).mkdir(parents=True)
        shutil.copyfile(shared_data / "bad" / name, folder / name / name)
    scans = shared_data / "scans/books/boy-apprenticed-1920"
    good = dict(
        zip(
            GOOD,
            (scans / "0001.tif", scans / "0002.tif", shared_data / "scans/books/abroad-1882/0001.jpg"),
            strict=True,
        )
    )
    for item, page in good.items():
        (folder / item).mkdir()
        shutil.copyfile(page, folder / item / page.name)
    order = [GOOD[0], *names[:17], GOOD[1], *names[17:], GOOD[2]]
    describe_batch(folder, {item: f"About {item}" for item in order})
    before, services = tree(folder), set(running.processes())
    with running.memory() as peaks:
        said = running.cli("ingest", folder, "--wait", "--publish", "--json")
    left = running.until(lambda: _calm(running, services), 60, "calm again")
    items = {item["item"]: item for item in said.json["items"]}
    assert list(items) == order
    return Ended(said.status, items, folder, peaks, said.out + said.err, before, left - services)


def _calm(running: Any, services: set[int]) -> set[int]:
    """The processes, once none but the services is there (one that looks into the inbox keeps page processes)."""
    commands = running.processes()
    kept = {pid for pid, command in commands.items() if "workflow.page" in command and parent_of(pid) in services}
    return set(commands) - kept if set(commands) - kept <= services else set()


def outcome(item: dict[str, Any]) -> str:
    """What the item's state and problems come to, in the words of the list of bad files."""
    if item["state"] == "refused":
        return "reject"
    assert item["state"] == "published", item
    return "warn" if [one for one in item["problems"] if not one["code"].startswith("metadata-")] else "accept"


def test_each_bad_file_ends_as_it_should(ended: Ended, shared_data: Path) -> None:
    listed = rows(shared_data)
    assert len(listed) == 35
    found = {row["file"]: outcome(ended.items[row["file"]]) for row in listed}
    wrong = {
        row["file"]: (found[row["file"]], row["expect"], row["also_ok"], ended.items[row["file"]]["problems"])
        for row in listed
        if found[row["file"]] not in (row["expect"], row["also_ok"])
    }
    assert wrong == {}
    assert ended.status == 1


def test_each_refusal_is_one_plain_sentence_that_names_the_file(ended: Ended) -> None:
    refused = {name: item for name, item in ended.items.items() if item["state"] == "refused"}
    assert refused
    for name, item in refused.items():
        sentences = [one["sentence"] for one in item["problems"] if one["severity"] == "error"]
        assert len(sentences) == 1, sentences
        assert f'"{name}"' in sentences[0]
        assert sentences[0].endswith(".")
        assert len(sentences[0]) < 400
        assert [part for part in ("0x", "Error", "errno", "/tmp", "\n") if part in sentences[0]] == []
        assert item["manifest"] is None


def test_the_good_items_are_published(ended: Ended, running: Any) -> None:
    assert [ended.items[item]["state"] for item in GOOD] == ["published"] * 3
    assert [running.get(f"/items/{ended.items[item]['id']}").status for item in GOOD] == [200] * 3


def test_the_originals_are_untouched(ended: Ended, shared_data: Path, tree: Callable[[Path], dict[str, str]]) -> None:
    assert tree(ended.folder) == ended.before
    for row in rows(shared_data):
        copy = ended.folder / row["file"] / row["file"]
        assert hashlib.sha256(copy.read_bytes()).hexdigest() == row["sha256"]


def test_nothing_costs_more_than_it_may(ended: Ended, running: Any) -> None:
    assert len(ended.peaks) > 3
    assert {name: peak for name, peak in ended.peaks.items() if peak > MEGABYTES} == {}
    with sqlite3.connect(f"file:{running.home / 'catalog.db'}?mode=ro", uri=True) as catalog:
        slow = catalog.execute("SELECT folder, number, seconds FROM job_pages WHERE seconds > ?", [SECONDS]).fetchall()
    catalog.close()
    assert [page for page in slow if page[0] in ended.items] == []


def test_nothing_is_left_running(ended: Ended) -> None:
    assert ended.left == set()


def test_no_traceback_reaches_a_person(ended: Ended, running: Any) -> None:
    assert "Traceback" not in ended.said
    assert "Traceback" not in running.log
    (batch,) = [one["batch"] for one in running.cli("status", "--json").json["batches"] if one["name"] == "bad"]
    shown = running.cli("status", batch)
    assert shown.status == 0
    assert all(name in shown.out for name in ended.items)


def test_what_came_in_is_shown_upright_and_whole(ended: Ended, running: Any) -> None:
    sizes = {}
    for name in ("rotated-by-exif.jpg", "orientation-5-g4.tif", "total-pages-zero.tif", "five-pages-errors.tif"):
        manifest = running.get(f"/iiif/presentation/3/{ended.items[name]['id']}/manifest").json
        sizes[name] = [(canvas["width"], canvas["height"]) for canvas in manifest["items"]]
    width, height = sizes["rotated-by-exif.jpg"][0]
    assert width > height
    assert [len(sizes[name]) for name in ("total-pages-zero.tif", "five-pages-errors.tif")] == [3, 5]
