"""The fixity desk: its answer, the nights, the stores, what waits, audits, drills, the event log, and purges."""

import csv
import io
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree

from catalog import audits, cases, items, people, tombstones
from catalog.database import Catalog, open_catalog
from catalog.fixity_values import Case, CaseKind, CaseState, Read, Run, RunState
from catalog.values import ItemEntry
from core.errors import StorageError
from core.events import Deed
from core.fixity import FixityOutcome, StoredFile
from core.images import ImageFacts
from core.item import Access, AccessState, Item, Page
from tests.viewer.deeds import NOON, FakeActions, ReadingClient
from viewer.app import create_app
from viewer.fixity_actions import Warning
from viewer.fixity_nights import NIGHTS, calendar

NOW = datetime.now(UTC)
ITEM = "iiiiiiiiiiii"
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue with people and one item of four files in two stores, none of them read by an audit yet."""
    file = tmp_path_factory.mktemp("fixity") / "fixity.db"
    made = open_catalog(f"sqlite:///{file}")
    roles = {"stella": "steward", "otto": "steward", "anna": "archivist", "rolf": "reader"}
    for name, role in roles.items():
        people.add(made, name, "a long secret", role)
    image = ImageFacts(index=0, width=10, height=10, mode="L", bits=8)
    page = Page(id="pppppppppppp", number=1, label="1", file="masters/0.tif", source_name="0.tif", facts=image)
    item = Item(id=ITEM, source_key="k", title="A map", access=Access(state=AccessState.PUBLISHED), pages=(page,))
    files = tuple(
        StoredFile(logical=f"masters/{n}.tif", key=f"k/{n}", size=1000, sha512=f"{n}" * 128, sha256=f"{n}" * 64)
        for n in range(4)
    )
    facts: dict[str, Any] = {
        "files": files,
        "stores": ("s3", "copy"),
        "derived": {page.id: "d" * 16},
        "texts": {},
        "at": NOW - 50 * DAY,
    }
    deed = Deed(kind="ingestion", agent="muniment", at=NOW - DAY, item=ITEM, facts={"version": 1})
    items.save(made, ItemEntry(item=item, version=1, fingerprint="f", image_fingerprint="g", **facts), [deed])
    made.close()
    return file


@pytest.fixture
def cat(kept: Path, tmp_path: Path) -> Iterator[Catalog]:
    shutil.copy(kept, tmp_path / "fixity.db")
    opened = open_catalog(f"sqlite:///{tmp_path / 'fixity.db'}")
    yield opened
    opened.close()


@pytest.fixture
def deeds(cat: Catalog, tmp_path: Path) -> FakeActions:
    return FakeActions(tmp_path / "master", cat, tmp_path)


@pytest.fixture
def app(config: Any, cat: Catalog, deeds: FakeActions) -> Flask:
    made = create_app(config, cat, deeds)
    made.config["WTF_CSRF_ENABLED"] = False
    made.test_client_class = ReadingClient
    return made


@pytest.fixture
def come(app: Flask, cat: Catalog) -> Callable[[str], FlaskClient]:
    def entered(name: str) -> FlaskClient:
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = id_of(cat, name)
        return client

    return entered


def id_of(cat: Catalog, name: str) -> str:
    return next(person.agent_id for person in people.everyone(cat) if person.name == name)


def read(cat: Catalog, at: datetime, *names: str, stores: tuple[str, ...] = ("s3", "copy")) -> None:
    """These files were read by an audit at this time, and were good."""
    for store in stores:
        rows = [
            Read(
                store=store,
                key=f"k/{name}",
                outcome=FixityOutcome.INTACT,
                expected=name * 128,
                found=name * 128,
                size=1000,
                at=at,
                agent="muniment-audit",
                run="r",
            )
            for name in names
        ]
        audits.record(cat, rows, Deed(kind="fixity check", agent="muniment-audit", at=at, store=store))


def found(name: str, **facts: Any) -> Case:
    given: dict[str, Any] = {
        "id": f"00000000000{name}",
        "kind": CaseKind.ALTERED,
        "state": CaseState.OPEN,
        "store": "s3",
        "key": f"k/{name}",
        "item": ITEM,
        "file": f"masters/{name}.tif",
        "opened": NOW,
        "changed": NOW,
    }
    return Case(**{**given, **facts})


def ran(cat: Catalog, run_id: str, at: datetime, **facts: Any) -> Run:
    given: dict[str, Any] = {"kind": "nightly", "state": RunState.DONE, "finished": at + timedelta(minutes=3)}
    run = Run(**{"id": run_id, "started": at, **given, **facts})
    audits.finish(cat, run)
    return run


def test_nothing_needs_anybody_when_everything_was_read(come: Any, cat: Catalog) -> None:
    read(cat, NOW - 2 * DAY, "0")
    read(cat, NOW - timedelta(hours=2), "1", "2", "3")
    text = come("stella").get("/fixity").text
    assert "<strong>Nothing needs you.</strong>" in text
    behind = "All 4 files were read in full in both stores within the last 30 days; the oldest check is 2 days old."
    assert behind in text
    assert "<dd>100 %</dd>" in text
    assert "Both stores lie on one disk" in text


def test_what_was_never_read_or_is_overdue_is_named(come: Any, cat: Catalog) -> None:
    read(cat, NOW - 40 * DAY, "0", stores=("copy",))
    read(cat, NOW - DAY, "1", "2")
    text = come("stella").get("/fixity").text
    read_so_far = "50 % of 8 copies of files in both stores were read in full within the last 30 days"
    assert f"{read_so_far}; 4 are overdue and 3 were never read." in text
    overdue, never = (text.partition(f"<summary>{what}")[2].partition("</table>")[0] for what in ("Overdue", "Never"))
    assert overdue.startswith(": 4<")
    assert '<th scope="row">0.tif</th>' in overdue
    assert (never.count('<th scope="row">'), never.count("<td>never</td>")) == (3, 3)


def test_damaged_files_need_somebody_and_come_first(come: Any, cat: Catalog) -> None:
    read(cat, NOW - DAY, "0", "1", "2", "3")
    cases.open_or_reopen(cat, found("1"), "muniment-audit", "r")
    cases.open_or_reopen(cat, found("2", state=CaseState.OPEN), "muniment-audit", "r")
    cases.open_or_reopen(cat, found("3"), "muniment-audit", "r")
    cases.decide(cat, "000000000003", "repaired", "x", state=CaseState.REPAIRED)
    text = come("stella").get("/fixity").text
    assert "<strong>2 files need you.</strong>" in text
    assert text.index('id="cases"') < text.index('id="promise"')
    assert text.index("1.tif") < text.index("Repaired, to be confirmed by the next audit")


def test_one_file_damaged_in_both_stores_is_one_file(come: Any, cat: Catalog) -> None:
    cases.open_or_reopen(cat, found("1"), "muniment-audit", "r")
    cases.open_or_reopen(cat, found("1", id="00000000000a", store="copy"), "muniment-audit", "r")
    away = found("1", id="00000000000b", kind=CaseKind.STORE_AWAY, key="", item="", file="")
    cases.open_or_reopen(cat, away, "muniment-audit", "r")
    text = come("stella").get("/fixity").text
    assert "<strong>1 file needs you and 1 store or log needs you.</strong>" in text
    assert "The store “s3”" in text


def test_many_cases_of_one_audit_are_folded(come: Any, cat: Catalog) -> None:
    for number in range(21):
        case = found("1", id=f"{number:012}", key=f"k/x{number}", group="r7")
        cases.open_or_reopen(cat, case, "muniment-audit", "r7")
    cases.open_or_reopen(cat, found("2", id="00000000000c"), "muniment-audit", "r8")
    text = come("stella").get("/fixity").text
    assert '<details class="case-group">' in text
    assert "21 cases in the store “s3”, opened together by the audit of" in text
    assert text.index("/fixity/cases/00000000000c") < text.index('<details class="case-group">')


def test_the_nights_are_cells_and_a_table(app: Flask) -> None:
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)

    def night(back: int, **facts: Any) -> Run:
        at = now - back * DAY
        given: dict[str, Any] = {"kind": "nightly", "state": RunState.DONE, "read": 3, "bytes": 3000}
        return Run(**{"id": f"r{back}", "started": at, "finished": at, **given, **facts})

    runs = [
        night(8),
        night(7, read=0, bytes=0),
        night(6, outcomes={"intact": 2, "altered": 1}, opened=1),
        night(5, state=RunState.VOID),
        night(4, state=RunState.BROKEN),
        night(2, unexpected=1),
        replace(night(2), id="again"),
        night(1, kind="drill", outcomes={"altered": 1}),
    ]
    with app.test_request_context():
        made = calendar(runs, now)
    assert len(made.nights) == NIGHTS
    kinds = ["before", "read", "idle", "damage", "void", "late", "late", "damage", "late", "open"]
    assert [one.kind for one in made.nights[-10:]] == kinds
    assert made.nights[-9].read == "3 copies, 3 KB"
    assert (made.nights[-3].read, made.nights[-3].href) == ("6 copies, 6 KB", "/fixity/runs/again")
    assert made.sentence == (
        "The last 90 nights: 1 read, all intact, 1 nothing was due, 3 no audit ended, 2 damage found, "
        "1 void, it proved nothing, 1 running or still to come and 81 before the first audit."
    )


def test_the_stores_stand_side_by_side(come: Any, cat: Catalog, deeds: FakeActions, monkeypatch: Any) -> None:
    read(cat, NOW - DAY, "0", "1", "2", "3", stores=("s3",))
    well, other = deeds.faces()
    sick = replace(
        other, state="away", sentence="It does not answer.", canaries="The bad one was not flagged.", daily=5 * 10**9
    )
    loss = "Nothing: the other store holds every file."
    monkeypatch.setattr(FakeActions, "faces", lambda _: (replace(well, loss=loss, free=7 * 10**11), sick))
    text = come("anna").get("/fixity").text
    for words in (
        'copy <span class="state bad">It does not answer.</span>',
        '<dd class="bad">The bad one was not flagged.</dd>',
        "1.0 GB, at most 5.0 GB a day",
        "700 GB",
        loss,
        "100 % within 30 days",
        "0 % within 30 days",
        "Level 1 of 4",
    ):
        assert words in text, words


def test_an_alarm_stands_on_every_page_of_staff_and_on_none_of_readers(come: Any, deeds: FakeActions) -> None:
    deeds.late = (Warning(code="no-audit", sentence="No audit has ended since 3 October."),)
    for path in ("/", "/inbox", "/fixity", "/nowhere"):
        assert "<strong>Alarm:</strong> No audit has ended since 3 October." in come("anna").get(path).text
    assert "No audit has ended" not in come("rolf").get("/").text
    assert "The watch itself needs you" in come("anna").get("/fixity").text


def test_a_watch_that_cannot_look_is_an_alarm(come: Any, deeds: FakeActions, monkeypatch: Any) -> None:
    def blind(_: FakeActions) -> tuple[Warning, ...]:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(FakeActions, "warnings", blind)
    assert "Nobody can tell whether the audits run. The disk is full." in come("anna").get("/").text


def test_readers_and_strangers_see_nothing_of_the_desk(app: Flask, come: Any) -> None:
    assert come("rolf").get("/fixity").status_code == 403
    assert app.test_client().get("/fixity").headers["Location"] == "/login?next=/fixity"
    for client in (app.test_client(), come("rolf")):
        text = client.get("/").text + client.get(f"/items/{ITEM}").text
        assert not any(word in text for word in ("Fixity", "/fixity", "Purge"))
    assert '<a href="/fixity">Fixity</a>' in come("anna").get("/").text


def test_an_archivist_finds_no_deed_on_the_desk(come: Any) -> None:
    text = come("anna").get("/fixity").text
    assert "Fixity desk" in text
    assert not any(word in text for word in ("Read now what is due", "Run a drill"))
    assert "Run a drill" in come("stella").get("/fixity").text


def test_audits_are_asked_for_and_listed(come: Any, cat: Catalog, deeds: FakeActions) -> None:
    stella = come("stella")
    text = stella.get("/fixity/runs").text
    assert "No audit has run yet." in text
    assert "http-equiv" not in text
    answer = stella.post("/fixity/audit")
    address = answer.headers["Location"]
    assert (answer.status_code, address.partition("=")[0]) == (303, "/fixity/runs?asked")
    assert '<meta http-equiv="refresh"' in stella.get(address).text
    assert deeds.asked == [("audit", id_of(cat, "stella"))]
    stores = {
        "s3": {"read": 4, "bytes": 4000, "intact": 3, "altered": 1, "canaries": "ok", "state": "ok"},
        "copy": {"read": 0, "bytes": 0, "canaries": "", "state": "away"},
    }
    facts: dict[str, Any] = {"read": 4, "bytes": 4000, "outcomes": {"intact": 3, "altered": 1}, "stores": stores}
    ran(cat, "r1", NOW - DAY, sentence="1 file needs you.", head="12:abcd", opened=1, **facts)
    ran(cat, "r2", NOW, state=RunState.RUNNING, finished=None)
    listed = stella.get("/fixity/runs").text
    assert listed.index("/fixity/runs/r2") < listed.index("/fixity/runs/r1")
    assert '<span class="state bad">1 altered</span>' in listed
    assert not any(words in listed for words in ("Nothing was due", "nothing amiss"))  # one runs, one found damage
    assert '<meta http-equiv="refresh"' in listed
    text = stella.get("/fixity/runs/r1").text
    for words in ("1 file needs you.", '<dt>Altered</dt><dd class="bad">1</dd>', "Away", "12:abcd", "took 3 minutes"):
        assert words in text, words
    assert "http-equiv" not in text
    assert stella.get("/fixity/runs/r9").status_code == 404


def test_a_drill_shows_how_its_alarm_travels(come: Any, cat: Catalog, deeds: FakeActions, monkeypatch: Any) -> None:
    stella = come("stella")
    answer = stella.post("/fixity/drill", follow_redirects=True)
    assert answer.request.path == "/fixity/drills/newest"
    assert "The drill is about to begin." in answer.text
    ran(cat, "d1", NOW, kind="drill")
    text = stella.get("/fixity/drills/newest").text
    assert "The alarm is on its way." in text
    order = [text.index(word) for word in (">Planted<", ">Read<", ">Case opened<", ">Message handed over<")]
    assert order == sorted(order)
    assert "not yet" in text
    assert '<meta http-equiv="refresh"' in text
    points = deeds.travel("d1")
    handed_over = replace(points[3], at=NOON + timedelta(seconds=95))
    arrived = (*points[:3], handed_over)
    monkeypatch.setattr(FakeActions, "travel", lambda _, run: arrived)
    text = stella.get("/fixity/drills/d1").text
    assert "The alarm arrived: 95 seconds from the planted damage to the message handed over." in text
    assert "http-equiv" not in text


def test_a_second_drill_is_waited_for_and_not_mistaken_for_the_first(come: Any, cat: Catalog) -> None:
    stella = come("stella")
    ran(cat, "d1", NOW - DAY, kind="drill", outcomes={"altered": 1})
    answer = stella.post("/fixity/drill")
    address = answer.headers["Location"]
    text = stella.get(address).text
    assert "The drill is about to begin." in text
    assert '<meta http-equiv="refresh"' in text
    ran(cat, "d2", datetime.now(UTC), kind="drill", outcomes={"altered": 1})
    assert "The alarm is on its way." in stella.get(address).text
    for odd in ("", "soon", "9" * 30, "1"):
        assert "The alarm is on its way." in stella.get("/fixity/drills/newest", query_string={"asked": odd}).text


def test_what_a_drill_found_is_no_damage(come: Any, cat: Catalog) -> None:
    stella = come("stella")
    ran(cat, "r1", NOW - DAY, read=4, outcomes={"intact": 4})
    ran(cat, "d1", NOW - DAY / 2, kind="drill", read=1, outcomes={"altered": 1})
    ran(cat, "d2", NOW, kind="drill", state=RunState.VOID, read=1, outcomes={"intact": 1})
    listed = stella.get("/fixity/runs").text
    assert '<span class="state good">what was planted</span>' in listed
    assert '<span class="state bad">not what was planted</span>' in listed
    assert "what was planted" not in stella.get("/fixity").text


def test_the_event_log_is_taken_away_as_a_table(come: Any, cat: Catalog) -> None:
    read(cat, NOW, "0")
    answer = come("anna").get("/fixity/events.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="muniment-events.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [(row["number"], row["store"]) for row in rows] == [("1", ""), ("2", "s3"), ("3", "copy")]


def test_an_items_events_are_taken_away_as_premis(come: Any) -> None:
    answer = come("anna").get(f"/fixity/items/{ITEM}/premis.xml")
    assert answer.content_type.startswith("application/xml")
    root = etree.fromstring(answer.data)
    assert etree.QName(root).text == "{http://www.loc.gov/premis/v3}premis"
    assert len(root.findall("{*}event")) == 1
    assert come("anna").get("/fixity/items/nothing/premis.xml").status_code == 404


def test_a_purge_is_asked_by_one_steward_and_agreed_by_another(come: Any, cat: Catalog) -> None:
    stella, otto, anna = come("stella"), come("otto"), come("anna")
    assert "Ask for this item to be purged" in stella.get(f"/items/{ITEM}").text
    assert "Ask for this item to be purged" not in anna.get(f"/items/{ITEM}").text
    form = {"reason": "privacy", "authority": "Council, minute 12 of 2026"}
    asked = stella.post(f"/fixity/purges/{ITEM}/ask", data=form, follow_redirects=True).text
    assert "stella asked on" in asked
    assert "Ask for this item to be purged" not in asked
    assert "another steward has to agree" in stella.get("/fixity").text
    assert "Agree and erase it for good" not in anna.get("/fixity").text
    assert "another steward has to agree" in stella.post(f"/fixity/purges/{ITEM}/agree", follow_redirects=True).text
    assert not tombstones.is_purged(cat, ITEM)
    seen = otto.get("/fixity").text
    assert "1 purge waits for a second steward." in seen
    assert "Council, minute 12 of 2026" in seen
    assert "“A map” was erased" in otto.post(f"/fixity/purges/{ITEM}/agree", follow_redirects=True).text
    assert tombstones.is_purged(cat, ITEM)


def test_a_purge_can_be_refused(come: Any, cat: Catalog) -> None:
    form = {"reason": "error", "authority": "x"}
    come("stella").post(f"/fixity/purges/{ITEM}/ask", data=form)
    answer = come("otto").post(f"/fixity/purges/{ITEM}/refuse", follow_redirects=True)
    assert "“A map” is kept" in answer.text
    assert tombstones.get(cat, ITEM) is None
    assert come("otto").post(f"/fixity/purges/{ITEM}/refuse").status_code == 404
    assert come("otto").post(f"/fixity/purges/{ITEM}/agree").status_code == 404


@pytest.mark.parametrize(
    ("item", "form", "status"),
    [
        (ITEM, {"reason": "whim", "authority": "x"}, 400),
        ("nothing", {"reason": "error", "authority": "x"}, 404),
        (ITEM, {"reason": "error", "authority": " "}, 303),
    ],
)
def test_a_purge_needs_an_item_a_reason_and_an_authority(
    item: str, form: dict[str, str], status: int, come: Any, cat: Catalog
) -> None:
    assert come("stella").post(f"/fixity/purges/{item}/ask", data=form).status_code == status
    assert tombstones.listing(cat) == ()


def test_a_purged_item_leaves_a_tombstone_at_all_its_addresses(app: Flask, come: Any, cat: Catalog) -> None:
    stranger, addresses = app.test_client(), ("", "/pages/1", "/text", "/item.pdf", "/masters/0.tif")
    form = {"reason": "privacy", "authority": "Council, minute 12"}
    come("stella").post(f"/fixity/purges/{ITEM}/ask", data=form)
    come("otto").post(f"/fixity/purges/{ITEM}/agree")
    for address in addresses:
        assert stranger.get(f"/items/{ITEM}{address}").status_code == 410, address
    assert stranger.get(f"/iiif/presentation/3/{ITEM}/manifest").status_code == 410
    text = stranger.get(f"/items/{ITEM}").text
    assert "This item was erased" in text
    assert "It shows personal data" in text
    assert not any(word in text for word in ("A map", "Council", "premis"))
    known = come("anna").get(f"/items/{ITEM}").text
    assert all(word in known for word in ("A map", "Council, minute 12", "premis.xml"))


def test_a_withdrawn_item_can_be_purged_from_its_tombstone(come: Any, cat: Catalog) -> None:
    gone = Access(state=AccessState.WITHDRAWN, reason="privacy", by="x", at="2026-11-20T10:00:00+00:00")
    items.set_access(cat, ITEM, gone, 2, items.files(cat, ITEM))
    assert "Ask for this item to be purged" in come("stella").get(f"/items/{ITEM}").text
    assert "Ask for this item to be purged" not in come("anna").get(f"/items/{ITEM}").text
