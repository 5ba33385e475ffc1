"""The archivist's and the researcher's road in a real browser on a running installation."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

pytestmark = [pytest.mark.services, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

WORD = "Bathymetry"  # stands on page 3 of the newspaper, and nowhere else
AIR = 6  # pixels of the scan between a word and its mark


@pytest.fixture(scope="module")
def newspaper(running: Any, samples: Path) -> str:
    """The id of the sample newspaper, which is in already unless somebody took the samples out."""
    return str(running.ingest(samples)["campus-echo-1920-05-14"]["id"])


def word_in_alto(running: Any, item: str, page_id: str) -> list[int]:
    """Left, top, width and height of the word as the page's ALTO has it."""
    root = etree.fromstring(running.get(f"/items/{item}/pages/{page_id}/alto.xml").body)
    (found,) = (one for one in root.iter("{*}String") if one.get("CONTENT") == WORD)
    return [int(float(found.get(name) or "nan")) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT")]


def assert_framed(marked: list[float], word: list[int]) -> None:
    """The mark lies around the word's box with a little air on each side."""
    (x, y, width, height), (left, top, across, down) = marked, word
    air = [left - x, top - y, x + width - left - across, y + height - top - down]
    assert [side for side in air if not 0 <= side <= AIR] == [], (marked, word)


def test_a_word_is_found_and_marked_on_its_page(running: Any, page: Any, newspaper: str) -> None:
    manifest = running.get(f"/iiif/presentation/3/{newspaper}/manifest").json
    third = manifest["items"][2]["id"].rpartition("/")[2]
    page.goto(f"{running.url}/")
    page.fill("#q", WORD.lower())
    page.keyboard.press("Enter")
    page.click("text=Page 3")
    page.wait_for_url(f"**/items/{newspaper}/pages/{third}?q={WORD.lower()}")
    page.wait_for_selector(".deep .openseadragon-canvas rect.hit")
    mark = page.locator("rect.hit")
    assert mark.count() == 1
    marked = [float(mark.get_attribute(name)) for name in ("x", "y", "width", "height")]
    assert_framed(marked, word_in_alto(running, newspaper, third))
    page.wait_for_load_state("networkidle")
    shown, scan = mark.bounding_box(), page.locator(".deep").bounding_box()
    assert scan["x"] <= shown["x"] <= shown["x"] + shown["width"] <= scan["x"] + scan["width"]
    assert scan["y"] <= shown["y"] <= shown["y"] + shown["height"] <= scan["y"] + scan["height"]
    assert page.inner_text(".page-text mark") == WORD


def test_pages_are_turned_by_keys_and_read_without_scripts(
    running: Any, page: Any, browser: Any, newspaper: str
) -> None:
    ids = [
        one["id"].rpartition("/")[2] for one in running.get(f"/iiif/presentation/3/{newspaper}/manifest").json["items"]
    ]
    page.goto(f"{running.url}/items/{newspaper}")
    page.wait_for_selector(".tools:not([hidden])")
    for expected in ids[1:]:
        page.keyboard.press("ArrowRight")
        page.wait_for_url(f"**/pages/{expected}")
        page.wait_for_selector(".tools:not([hidden])")
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(f"{running.url}/items/{newspaper}/pages/3")
    assert WORD in plain.inner_text(".page-text")
    context.close()


def log_in(page: Any, running: Any, password: str) -> None:
    page.goto(f"{running.url}/inbox")
    page.fill("#name", "admin")
    page.fill("#password", password)
    page.click(".login button")
    page.wait_for_url("**/inbox")


def drop(folder: Path, inbox: Path) -> None:
    """Copies a folder as a person does: it is complete only some time after it appeared."""
    arriving = inbox / f".{folder.name}"
    shutil.copytree(folder, arriving)
    arriving.rename(inbox / folder.name)


def test_an_archivist_drops_queues_watches_and_publishes(
    running: Any, page: Any, browser: Any, password: str, make_batch: Callable[..., Path]
) -> None:
    folder = make_batch("autumn", {"letter": ["Harvest Home", "Golden Leaves"], "card": ["Quinces Ripen"]})
    (folder / "empty").mkdir()
    (folder / "empty" / "0001.tif").write_bytes(b"")
    log_in(page, running, password)
    drop(folder, running.home / "inbox")
    card = page.locator("article.batch-card", has_text="autumn")
    card.locator("button.primary").wait_for()
    told = card.inner_text()
    assert "3 items" in told
    assert "English" in told
    assert '"0001.tif"' in told
    card.locator("button.primary").click()
    page.wait_for_url("**/batches/*")
    batch = page.url.rpartition("/")[2]
    page.click("button:has-text('Publish 2 items')")
    page.locator("p.state.good").nth(1).wait_for()
    jobs = {job["item"]: job for job in running.cli("status", batch, "--json").json["batches"][0]["jobs"]}
    states = {name: job["state"] for name, job in jobs.items()}
    assert states == {"letter": "published", "card": "published", "empty": "refused"}
    context = browser.new_context()
    stranger = context.new_page()
    stranger.goto(f"{running.url}/search?q=quinces")
    assert stranger.locator(f"a[href*='{jobs['card']['id']}']").count() > 0
    context.close()
    assert json.loads((running.home / "run.json").read_text())["pid"] == running.process.pid
