"""Safe to repeat: the same again changes nothing, and whatever is killed in the middle is finished without a word."""

import json
import os
import signal
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from catalog import batches
from catalog.database import open_catalog
from catalog.values import BatchView
from ocr.models import find_program

pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.timeout(1200)]

MakeBatch = Callable[..., Path]
# Slow enough that there is a middle in which something can be killed; the pages are read by the real program.
SLOW = """#!{python} -S
import os, sys, time
if len(sys.argv) > 2 and os.path.isfile(sys.argv[1]):
    time.sleep(3)
os.execv({real!r}, [{real!r}, *sys.argv[1:]])
"""


def letters(name: str) -> dict[str, list[str]]:
    """Four items of three pages, of which no other batch has the same."""
    return {f"letter-{one}": [f"{name} {one} Page {page}" for page in (1, 2, 3)] for one in range(4)}


@pytest.fixture(scope="module")
def mortal(
    make_muniment: Any, leave_nobody: Callable[[Any], None], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """An installation whose parts are killed, one after another."""
    folder = tmp_path_factory.mktemp("mortal")
    slow = folder / "tesseract"
    slow.write_text(SLOW.format(python=sys.executable, real=str(find_program())))
    slow.chmod(slow.stat().st_mode | stat.S_IXUSR)
    dead = dict.fromkeys(("http_proxy", "HTTP_PROXY"), "http://127.0.0.1:9")  # our own services are not its business
    made = make_muniment(folder / "home", MUNIMENT_TESSERACT=str(slow), **dead)
    try:
        made.start()
        yield made
        made.stop()
    finally:
        leave_nobody(made)


def heads(running: Any, item: str) -> dict[str, str]:
    """The newest version of an item in the folder store and in the object store, as exported from each."""
    inventories = (running.home / "copy/ocfl").rglob("inventory.json")
    roots = [path for path in inventories if not path.parent.name.startswith("v")]
    return {
        found["id"]: found["head"] for path in roots if (found := json.loads(path.read_text()))["id"].endswith(item)
    }


def test_the_same_batch_again_changes_nothing(running: Any, make_batch: MakeBatch, kept: Any) -> None:
    folder = make_batch("again", {"letter": ["Once Only"], "note": ["Also Once"]})
    first, before = running.ingest(folder), kept(running)
    second = running.ingest(folder)
    assert second == first
    assert kept(running) == before


def test_a_draft_that_comes_again_to_be_published_is_published(running: Any, make_batch: MakeBatch) -> None:
    folder = make_batch("hesitant", {"letter": ["Wait For It"]})
    (draft,) = running.cli("ingest", folder, "--wait", "--json").json["items"]
    assert (draft["state"], running.get(f"/items/{draft['id']}").status) == ("awaiting", 404)
    published = running.ingest(folder)["letter"]
    assert published == {**draft, "state": "published"}
    assert running.get(f"/items/{draft['id']}").status == 200


def test_a_changed_title_is_refused_until_a_new_version_is_asked_for(
    running: Any, make_batch: MakeBatch, kept: Any, tmp_path: Path
) -> None:
    pages = {"letter": ["A Changing Title"]}
    first = running.ingest(make_batch("renamed", pages, letter="The first title"))["letter"]
    changed, before = make_batch("renamed", pages, letter="The second title"), kept(running)
    refused = running.cli("ingest", changed, "--wait", "--publish", "--json")
    (item,) = refused.json["items"]
    assert (refused.status, item["state"], item["id"]) == (1, "refused", None)
    assert [problem["code"] for problem in item["problems"]] == ["already-held"]
    assert "The first title" in item["problems"][0]["sentence"]
    assert kept(running) == before
    renewed = running.ingest(changed, "--new-version")["letter"]
    assert (renewed["id"], renewed["manifest"]) == (first["id"], first["manifest"])
    assert list(heads(running, first["id"]).values()) == ["v2"]
    running.cli("export", first["id"], tmp_path / "object", "--as", "ocfl")
    assert json.loads((tmp_path / "object/inventory.json").read_text())["head"] == "v2"
    assert running.get(first["manifest"]).json["label"] == {"en": ["The second title"]}
    assert running.cli("audit", "--all", "--json").status == 0


def queued(mortal: Any, folder: Path) -> str:
    """The id of a batch of which at least one page has been read, but not all."""
    said = mortal.cli("ingest", folder, "--publish", "--json")
    assert said.status == 0, said.out
    batch = str(said.json["batch"])
    view = mortal.until(lambda: _begun(mortal, batch), 180, "in the middle of the batch")
    assert view["pages_done"] < view["pages"]
    return batch


def _begun(mortal: Any, batch: str) -> Any:
    return state(mortal, batch) if watched(mortal, batch).pages_done else None


def state(mortal: Any, batch: str) -> dict[str, Any]:
    (view,) = mortal.cli("status", batch, "--json").json["batches"]
    return dict(view)


def watched(mortal: Any, batch: str) -> BatchView:
    """How the batch is, out of the catalogue: asking a program each time would take a core from those who work."""
    catalog = open_catalog(f"sqlite:///{mortal.home / 'catalog.db'}")
    try:
        view = batches.get(catalog, batch)
    finally:
        catalog.close()
    assert view is not None
    return view


def assert_whole(mortal: Any, batch: str, folder: Path) -> None:
    """The batch ends by itself, every item is there once, and every byte is intact."""
    view = mortal.until(lambda: _ended(mortal, batch), 300, "at the end of the batch")
    told = [view[key] for key in ("state", "items", "pages", "pages_done", "problems")]
    assert told == ["done", 4, 12, 12, 0], view
    assert {job["state"] for job in view["jobs"]} == {"published"}
    ids = {job["item"]: job["id"] for job in view["jobs"]}
    assert len(set(ids.values())) == 4
    assert [list(heads(mortal, item).values()) for item in ids.values()] == [["v1"]] * 4
    assert [len(mortal.get(f"/iiif/presentation/3/{item}/manifest").json["items"]) for item in ids.values()] == [3] * 4
    again = mortal.ingest(folder)
    assert {name: item["id"] for name, item in again.items()} == ids
    audit = mortal.cli("audit", "--all", "--json")
    assert (audit.status, audit.json["alerts"], audit.json["unexpected"]) == (0, [], 0)
    assert [path for path in (mortal.home / "work").iterdir() if path.name in ids.values()] == []


def _ended(mortal: Any, batch: str) -> Any:
    return state(mortal, batch) if watched(mortal, batch).state in ("done", "failed") else None


def test_a_power_cut_in_the_middle_loses_nothing(mortal: Any, make_batch: MakeBatch) -> None:
    folder = make_batch("power-cut", letters("power-cut"))
    batch = queued(mortal, folder)
    mortal.kill()
    mortal.start()
    assert_whole(mortal, batch, folder)


def test_a_batch_whose_process_was_killed_is_taken_up_again(mortal: Any, make_batch: MakeBatch) -> None:
    folder = make_batch("killed", letters("killed"))
    batch = queued(mortal, folder)
    (lease,) = (path for path in (mortal.home / "leases").iterdir() if path.stem == batch)
    working = int(lease.read_text())
    assert working in mortal.processes()
    assert working not in {mortal.service(name) for name in json.loads((mortal.home / "run.json").read_text())["pids"]}
    os.kill(working, signal.SIGKILL)
    assert_whole(mortal, batch, folder)


def test_an_object_store_that_was_killed_comes_back(mortal: Any, make_batch: MakeBatch) -> None:
    folder = make_batch("store-killed", letters("store-killed"))
    killed = mortal.service("object-store")
    batch = queued(mortal, folder)
    os.kill(killed, signal.SIGKILL)
    mortal.until(lambda: mortal.service("object-store") != killed, 60, "started again")
    assert_whole(mortal, batch, folder)
    assert mortal.get("/healthz").status == 200


@pytest.mark.parametrize("service", ["worker", "viewer", "prefect"])
def test_every_other_service_comes_back_too(mortal: Any, make_batch: MakeBatch, service: str) -> None:
    folder = make_batch(f"{service}-killed", letters(f"{service}-killed"))
    killed = mortal.service(service)
    batch = queued(mortal, folder)
    os.kill(killed, signal.SIGKILL)
    mortal.until(lambda: mortal.service(service) != killed, 60, "started again")
    mortal.until(lambda: mortal.get("/healthz").status == 200 if service != "viewer" else True, 120, "healthy again")
    mortal.until(lambda: _answers(mortal), 60, "answering")
    assert_whole(mortal, batch, folder)


def _answers(mortal: Any) -> bool:
    try:
        return bool(mortal.get("/healthz").status == 200)
    except OSError:
        return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_repeated_signal_to_the_whole_group_is_a_clean_stop(
    mortal: Any, make_batch: MakeBatch, number: signal.Signals
) -> None:
    folder = make_batch(f"stopped-{number.name}", letters(number.name))
    batch = queued(mortal, folder)
    for _ in range(3):
        os.killpg(mortal.process.pid, number)
    mortal.stop()
    mortal.start()
    assert_whole(mortal, batch, folder)
