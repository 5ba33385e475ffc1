"""The steward's whole job on a running installation: damage, alarm, repair, drill, event log, receipt."""

import csv
import hashlib
import io
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from benchmarks.vandal import Vandal

pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.timeout(600)]

SECRET = "a long secret of the steward"
ITEMS = ("alpha", "beta", "gamma")
BLOT = 128  # the grey of what is written over the scan
MINUTE = 60
STAFF_ONLY = (
    "/fixity",
    "/fixity/runs",
    "/fixity/cases",
    "/fixity/cases/000000000000",
    "/fixity/cases/000000000000/copies/s3/file",
    "/fixity/cases/000000000000/copies/s3/picture.jpg",
    "/fixity/drills/newest",
    "/fixity/events.csv",
    "/fixity/items/000000000000/premis.xml",
)
DEEDS = ("audit", "drill", *(f"cases/000000000000/{deed}" for deed in ("recheck", "repair", "close", "decide")))


class Letterbox:
    """A web hook on this machine that keeps what it is sent."""

    def __init__(self) -> None:
        self.letters: list[dict[str, str]] = []
        box = self

        class Slot(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                box.letters.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *arguments: Any) -> None:
                """Nothing: the tests' output is for the tests."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Slot)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.http.server_port}"

    def find(self, *words: str) -> dict[str, str] | None:
        """The newest letter with these words in its subject or text."""
        return next((one for one in reversed(self.letters) if all(word in str(one) for word in words)), None)


@dataclass(slots=True)
class House:
    """The installation with its batch, the hands of a vandal, and the steward's letters."""

    run: Any
    batch: str
    ids: dict[str, str]
    box: Letterbox
    folder: Path
    kept: dict[tuple[str, str], bytes] = field(default_factory=dict, repr=False)

    @property
    def vandal(self) -> Vandal:
        return Vandal(self.run.home, 1)

    def master(self, name: str) -> str:
        """The key of the item's master, the same in both stores."""
        root, inventory = self.vandal.inventory("copy", self.ids[name])
        state = inventory["versions"][inventory["head"]]["state"]
        [digest] = [one for one, names in state.items() if any(path.startswith("masters/") for path in names)]
        return f"{root}/{inventory['manifest'][digest][0]}"

    def blot(self, store: str, name: str, grey: int = BLOT) -> str:
        """The key of the item's master, a fifth of which is now grey in this store."""
        key = self.master(name)
        good = self.kept[store, key] = self.vandal.read(store, key)
        start, length = len(good) * 2 // 5, len(good) // 5
        self.vandal.write(store, key, good[:start] + bytes([grey]) * length + good[start + length :])
        return key

    def audit(self, *options: str) -> tuple[int, dict[str, Any]]:
        """The exit status and the document of `muniment audit`."""
        said = self.run.cli("audit", *options, "--json")
        return said.status, said.json

    def alerts(self, report: dict[str, Any], *names: str) -> dict[tuple[str, str, str], str]:
        """The alerts about these items: their ids by store, key and outcome."""
        items = {self.ids[name] for name in names}
        return {
            (one["store"], one["key"], one["outcome"]): one["alert"] for one in report["alerts"] if one["item"] in items
        }

    def is_good(self, store: str, key: str) -> bool:
        """True when the copy is what it was before it was damaged."""
        return self.vandal.read(store, key) == self.kept[store, key]


@pytest.fixture(scope="module")
def house(
    make_muniment: Callable[..., Any],
    leave_nobody: Callable[[Any], None],
    draw_page: Callable[..., None],
    describe_batch: Callable[[Path, dict[str, str]], None],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    """Three items of one page, a steward and a reader, in an installation of this module's own."""
    box, folder = Letterbox(), tmp_path_factory.mktemp("fixity") / "letters"
    for name in ITEMS:
        draw_page(folder / name / "0001.tif", name.title())
    describe_batch(folder, {name: f"Letter of {name.title()}" for name in ITEMS})
    run = make_muniment(tmp_path_factory.mktemp("fixity-home") / "home", MUNIMENT_ALERTS=box.url)
    try:
        run.start()
        said = run.cli("ingest", folder, "--wait", "--publish", "--json")
        assert said.status == 0, said.out + said.err
        for name, role in (("stella", "steward"), ("rolf", "reader")):
            assert run.cli("user", "add", name, "--role", role, given=f"{SECRET}\n").status == 0
        ids = {item["item"]: item["id"] for item in said.json["items"]}
        yield House(run, said.json["batch"], ids, box, folder)
        run.stop()
    finally:
        box.http.shutdown()
        box.http.server_close()
        leave_nobody(run)


def test_damage_in_either_store_is_named_told_repaired_and_confirmed(house: House) -> None:
    expected = {("copy", house.blot("copy", "alpha"), "altered"), ("s3", house.blot("s3", "beta"), "altered")}
    status, report = house.audit("--all")
    alerts = house.alerts(report, *ITEMS)
    assert (status, set(alerts), report["outcomes"]["altered"], report["void"]) == (1, expected, 2, False)
    words = "You must act: 2 cases wait for somebody."
    letter = house.run.until(lambda: house.box.find(words), MINUTE, "told of the damage")
    assert letter["title"] == f"Muniment: {words}"
    assert letter["message"].splitlines()[0] == words
    assert all(f"{house.run.url}/fixity/cases/{alert}" in letter["message"] for alert in alerts.values())
    for (store, key, _), alert in alerts.items():
        said = house.run.cli("repair", alert, "--json")
        assert (said.status, said.json["alert"], said.json["state"]) == (0, alert, "repaired")
        assert house.is_good(store, key)
    status, report = house.audit()
    assert (status, report["alerts"]) == (0, [])


def test_nothing_is_written_when_every_copy_is_damaged(house: House) -> None:
    key = house.blot("copy", "gamma")
    house.blot("s3", "gamma", BLOT + 1)
    status, report = house.audit("--all")
    alerts = house.alerts(report, "gamma")
    assert (status, set(alerts)) == (1, {("copy", key, "altered"), ("s3", key, "altered")})
    damaged = [house.vandal.read(store, key) for store in ("copy", "s3")]
    for alert in alerts.values():
        said = house.run.cli("repair", alert, "--json")
        assert (said.status, said.json["state"]) == (1, "open")
        assert "nothing is written" in said.json["sentence"]
    assert [house.vandal.read(store, key) for store in ("copy", "s3")] == damaged
    house.vandal.write("copy", key, house.kept["copy", key])  # as from a backup
    for alert in (alerts["s3", key, "altered"], alerts["copy", key, "altered"]):
        assert house.run.cli("repair", alert, "--json").json["state"] == "repaired"
    assert house.is_good("s3", key)
    assert house.audit()[0] == 0


def log_in(page: Any, house: House, name: str) -> None:
    page.goto(f"{house.run.url}/login")
    page.fill("#name", name)
    page.fill("#password", SECRET)
    page.click(".login button")
    page.wait_for_url(lambda url: "/login" not in url)


def shades(page: Any, place: Any) -> set[int]:
    """The greys in the left margin of the picture, where the scan has nothing but paper."""
    place.evaluate("image => image.decode()")
    answer = page.request.get(place.evaluate("image => image.src"))
    picture = Image.open(io.BytesIO(answer.body())).convert("L")
    margin = picture.crop((0, 0, picture.width // 40, picture.height)).resize((1, 16), Image.Resampling.BOX)
    return {round(value / 32) * 32 for value in margin.tobytes()}


@pytest.mark.browser
def test_three_clicks_lead_from_the_alert_to_the_verified_repair(house: House, page: Any) -> None:
    key = house.blot("s3", "alpha")
    [alert] = house.alerts(house.audit("--all")[1], "alpha").values()
    log_in(page, house, "stella")
    page.click("nav >> text=Fixity")
    assert "1 file needs you." in page.inner_text("main .answer")
    page.click(f"a[href$='/fixity/cases/{alert}']")
    assert page.locator(".copies article header").all_inner_texts() == ["s3\n\nAltered", "copy\n\nIntact"]
    pictures = page.locator(".copies img")
    assert [BLOT in shades(page, pictures.nth(number)) for number in (0, 1)] == [True, False]
    page.click("button:has-text('Read every copy again')")
    page.click("button:has-text('Repair from the copy in “copy”')")
    page.locator(".state", has_text="Repaired, to be confirmed by the next audit").wait_for()
    assert BLOT not in shades(page, pictures.nth(0))
    assert house.is_good("s3", key)
    page.goto(f"{house.run.url}/fixity")
    page.click("button:has-text('Read now what is due')")
    # The page keeps itself fresh: nobody reloads it.
    row = page.locator(".runs tbody tr").first
    row.locator(".well").wait_for(timeout=MINUTE * 1000)
    assert [row.locator("td").nth(number).inner_text() for number in (0, 1)] == ["Audit on demand", "Done"]
    page.goto(f"{house.run.url}/fixity/cases/{alert}")
    assert page.locator(".state", has_text="Closed").count() == 1
    assert "Muniment closed the case." in page.inner_text(".timeline")


@pytest.mark.browser
def test_a_reader_sees_nothing_of_the_desk(house: House, page: Any) -> None:
    log_in(page, house, "rolf")
    for path in ("/", f"/items/{house.ids['alpha']}"):
        page.goto(house.run.url + path)
        assert page.locator("text=Log out").count() == 1
        assert page.locator("[href*='fixity'], [action*='fixity']").count() == 0
        assert "fixity" not in page.content().lower()
    assert page.request.get(f"{house.run.url}/fixity").status == 403


def test_readers_and_strangers_are_refused_by_every_route_of_the_desk(
    house: House, visitor: Callable[[str], Any]
) -> None:
    stranger, reader, steward = (visitor(house.run.url) for _ in range(3))
    reader.log_in("rolf", SECRET)
    steward.log_in("stella", SECRET)
    assert {reader.get(path).status for path in STAFF_ONLY} == {403}
    assert {stranger.get(path).url.partition("?")[0] for path in STAFF_ONLY} == {f"{house.run.url}/login"}
    assert {one.post(f"/fixity/{deed}", "/login").status for one in (reader, stranger) for deed in DEEDS} == {403}
    assert [steward.get(path).status for path in STAFF_ONLY] == [200, 200, 200, 404, 404, 404, 200, 200, 404]


def test_a_drill_is_heard_within_a_minute_and_its_letter_proves_the_log(
    house: House, visitor: Callable[[str], Any]
) -> None:
    steward = visitor(house.run.url)
    steward.log_in("stella", SECRET)
    followed = steward.post("/fixity/drill", "/fixity").url
    page = house.run.until(lambda: _arrived(steward.get(followed).text), MINUTE, "heard")
    assert page.count('<li class="done">') == 4
    order = [page.index(f"<h2>{step}</h2>") for step in ("Planted", "Read", "Case opened", "Message handed over")]
    assert order == sorted(order)
    letter = house.box.find("[Drill]")
    assert letter
    first, *_, footer = letter["message"].partition("\n-- \n")
    assert first.splitlines()[0] == "This is a drill, and its alarm has reached you. Nothing needs you."
    assert "Canaries: s3: ok. copy: ok.\n" in footer
    [head] = re.findall(r"^Chain head: (\d+:[0-9a-f]{64})$", footer, re.MULTILINE)
    status, found = house.audit("--chain", "--head", head)
    assert (status, found["chain"]["ok"], found["chain"]["breaks"]) == (0, True, [])
    number, _, digest = head.partition(":")
    forged = f"{number}:{'0' * len(digest)}"
    assert house.audit("--chain", "--head", forged)[0] == 1


def _arrived(page: str) -> str:
    return page if "The alarm arrived:" in page else ""


def test_the_receipt_says_what_came_and_what_is_safe_to_erase(house: House, visitor: Callable[[str], Any]) -> None:
    assert house.audit("--all")[0] == 0
    archivist = visitor(house.run.url)
    archivist.log_in("stella", SECRET)
    address = f"/batches/{house.batch}/receipt"
    rows = list(csv.DictReader(io.StringIO(archivist.get(f"{address}.csv").text)))
    page = archivist.get(address).text
    told = {row["folder"]: row for row in rows if row["file"] == "0001.tif"}
    for name in ITEMS:
        data = (house.folder / name / "0001.tif").read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        row = told[name]
        assert [row[cell] for cell in ("item", "bytes", "sha256", "stores", "safe to erase")] == [
            house.ids[name],
            str(len(data)),
            digest,
            "copy; s3",
            "yes",
        ]
        assert digest in page
    assert "3 of 3 folders are safe to erase" in page
    assert visitor(house.run.url).get(f"{address}.csv").url.startswith(f"{house.run.url}/login")
