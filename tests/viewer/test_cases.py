"""The pages of cases: copies side by side, the three steps, the deeds, the bytes and pictures of copies."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from catalog import cases, items, people
from catalog.database import Catalog, open_catalog
from catalog.fixity_values import Case, CaseDeed, CaseKind, CaseState
from catalog.values import ItemEntry
from core.fixity import StoredFile
from core.item import Access, AccessState, Item
from tests.viewer.deeds import DAMAGED, FakeActions, ReadingClient
from viewer.app import create_app
from viewer.case_page import DigestGroup, difference, groups
from viewer.case_steps import steps
from viewer.fixity_actions import CopySide

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
GOOD, BAD = "ab" * 64, "ab" * 32 + "cd" * 32
ITEM = "iiiiiiiiiiii"
CASE = Case(
    id="000000000001",
    kind=CaseKind.ALTERED,
    state=CaseState.OPEN,
    store="s3",
    key="ocfl/x/v1/content/0001.tif",
    item=ITEM,
    file="masters/0001.tif",
    expected=GOOD,
    found=BAD,
    expected_size=2_000_000,
    found_size=1_995_904,
    hint="It is cut off: 4,096 of 2,000,000 bytes are missing.",
    opened=NOON,
    changed=NOON,
    last_read=NOON,
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue with people, one item in two stores, and one case; made once, for passwords are slow on purpose."""
    file = tmp_path_factory.mktemp("cases") / "cases.db"
    made = open_catalog(f"sqlite:///{file}")
    for name, role in (("stella", "steward"), ("otto", "steward"), ("anna", "archivist")):
        people.add(made, name, "a long secret", role)
    item = Item(id=ITEM, source_key="k", title="Harbour report", access=Access(state=AccessState.PUBLISHED))
    stored = StoredFile(logical=CASE.file, key=CASE.key, size=2_000_000, sha512=GOOD, sha256=GOOD[:64])
    facts: dict[str, Any] = {"files": (stored,), "stores": ("s3", "copy"), "derived": {}, "texts": {}, "at": NOON}
    items.save(made, ItemEntry(item=item, version=1, fingerprint="f", image_fingerprint="g", **facts))
    cases.open_or_reopen(made, CASE, "muniment-audit", "r1")
    made.close()
    return file


@pytest.fixture
def cat(kept: Path, tmp_path: Path) -> Iterator[Catalog]:
    shutil.copy(kept, tmp_path / "cases.db")
    opened = open_catalog(f"sqlite:///{tmp_path / 'cases.db'}")
    yield opened
    opened.close()


@pytest.fixture
def deeds(cat: Catalog, tmp_path: Path) -> FakeActions:
    return FakeActions(tmp_path / "master", cat, tmp_path)


@pytest.fixture
def app(config: Any, cat: Catalog, deeds: FakeActions) -> Flask:
    made = create_app(config, cat, deeds)
    made.test_client_class = ReadingClient
    return made


@pytest.fixture
def come(app: Flask, cat: Catalog) -> Callable[[str], FlaskClient]:
    """Hands over the browser of this person, without the need of tokens."""
    app.config["WTF_CSRF_ENABLED"] = False

    def entered(name: str) -> FlaskClient:
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = id_of(cat, name)
        return client

    return entered


def id_of(cat: Catalog, name: str) -> str:
    return next(person.agent_id for person in people.everyone(cat) if person.name == name)


def told(text: str) -> str:
    """What the page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_the_page_says_what_is_wrong_and_shows_the_copies_side_by_side(come: Any) -> None:
    text = come("stella").get("/fixity/cases/000000000001").text
    said = told(text)
    assert "Its copy in the store “s3” is not what was stored. It is cut off: 4,096 of 2,000,000 bytes" in said
    assert "of Harbour report" in said
    assert "2.0 MB (1,995,904 bytes) 4,096 bytes fewer than recorded" in said
    assert "8 of 16 groups of digits differ" in said
    assert (text.count("<mark>cdcdcdcd</mark>"), text.count("<mark>abababab</mark>")) == (8, 0)
    assert said.index("s3 Altered") < said.index("copy Intact")
    assert 'src="/fixity/cases/000000000001/copies/copy/picture.jpg"' in text
    assert "Download the damaged bytes" in said
    assert "An audit found the damage and opened the case." in said


def test_digests_are_compared_group_by_group() -> None:
    assert groups(None, GOOD) == ()
    assert groups("1234567890ab", "12345678ffff") == (
        DigestGroup(text="12345678", differs=False),
        DigestGroup(text="90ab", differs=True),
    )
    assert groups("1234567890ab", "12345678") == (
        DigestGroup(text="12345678", differs=False),
        DigestGroup(text="90ab", differs=True),
    )
    assert not any(part.differs for part in groups(BAD, None))
    assert (difference(3, 1), difference(1, 3), difference(3, 3), difference(None, 3)) == (
        "2 bytes more than recorded",
        "2 bytes fewer than recorded",
        "",
        "",
    )


def side(store: str, *, good: bool) -> CopySide:
    outcome = "intact" if good else "altered"
    return CopySide(
        store=store, place="", key="k", outcome=outcome, digest=GOOD, size=1, read=NOON, good=good, picture=False
    )


def stand(app: Flask, case: Case, sides: tuple[CopySide, ...], *said: str) -> list[tuple[str, str]]:
    """State and button of each step."""
    timeline = [CaseDeed(case=case.id, deed=deed, agent="x", at=NOON) for deed in said]
    with app.test_request_context():
        return [(step.state, step.button) for step in steps(case, sides, timeline)]


def test_the_steps_follow_each_other_and_one_is_the_next(app: Flask) -> None:
    sides = (side("s3", good=False), side("copy", good=True))
    again, mend = "Read every copy again", "Repair from the copy in “copy”"
    assert stand(app, CASE, sides, "opened") == [("next", again), ("later", mend), ("later", "")]
    assert stand(app, CASE, sides, "opened", "rechecked") == [("done", again), ("next", mend), ("later", "")]
    back = stand(app, CASE, sides, "opened", "rechecked", "repaired", "closed", "reopened")
    assert back == [("next", again), ("later", mend), ("later", "")]
    mended = replace(CASE, state=CaseState.REPAIRED, last_good=True)
    assert stand(app, mended, sides, "opened", "rechecked", "repaired") == [
        ("done", again),
        ("done", ""),
        ("next", "Close the case"),
    ]
    closed = replace(mended, state=CaseState.CLOSED)
    assert stand(app, closed, sides, "opened", "rechecked", "repaired", "closed") == [("done", "")] * 3


def test_nothing_is_offered_that_would_be_refused(app: Flask) -> None:
    bad = (side("s3", good=False), side("copy", good=False))
    assert stand(app, CASE, bad, "opened", "rechecked")[1:] == [("later", ""), ("later", "")]
    stray = replace(CASE, kind=CaseKind.UNEXPECTED, item="", file="", expected=None)
    assert stand(app, stray, (), "opened", "rechecked")[1] == ("next", "Move it to the quarantine")
    away = replace(CASE, kind=CaseKind.STORE_AWAY, key="", item="", file="")
    assert stand(app, away, (), "opened") == [("next", "Look again"), ("later", "")]


def test_three_clicks_lead_from_alert_to_verified_repair(come: Any, cat: Catalog) -> None:
    stella, place = come("stella"), "/fixity/cases/000000000001"
    answers = [stella.post(f"{place}/{deed}", follow_redirects=True).text for deed in ("recheck", "repair", "close")]
    assert "Every copy was read in full. The copy in “s3” is not good." in answers[0]
    assert "was repaired from “copy” and read back." in answers[1]
    assert "The case is closed." in answers[2]
    case, me = cases.get(cat, CASE.id), id_of(cat, "stella")
    assert case is not None
    assert (case.state, case.last_good, case.found) == (CaseState.CLOSED, True, GOOD)
    assert [(deed.deed, deed.agent) for deed in cases.timeline(cat, CASE.id)] == [
        ("opened", "muniment-audit"),
        ("rechecked", me),
        ("repaired", me),
        ("closed", me),
    ]
    assert "stella closed the case." in answers[2]
    assert "Its copy in the store “s3” is good again." in answers[2]
    assert "It was found so: Its copy in the store “s3” is not what was stored. It is cut off" in answers[2]


def test_a_case_is_not_closed_over_a_bad_read(come: Any, cat: Catalog) -> None:
    answer = come("stella").post("/fixity/cases/000000000001/close", follow_redirects=True)
    assert "cannot be closed while its last full read is bad" in answer.text
    case = cases.get(cat, CASE.id)
    assert case is not None
    assert case.state is CaseState.OPEN


def test_what_could_not_be_done_is_said_on_the_case(come: Any, deeds: FakeActions, cat: Catalog) -> None:
    deeds.refused = "No good copy was found, so nothing was written."
    answer = come("stella").post("/fixity/cases/000000000001/repair", follow_redirects=True)
    assert (answer.status_code, answer.request.path) == (200, "/fixity/cases/000000000001")
    assert deeds.refused in answer.text
    assert cases.get(cat, CASE.id) == CASE


def test_people_acknowledge_note_and_assign(come: Any, cat: Catalog) -> None:
    stella, otto = come("stella"), id_of(cat, "otto")
    form: list[dict[str, str]] = [
        {"deed": "acknowledged", "note": "The disk <b>clicks</b>."},
        {"deed": "noted", "note": "  "},
        {"deed": "noted", "note": "A new one is ordered."},
        {"deed": "assigned", "assigned": otto},
    ]
    answers = [stella.post("/fixity/cases/000000000001/decide", data=one, follow_redirects=True) for one in form]
    assert "The note is empty" in answers[1].text
    assert "The case is given to otto." in answers[3].text
    found = [(deed.deed, deed.note) for deed in cases.timeline(cat, CASE.id)]
    assert found == [
        ("opened", ""),
        ("acknowledged", "The disk <b>clicks</b>."),
        ("noted", "A new one is ordered."),
        ("assigned", ""),
    ]
    case = cases.get(cat, CASE.id)
    assert case is not None
    assert (case.state, case.assigned) == (CaseState.ACKNOWLEDGED, otto)
    assert "The disk &lt;b&gt;clicks&lt;/b&gt;." in answers[3].text


@pytest.mark.parametrize("form", [{}, {"deed": "closed"}, {"deed": "assigned"}, {"deed": "assigned", "assigned": "x"}])
def test_no_other_deed_can_be_smuggled_in(form: dict[str, str], come: Any, cat: Catalog) -> None:
    assert come("stella").post("/fixity/cases/000000000001/decide", data=form).status_code == 400
    assert cases.get(cat, CASE.id) == CASE


def test_an_archivist_reads_and_does_nothing(come: Any) -> None:
    text = come("anna").get("/fixity/cases/000000000001").text
    assert "is not what was stored" in text
    assert not any(word in text for word in ("/recheck", "/repair", "/close", "/decide", "textarea"))


def test_damaged_bytes_are_kept_apart_from_the_browser(come: Any) -> None:
    answer = come("stella").get("/fixity/cases/000000000001/copies/s3/file")
    assert answer.data == DAMAGED
    headers = {name: answer.headers[name] for name in ("Content-Type", "Content-Disposition", "X-Muniment-Copy")}
    assert headers == {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": "attachment; filename=000000000001-s3-0001.tif.damaged",
        "X-Muniment-Copy": "damaged",
    }
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_good_copy_keeps_its_name(come: Any) -> None:
    answer = come("stella").get("/fixity/cases/000000000001/copies/copy/file")
    assert answer.headers["Content-Disposition"] == "attachment; filename=000000000001-copy-0001.tif"
    assert answer.headers["X-Muniment-Copy"] == "good"


@pytest.mark.parametrize("name", ['a"\r\nX-Evil: 1.tif', "../../etc/passwd", "é€.tif", "x" * 500, "=inventory.json"])
def test_no_file_name_gets_out_of_its_header(name: str, cat: Catalog, come: Any) -> None:
    cases.open_or_reopen(cat, replace(CASE, id="000000000002", file=name), "muniment-audit", "r1")
    answer = come("stella").get("/fixity/cases/000000000002/copies/s3/file")
    assert re.fullmatch(r"attachment; filename=[A-Za-z0-9._-]{1,130}\.damaged", answer.headers["Content-Disposition"])
    assert "X-Evil" not in answer.headers


def test_pictures_are_made_anew_or_not_there(come: Any) -> None:
    stella = come("stella")
    answer = stella.get("/fixity/cases/000000000001/copies/copy/picture.jpg")
    assert (answer.status_code, answer.content_type, answer.data[:2]) == (200, "image/jpeg", b"\xff\xd8")
    assert answer.headers["X-Muniment-Copy"] == "good"
    for path in ("1/copies/s3/picture.jpg", "1/copies/other/picture.jpg", "1/copies/other/file", "9/copies/s3/file"):
        assert stella.get(f"/fixity/cases/00000000000{path}").status_code == 404, path


def test_a_copy_that_cannot_be_read_says_so(come: Any, deeds: FakeActions) -> None:
    deeds.refused = "The store “s3” does not answer."
    answer = come("stella").get("/fixity/cases/000000000001/copies/s3/file")
    assert (answer.status_code, deeds.refused in answer.text) == (404, True)


def test_whatever_a_file_is_called_is_shown_as_plain_text(cat: Catalog, come: Any) -> None:
    evil = "<script>alert(1)</script>"
    cases.open_or_reopen(
        cat, replace(CASE, id="000000000003", key=evil, file=evil, hint=evil, store=evil), "muniment-audit", evil
    )
    stella = come("stella")
    for path in ("/fixity", "/fixity/cases", "/fixity/cases/000000000003"):
        text = stella.get(path).text
        assert evil not in text
        assert "&lt;script&gt;" in text
