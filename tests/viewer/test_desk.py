"""The workbench: inbox, batches, publish and withdraw."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from catalog import batches, items, people
from catalog.database import Catalog, open_catalog
from catalog.values import InboxEntry, ItemEntry, JobSeed
from core.item import Access, AccessState, Item
from core.problems import problem
from viewer.app import create_app
from viewer.progress import Progress, Segment, progress

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
EMPTY = problem("file-empty", page=7, file="0007.tif")
RIGHTS = problem("metadata-rights-missing", file="letter")
HELD = problem("already-held", file="old", id="x", detail="two pages")


@pytest.fixture
def cat(tmp_path: Path) -> Iterator[Catalog]:
    opened = open_catalog(f"sqlite:///{tmp_path / 'desk.db'}")
    people.add(opened, "anna", "a long secret", "archivist")
    yield opened
    opened.close()


@pytest.fixture
def desk(cat: Catalog, config: Any, actions: Any) -> FlaskClient:
    """The archivist's browser over an empty catalogue."""
    client = create_app(config, cat, actions).test_client()
    with client.session_transaction() as session:
        session["_user_id"] = people.everyone(cat)[0].agent_id
    return client


def entry(*rows: tuple[str, tuple[Any, ...]], state: str = "checked", **facts: Any) -> InboxEntry:
    report = [
        {
            "item": name,
            "id": None,
            "state": "refused" if any(one.refuses for one in problems) else "ok",
            "pages": 2,
            "manifest": None,
            "problems": [one.as_json() for one in problems],
        }
        for name, problems in rows
    ]
    return InboxEntry(
        **{
            "path": "/in/autumn",
            "name": "autumn",
            "signature": "s",
            "state": state,
            "items": len(rows),
            "pages": 2 * len(rows),
            "languages": ("en", "de"),
            "report": report,
            "sentence": "",
            "batch_id": None,
            "seen": NOON,
            **facts,
        }
    )


def test_an_empty_inbox_says_how_to_fill_it(desk: FlaskClient, config: Any) -> None:
    text = desk.get("/inbox").text
    assert str(config.inbox) in text
    assert "Nothing is waiting" in text


def test_a_card_tells_the_check_the_worst_first_and_has_one_button(desk: FlaskClient, cat: Catalog) -> None:
    batches.inbox_put(cat, entry(("letter", (RIGHTS,)), ("paper", (EMPTY,)), ("book", ())))
    text = desk.get("/inbox").text
    assert "3 items, 6 pages, English and German" in text
    assert "1 item is refused as delivered, 2 can be queued." in text
    assert text.index("0007.tif") < text.index("No rights are given")
    assert text.count("<button class=") - text.count('<button class="plain') == 1
    assert ">Queue 2 items</button>" in text


@pytest.mark.parametrize("state", ["settling", "checking"])
def test_what_is_not_checked_yet_cannot_be_queued(state: str, desk: FlaskClient, cat: Catalog) -> None:
    batches.inbox_put(cat, entry(("letter", ()), state=state))
    assert "Queue" not in desk.get("/inbox").text


def test_what_is_held_already_can_become_a_new_version(
    desk: FlaskClient, cat: Catalog, csrf: Any, actions: Any
) -> None:
    batches.inbox_put(cat, entry(("old", (HELD,))))
    text = desk.get("/inbox").text
    assert ">Queue 1 item as new version</button>" in text
    assert '<input type="hidden" name="new_version" value="1">' in text


def test_queueing_asks_for_the_batch_and_leads_to_its_page(
    desk: FlaskClient, cat: Catalog, csrf: Any, actions: Any
) -> None:
    batches.inbox_put(cat, entry(("letter", ())))
    assert '<input type="hidden" name="signature" value="s">' in desk.get("/inbox").text
    form = {"path": "/in/autumn", "signature": "s", "publish": "1", "csrf_token": csrf(desk, "/inbox")}
    answer = desk.post("/inbox", data=form)
    assert actions.asked == [("queue", "/in/autumn", True, False)]
    assert (answer.status_code, answer.headers["Location"]) == (303, "/batches/000000000000")


@pytest.mark.parametrize(
    ("state", "signature"), [("settling", "s"), ("checking", "s"), ("checked", "another"), ("checked", "")]
)
def test_a_folder_that_changed_since_its_check_is_not_queued(
    state: str, signature: str, desk: FlaskClient, cat: Catalog, csrf: Any, actions: Any
) -> None:
    form = {"path": "/in/autumn", "signature": signature, "csrf_token": csrf(desk, "/inbox")}
    batches.inbox_put(cat, entry(("letter", ()), state=state))
    answer = desk.post("/inbox", data=form, follow_redirects=True)
    assert actions.asked == []
    assert "The folder has changed since it was checked: look at its card again." in answer.text


def test_a_second_click_leads_to_the_batch_of_the_first(
    desk: FlaskClient, cat: Catalog, csrf: Any, actions: Any
) -> None:
    batches.inbox_put(cat, entry(("letter", ()), state="queued", batch_id="0123456789ab"))
    form = {"path": "/in/autumn", "signature": "s", "csrf_token": csrf(desk, "/inbox")}
    answer = desk.post("/inbox", data=form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/batches/0123456789ab")
    assert actions.asked == []


def partly(cat: Catalog) -> str:
    """A batch that ended: one item is in, one is held already, one failed."""
    batch_id = batches.create(cat, name="autumn", path="/in/autumn", publish=False, new_version=False, agent="x")
    batches.set_jobs(cat, batch_id, [JobSeed(name, at) for at, name in enumerate(("letter", "old", "map"))])
    batches.update_job(cat, batch_id, "letter", state="awaiting", pages=2)
    batches.update_job(cat, batch_id, "old", state="refused", pages=2, problems=[RIGHTS, HELD])
    batches.update_job(cat, batch_id, "map", state="failed", pages=2)
    batches.finish(cat, batch_id, state="failed")
    return batch_id


def test_a_folder_whose_batch_ended_without_some_items_can_be_queued_again_once(
    desk: FlaskClient, cat: Catalog, csrf: Any, actions: Any
) -> None:
    folder = entry(("letter", ()), ("old", (HELD,)), ("map", ()), state="queued", batch_id=partly(cat))
    batches.inbox_put(cat, folder)
    text = desk.get("/inbox").text
    assert "It was queued; 2 items were not taken in: look at its batch, or queue it again." in text
    assert ">Queue 1 item</button>" in text
    assert '<input type="checkbox" name="new_version" value="1">' in text
    form = {"path": "/in/autumn", "signature": "s", "new_version": "1", "csrf_token": csrf(desk, "/inbox")}
    answer = desk.post("/inbox", data=form)
    assert actions.asked == [("queue", "/in/autumn", False, True)]
    assert answer.headers["Location"] == "/batches/000000000000"
    # The deed has put the new batch on the card, so a second click finds it at work.
    fresh = batches.create(cat, name="autumn", path="/in/autumn", publish=False, new_version=True, agent="x")
    batches.inbox_put(cat, replace(folder, batch_id=fresh))
    assert desk.post("/inbox", data=form).headers["Location"] == f"/batches/{fresh}"
    assert len(actions.asked) == 1
    assert ">Queue " not in desk.get("/inbox").text


def test_what_a_batch_refused_as_held_can_become_a_new_version(desk: FlaskClient, cat: Catalog) -> None:
    batch_id = partly(cat)
    batches.update_job(cat, batch_id, "map", state="awaiting")
    # The check knew nothing of it: the item came in between check and batch.
    batches.inbox_put(cat, entry(("letter", ()), ("old", ()), ("map", ()), state="queued", batch_id=batch_id))
    text = desk.get("/inbox").text
    assert "It was queued; 1 item was not taken in: look at its batch, or queue it again." in text
    assert ">Queue 1 item as new version</button>" in text
    assert '<input type="hidden" name="new_version" value="1">' in text


def test_a_folder_that_changed_since_its_batch_is_not_queued_again(
    desk: FlaskClient, cat: Catalog, csrf: Any, actions: Any
) -> None:
    batches.inbox_put(cat, entry(("old", (HELD,)), state="queued", batch_id=partly(cat)))
    form = {"path": "/in/autumn", "signature": "another", "csrf_token": csrf(desk, "/inbox")}
    assert "The folder has changed since it was checked" in desk.post("/inbox", data=form, follow_redirects=True).text
    assert actions.asked == []


def test_a_folder_whose_batch_ended_well_leads_to_it(desk: FlaskClient, cat: Catalog, csrf: Any, actions: Any) -> None:
    batch_id = batches.create(cat, name="autumn", path="/in/autumn", publish=False, new_version=False, agent="x")
    batches.finish(cat, batch_id, state="done")
    batches.inbox_put(cat, entry(("letter", ()), state="queued", batch_id=batch_id))
    assert ">Queue " not in desk.get("/inbox").text
    form = {"path": "/in/autumn", "signature": "s", "csrf_token": csrf(desk, "/inbox")}
    assert desk.post("/inbox", data=form).headers["Location"] == f"/batches/{batch_id}"
    assert actions.asked == []


def test_only_folders_of_the_inbox_can_be_queued(desk: FlaskClient, csrf: Any, actions: Any) -> None:
    answer = desk.post("/inbox", data={"path": "/etc", "csrf_token": csrf(desk, "/inbox")}, follow_redirects=True)
    assert actions.asked == []
    assert "no longer in the inbox" in answer.text


def running(cat: Catalog) -> str:
    """A batch of four items: one ready, one refused, one half read, one waiting."""
    batch_id = batches.create(cat, name="autumn", path="/in/autumn", publish=False, new_version=False, agent="x")
    batches.begin(cat, batch_id, batches.raise_attempt(cat, batch_id))
    batches.set_jobs(cat, batch_id, [JobSeed(name, at) for at, name in enumerate(("letter", "paper", "book", "map"))])
    batches.update_job(cat, batch_id, "letter", state="awaiting", item_id=None, pages=2)
    batches.update_job(cat, batch_id, "paper", state="refused", pages=4, problems=[EMPTY])
    batches.update_job(cat, batch_id, "book", state="reading", pages=10, problems=[RIGHTS])
    for folder, number in (("letter", 1), ("letter", 2), ("book", 1), ("book", 2), ("book", 3)):
        batches.page_done(cat, batch_id, folder, number, seconds=1.0, problem=None)
    return batch_id


def test_a_running_batch_speaks_in_one_sentence_and_shows_what_needs_a_person(desk: FlaskClient, cat: Catalog) -> None:
    batch_id = running(cat)
    text = desk.get(f"/batches/{batch_id}").text
    assert "5 of 16 pages are read, 1 needs you" in text
    assert "2 pages ready to publish, 3 pages read, 4 pages refused or failed" in text
    assert text.index("Needs you") < text.index("0007.tif") < text.index("<h2>Items</h2>")
    assert "1 remark" in text
    assert '<meta http-equiv="refresh"' in text


def test_progress_is_told_to_the_script(desk: FlaskClient, cat: Catalog) -> None:
    batch_id = running(cat)
    told: Any = desk.get(f"/batches/{batch_id}/progress").json
    assert {name: told[name] for name in ("state", "pages", "pages_done", "live")} == {
        "state": "running",
        "pages": 16,
        "pages_done": 5,
        "live": True,
    }
    assert told["html"].lstrip().startswith('<p class="sentence"')


def test_a_batch_that_ended_can_be_tried_again(desk: FlaskClient, cat: Catalog, csrf: Any, actions: Any) -> None:
    batch_id = running(cat)
    batches.update_job(cat, batch_id, "map", state="failed", sentence="The store was away: try again.")
    batches.finish(cat, batch_id, state="done")
    text = desk.get(f"/batches/{batch_id}").text
    assert "1 item of 4 is in, 1 ready for you to publish, 2 need you." in text
    assert "The store was away: try again." in text
    assert "http-equiv" not in text
    desk.post(f"/batches/{batch_id}/retry", data={"csrf_token": csrf(desk, f"/batches/{batch_id}")})
    assert actions.asked == [("retry", batch_id)]


def test_a_batch_is_published_by_others_and_its_page_says_how_far(
    desk: FlaskClient, cat: Catalog, csrf: Any, actions: Any
) -> None:
    batch_id = batches.create(cat, name="autumn", path="/in/autumn", publish=False, new_version=False, agent="x")
    batches.begin(cat, batch_id, batches.raise_attempt(cat, batch_id))
    batches.set_jobs(cat, batch_id, [JobSeed(state, at) for at, state in enumerate(AccessState)])
    for state in AccessState:
        save(cat, state)
        batches.update_job(cat, batch_id, state, state="awaiting", item_id=f"item-{state}", pages=0)
    batches.finish(cat, batch_id, state="done")
    place = f"/batches/{batch_id}"
    assert "Publish 1 item<" in desk.get(place).text
    answer = desk.post(f"{place}/publish", data={"csrf_token": csrf(desk, place)}, follow_redirects=True)
    assert actions.asked == [("publish batch", batch_id)]
    assert "3 items to be published, 1 published so far." in answer.text
    assert '<meta http-equiv="refresh"' in answer.text


def decided(cat: Catalog, states: dict[AccessState, str]) -> str:
    """An ended batch of an item in each access state, with what the batch remembers of it."""
    batch_id = batches.create(cat, name="autumn", path="/in/autumn", publish=False, new_version=False, agent="x")
    batches.set_jobs(cat, batch_id, [JobSeed(state, at) for at, state in enumerate(states)])
    for state, remembered in states.items():
        save(cat, state)
        batches.update_job(cat, batch_id, state, state=remembered, item_id=f"item-{state}", pages=2)
    batches.finish(cat, batch_id, state="done")
    return batch_id


def shown(app: Flask, cat: Catalog, batch_id: str) -> Progress:
    view = batches.get(cat, batch_id)
    assert view is not None
    with app.test_request_context():
        return progress(cat, view)


def test_what_another_batch_published_or_withdrew_is_shown_as_it_is(app: Flask, cat: Catalog) -> None:
    batch_id = decided(
        cat,
        {
            AccessState.DRAFT: "published",
            AccessState.PUBLISHED: "awaiting",
            AccessState.EMBARGOED: "awaiting",
            AccessState.WITHDRAWN: "awaiting",
        },
    )
    now = shown(app, cat, batch_id)
    assert [(line.folder, line.state, line.kind, line.can_publish, line.can_withdraw) for line in now.lines] == [
        ("draft", "Ready for you to publish", "ready", True, False),
        ("published", "Published", "good", False, True),
        ("embargoed", "Ready for you to publish", "ready", False, False),
        ("withdrawn", "Withdrawn", "waiting", False, False),
    ]
    assert now.sentence == "All 4 items are in, 2 ready for you to publish."
    assert now.ready == 1
    assert now.segments == (
        Segment(kind="good", start=0, length=250, says="2 pages published"),
        Segment(kind="ready", start=250, length=500, says="4 pages ready to publish"),
        Segment(kind="read", start=750, length=250, says="2 pages withdrawn"),
    )


def test_a_withdrawn_item_keeps_its_title_and_its_link(app: Flask, cat: Catalog) -> None:
    (line,) = shown(app, cat, decided(cat, {AccessState.WITHDRAWN: "withdrawn"})).lines
    assert (line.title, line.address, line.state, line.kind) == (
        "withdrawn",
        "/items/item-withdrawn",
        "Withdrawn",
        "waiting",
    )


def test_a_draft_that_could_not_be_published_says_why(desk: FlaskClient, cat: Catalog) -> None:
    batch_id = decided(cat, {AccessState.DRAFT: "awaiting", AccessState.PUBLISHED: "awaiting"})
    batches.update_job(cat, batch_id, "draft", sentence="The store was away: publish it again.")
    batches.update_job(cat, batch_id, "published", sentence="This was long ago: forget it.")
    text = desk.get(f"/batches/{batch_id}").text
    assert "Needs you" not in text
    assert text.count("<p>The store was away: publish it again.</p>") == 1
    assert "This was long ago" not in text


def test_old_batches_are_on_the_next_page(desk: FlaskClient, cat: Catalog) -> None:
    for number in range(51):
        batches.create(cat, name=f"batch {number}", path="/b", publish=False, new_version=False, agent="x")
    first, second = desk.get("/batches").text, desk.get("/batches?page=2").text
    assert (first.count("<li><h2>"), second.count("<li><h2>")) == (50, 1)
    assert '<a rel="next" href="?page=2">' in first
    assert '<a rel="prev" href="?page=1">' in second
    assert "Part 2 of 2" in second


def save(cat: Catalog, state: AccessState) -> None:
    """Keeps an item without pages in this state."""
    until = date(2999, 1, 1) if state is AccessState.EMBARGOED else None
    access = Access(state=state, reason="privacy", by="x", at="2026-11-20T10:00:00+00:00", embargo_until=until)
    item = Item(id=f"item-{state}", source_key=state, title=state, access=access)
    kept: dict[str, Any] = {"files": (), "stores": ("s3",), "derived": {}, "texts": {}, "at": NOON}
    items.save(cat, ItemEntry(item=item, version=1, fingerprint=state, image_fingerprint=state, **kept))


def test_unknown_batches_and_reasons_are_refused(desk: FlaskClient, staff: FlaskClient, report: Any, csrf: Any) -> None:
    assert desk.get("/batches/0123456789ab").status_code == 404
    token = csrf(staff, f"/items/{report.id}")
    answer = staff.post(f"/items/{report.id}/withdraw", data={"reason": "whim", "csrf_token": token})
    assert answer.status_code == 400


def test_items_are_published_and_withdrawn_from_their_page(
    staff: FlaskClient, shelf: Any, report: Any, csrf: Any, actions: Any
) -> None:
    draft = shelf.items["draft"]
    assert "Draft, not visible to readers" in staff.get(f"/items/{draft.id}").text
    token = csrf(staff, f"/items/{draft.id}")
    answer = staff.post(f"/items/{draft.id}/publish", data={"csrf_token": token})
    assert answer.headers["Location"] == f"/items/{draft.id}"
    staff.post(f"/items/{report.id}/withdraw", data={"csrf_token": token, "reason": "privacy"})
    assert actions.asked == [("publish", draft.id), ("withdraw", report.id, "privacy")]


def test_a_withdrawn_item_can_be_published_again_by_staff(staff: FlaskClient, reader: FlaskClient, shelf: Any) -> None:
    item = shelf.items["withdrawn"]
    assert "Publish it again" in staff.get(f"/items/{item.id}").text
    assert "Publish it again" not in reader.get(f"/items/{item.id}").text
