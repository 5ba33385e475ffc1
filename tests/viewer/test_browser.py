"""The viewer in a real browser: marks on the scan, keys, scripts off, the archivist's road, accessibility."""

import io
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from werkzeug.serving import WSGIRequestHandler, make_server

from catalog import audits, batches, cases, items, people
from catalog.database import Catalog, open_catalog
from catalog.fixity_values import Case, CaseKind, CaseState, Run, RunState
from catalog.values import InboxEntry, ItemEntry, JobSeed
from core.item import Access, AccessState
from core.problems import problem
from tests.viewer.deeds import FakeActions
from viewer.app import create_app
from viewer.fixity_actions import Warning

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}


class Quiet(WSGIRequestHandler):
    """Answers without writing a log."""

    def log(self, type: str, message: str, *args: Any) -> None:
        pass


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The application at a free port of this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tools:
        opened = tools.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


@dataclass(slots=True)
class Visit:
    """One browser window, and what it complained about."""

    page: Any
    complaints: list[str]


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Visit]]:
    """Opens windows; at the end none may have complained (scripts that fail, a content policy that was hurt)."""
    contexts, visits = [], []

    def opened(**facts: Any) -> Visit:
        contexts.append(browser.new_context(**{"viewport": DESK, **facts}))
        made = Visit(contexts[-1].new_page(), [])
        made.page.on("console", lambda line: made.complaints.append(line.text) if line.type == "error" else None)
        made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
        visits.append(made)
        return made

    yield opened
    for context in contexts:
        context.close()
    assert [complaint for made in visits for complaint in made.complaints] == []


@pytest.fixture
def house(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address


def darkness(page: Any, box: dict[str, float]) -> list[tuple[int, int]]:
    """Where ink is on the screen in and just around the box: points relative to the box's corner."""
    air = 5
    clip = {
        "x": box["x"] - air,
        "y": box["y"] - air,
        "width": box["width"] + 2 * air,
        "height": box["height"] + 2 * air,
    }
    picture = Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB")
    pixels = picture.load()
    assert pixels is not None
    spots = ((x, y) for x in range(picture.width) for y in range(picture.height))
    # Ink under the marker is still dark in red; the marker's own yellow and its outline are not.
    return [(x - air, y - air) for x, y in spots if pixels[x, y][0] < 130]  # type: ignore[index]


def assert_mark_holds_a_word(page: Any) -> None:
    """The mark on the screen has ink in it that reaches all its sides, and none directly outside."""
    mark = page.locator("rect.hit")
    assert mark.count() == 1
    box = mark.bounding_box()
    ink = darkness(page, box)
    assert len(ink) > 150
    left, right = min(x for x, _ in ink), max(x for x, _ in ink)
    top, bottom = min(y for _, y in ink), max(y for _, y in ink)
    near = 8
    assert 0 <= left <= near
    assert 0 <= top <= near
    assert box["width"] - near <= right <= box["width"]
    assert box["height"] - near <= bottom <= box["height"]


def test_a_word_of_page_three_is_found_and_marked_on_the_scan(
    house: str, visit: Callable[..., Visit], report: Any
) -> None:
    page = visit().page
    page.goto(f"{house}/")
    page.fill("#q", "zephyrine")
    page.keyboard.press("Enter")
    page.click("text=Page 3")
    page.wait_for_url(f"**/items/{report.id}/pages/{report.pages[2].id}?q=zephyrine")
    page.wait_for_selector(".deep .openseadragon-canvas rect.hit")
    page.wait_for_load_state("networkidle")
    page.wait_for_function("document.querySelectorAll('.deep canvas').length > 0")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert_mark_holds_a_word(page)
    assert page.inner_text(".page-text mark") == "Zephyrine"


def test_the_mark_is_there_without_scripts_too(house: str, visit: Callable[..., Visit], report: Any) -> None:
    page = visit(java_script_enabled=False).page
    page.goto(f"{house}/items/{report.id}/pages/3?q=zephyrine")
    page.wait_for_load_state("networkidle")
    assert_mark_holds_a_word(page)
    assert page.is_visible("text=from the old harbour wall")
    page.click("a[rel=prev]")
    page.wait_for_selector("text=Nobody came ashore")


def test_pages_are_turned_and_columns_hidden_by_keys(house: str, visit: Callable[..., Visit], report: Any) -> None:
    page = visit().page
    page.goto(f"{house}/items/{report.id}")
    page.wait_for_selector(".tools:not([hidden])")
    page.keyboard.press("ArrowRight")
    page.wait_for_url(f"**/pages/{report.pages[1].id}")
    page.wait_for_selector(".tools:not([hidden])")
    page.keyboard.press("t")
    page.wait_for_selector("section.text", state="hidden")
    page.keyboard.press("t")
    page.wait_for_selector("section.text")
    page.keyboard.press("?")
    page.wait_for_selector("dialog")
    page.uncheck("[data-keys]")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowLeft")
    page.wait_for_load_state("networkidle")
    assert page.url.endswith(report.pages[1].id)


def test_text_and_scan_point_at_each_other(house: str, visit: Callable[..., Visit], report: Any, shelf: Any) -> None:
    page = visit().page
    page.goto(f"{house}/items/{report.id}/pages/2")
    page.wait_for_selector(".deep .openseadragon-canvas rect.lit", state="attached")
    page.hover("#line-2")
    text = items.text(shelf.catalog, report.pages[1].id)
    assert text is not None
    box = list(text.lines())[1].box
    lit = page.locator("rect.lit")
    assert [int(lit.get_attribute(name)) for name in ("x", "y", "width", "height")] == [box.x, box.y, box.w, box.h]
    place = lit.bounding_box()
    page.mouse.move(5, 5)
    assert lit.get_attribute("width") == "0"
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    page.wait_for_selector("#line-2.lit")


def test_a_telephone_shows_one_view_at_a_time(house: str, visit: Callable[..., Visit], report: Any) -> None:
    page = visit(viewport=PHONE, has_touch=True, is_mobile=True).page
    page.goto(f"{house}/items/{report.id}")
    page.wait_for_selector(".tabs a[aria-current]")
    assert (page.is_visible(".stage"), page.is_visible(".page-text")) == (True, False)
    page.click(".tabs >> text=Text")
    assert (page.is_visible(".stage"), page.is_visible(".page-text")) == (False, True)
    page.click(".tabs >> text=About")
    assert (page.is_visible(".stage"), page.is_visible(".citation")) == (False, True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_colours_are_switched_and_remembered(house: str, visit: Callable[..., Visit]) -> None:
    page = visit(color_scheme="light").page
    page.goto(house)
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.click("[data-theme-switch]")
    dark = page.evaluate(ground)
    page.goto(f"{house}/help")
    assert (page.evaluate(ground), light != dark) == (dark, True)


class Workshop:
    """Does in the catalogue what a worker would do, one step at a time."""

    def __init__(self, cat: Catalog, item_id: str, actions: Any) -> None:
        self.cat, self.item_id, self.actions, self.batch = cat, item_id, actions, ""
        self.approved = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.actions, name)

    def queue(self, path: str, *, publish: bool, new_version: bool, agent: str) -> str:
        self.batch = batches.create(
            self.cat, name="autumn", path=path, publish=publish, new_version=new_version, agent=agent
        )
        batches.set_jobs(self.cat, self.batch, [JobSeed("letter", 0), JobSeed("paper", 1)])
        entry = batches.inbox(self.cat)[0]
        batches.inbox_put(self.cat, replace(entry, state="queued", batch_id=self.batch))
        return self.batch

    def work(self) -> None:
        batches.begin(self.cat, self.batch, batches.raise_attempt(self.cat, self.batch))
        batches.update_job(self.cat, self.batch, "letter", state="reading", pages=3)
        refused = [problem("file-empty", file="0001.tif")]
        batches.update_job(self.cat, self.batch, "paper", state="refused", pages=1, problems=refused)
        batches.page_done(self.cat, self.batch, "letter", 1, seconds=1.0, problem=None)

    def end(self) -> None:
        batches.update_job(self.cat, self.batch, "letter", state="awaiting", item_id=self.item_id)
        batches.finish(self.cat, self.batch, state="done")

    def publish_batch(self, batch_id: str, *, agent: str) -> None:
        self.approved = batch_id == self.batch

    def is_publishing(self, batch_id: str) -> bool:
        return self.approved and batch_id == self.batch

    def approve(self) -> None:
        published, files = Access(state=AccessState.PUBLISHED), items.files(self.cat, self.item_id)
        items.set_access(self.cat, self.item_id, published, 2, files)
        batches.update_job(self.cat, self.batch, "letter", state="published")
        self.approved = False


@pytest.fixture
def workshop(tmp_path: Path, shelf: Any, actions: Any) -> Iterator[Workshop]:
    """An installation of its own, with a draft, and a folder in its inbox."""
    cat = open_catalog(f"sqlite:///{tmp_path / 'workshop.db'}")
    people.add(cat, "anna", "a long secret", "archivist")
    source = shelf.items["draft"]
    view = items.get(shelf.catalog, source.id)
    assert view is not None
    items.save(
        cat,
        ItemEntry(
            item=source,
            version=1,
            fingerprint="f",
            image_fingerprint="g",
            files=items.files(shelf.catalog, source.id),
            stores=("s3",),
            derived=dict(view.derived),
            texts=items.page_texts(shelf.catalog, source.id),
            at=NOON,
        ),
    )
    rows: list[dict[str, Any]] = [{"item": "letter", "id": None, "state": "ok", "pages": 3, "problems": []}]
    batches.inbox_put(
        cat,
        InboxEntry(
            path="/in/autumn",
            name="autumn",
            signature="s",
            state="checked",
            items=1,
            pages=3,
            languages=("en",),
            report=rows,
            sentence="",
            batch_id=None,
            seen=NOON,
        ),
    )
    yield Workshop(cat, source.id, actions)
    cat.close()


def test_the_archivist_queues_watches_and_publishes(
    workshop: Workshop, config: Any, visit: Callable[..., Visit]
) -> None:
    with served(create_app(config, workshop.cat, workshop)) as house:
        page = visit().page
        page.goto(f"{house}/inbox")
        entry = batches.inbox(workshop.cat)[0]
        batches.inbox_put(workshop.cat, replace(entry, state="settling"))
        page.fill("#name", "anna")
        page.fill("#password", "a long secret")
        page.click(".login button")
        page.wait_for_selector("text=Files are still arriving")
        batches.inbox_put(workshop.cat, entry)
        page.wait_for_selector("text=1 item, 3 pages, English")
        page.wait_for_selector("text=Queue 1 item")
        page.click("text=Queue 1 item")
        page.wait_for_selector("text=2 items wait for their turn.")
        workshop.work()
        page.wait_for_selector("text=1 of 4 pages is read, 1 needs you")
        page.wait_for_selector("text=copy it again from the scanner")
        workshop.end()
        page.wait_for_selector("text=1 ready for you to publish")
        page.click("text=Publish 1 item")
        page.wait_for_selector("text=1 item to be published, 0 published so far.")
        workshop.approve()
        page.wait_for_selector("p.state.good")
        stranger = visit().page
        stranger.goto(f"{house}/items/{workshop.item_id}")
        assert stranger.is_visible("text=An item, draft")
        page.goto("about:blank")
        stranger.goto("about:blank")


def damaged(item: Any) -> Case:
    """A case of the item's first file, cut off in the store "s3"."""
    return Case(
        id="0123456789ab",
        kind=CaseKind.ALTERED,
        state=CaseState.OPEN,
        store="s3",
        key="k/masters/0001.tif",
        item=item.id,
        file="masters/0001.tif",
        expected="ab" * 64,
        found="cd" * 64,
        expected_size=8,
        found_size=5,
        hint="It is cut off: 3 of 8 bytes are missing.",
        opened=NOON,
        changed=NOON,
        last_read=NOON,
    )


@pytest.mark.parametrize("scripts", [True, False])
def test_three_clicks_lead_the_steward_from_alert_to_verified_repair(
    scripts: bool, workshop: Workshop, config: Any, tmp_path: Path, visit: Callable[..., Visit]
) -> None:
    cat = workshop.cat
    people.add(cat, "stella", "a long secret", "steward")
    case = damaged(items.get(cat, workshop.item_id).item)  # type: ignore[union-attr]
    cases.open_or_reopen(cat, case, "muniment-audit", "r1")
    with served(create_app(config, cat, FakeActions(tmp_path / "master", cat, tmp_path))) as house:
        page = visit(java_script_enabled=scripts).page
        page.goto(f"{house}/fixity/cases/{case.id}")  # as the message has it
        page.fill("#name", "stella")
        page.fill("#password", "a long secret")
        page.click(".login button")
        page.wait_for_selector("text=It is cut off: 3 of 8 bytes are missing.")
        for said in ("is not good.", "was repaired from “copy” and read back.", "The case is closed."):
            page.click(".steps button.primary")
            page.wait_for_selector(f".messages >> text={said}")
        assert page.locator(".steps .done").count() == 3
        page.goto(f"{house}/fixity")
        page.wait_for_selector("text=No case is open.")
        page.goto("about:blank")
    settled = cases.get(cat, case.id)
    assert settled is not None
    assert (settled.state, settled.last_good) == (CaseState.CLOSED, True)


def test_a_reader_sees_nothing_of_the_fixity_desk(
    house: str, browser: Any, enter: Any, shelf: Any, report: Any, actions: Any
) -> None:
    actions.late = (Warning(code="no-audit", sentence="No audit has ended since October."),)
    session = enter("rolf").get_cookie("muniment").value
    for cookies in ([], [{"name": "muniment", "value": session, "url": house}]):
        context = browser.new_context(viewport=DESK)
        context.add_cookies(cookies)
        page = context.new_page()
        for path in ("/", f"/items/{report.id}", "/search?q=harbour"):
            page.goto(house + path)
            shown = page.inner_text("body")
            assert not any(word in shown for word in ("Fixity", "Alarm", "Purge", "Its events")), path
        for path in ("/fixity", "/fixity/cases/0123456789ab", "/fixity/events.csv"):
            page.goto(house + path)
            assert page.inner_text("h1") == ("For staff only" if cookies else "Log in"), path
        context.close()


PAGES = (
    "/",
    "/search?q=harbour",
    "/search?q=nothingatall",
    "/search",
    "/collections/Town",
    "/items/{item}/pages/3?q=harbour",
    "/help",
    "/login",
    "/nowhere",
    "/items/{gone}",
    "/inbox",
    "/batches",
    "/batches/{batch}",
    "/fixity",
    "/fixity/cases",
    "/fixity/cases/0123456789ab",
    "/fixity/runs",
    "/fixity/runs/{run}",
    "/fixity/drills/{run}",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", ["desk", "phone"])
def test_no_page_breaks_the_rules_of_accessibility(
    scheme: str, window: str, house: str, browser: Any, shelf: Any, enter: Any, report: Any, actions: Any
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    batch = batches.create(
        shelf.catalog, name=f"{scheme} {window}", path="/in", publish=False, new_version=False, agent="x"
    )
    batches.set_jobs(shelf.catalog, batch, [JobSeed("letter", 0), JobSeed("paper", 1)])
    batches.update_job(shelf.catalog, batch, "letter", state="awaiting", item_id=report.id, pages=3)
    batches.update_job(shelf.catalog, batch, "paper", state="refused", problems=[problem("file-empty", file="1.tif")])
    cases.open_or_reopen(shelf.catalog, damaged(report), "muniment-audit", "r1")
    facts = {"s3": {"read": 2, "bytes": 16, "intact": 1, "altered": 1, "canaries": "ok", "state": "ok"}}
    run = Run(
        id="a" * 12, kind="drill", state=RunState.DONE, started=NOON, finished=NOON, read=2, bytes=16, stores=facts
    )
    audits.finish(shelf.catalog, run)
    actions.late = (Warning(code="no-audit", sentence="No audit has ended: look at `muniment doctor`."),)
    session = enter("stella").get_cookie("muniment").value
    context = browser.new_context(viewport=DESK if window == "desk" else PHONE, color_scheme=scheme)
    context.add_cookies([{"name": "muniment", "value": session, "url": house}])
    page, rules = context.new_page(), ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    broken = []
    for path in PAGES:
        page.goto(house + path.format(item=report.id, gone=shelf.items["withdrawn"].id, batch=batch, run=run.id))
        page.wait_for_load_state("load")
        found = Axe().run(page, options={"runOnly": rules}).response["violations"]
        broken += [(path, one["id"], re.sub(r"\s+", " ", one["nodes"][0]["html"])[:160]) for one in found]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
            broken.append((path, "scrolls sideways", ""))
    context.close()
    assert broken == []
