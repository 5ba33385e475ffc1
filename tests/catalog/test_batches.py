"""A batch on its way tells how far it is, and no step twice counts twice."""

from datetime import UTC, datetime, timedelta

import pytest

from catalog import batches, watching
from catalog.database import Catalog
from catalog.values import BatchView, InboxEntry, JobSeed, JobView
from core.errors import NotFoundError
from core.problems import problem

EMPTY = problem("file-empty", file="a.tif")
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
STRANGER = problem("file-stranger", page=2, file="x.doc")


@pytest.fixture
def batch(cat: Catalog) -> str:
    made = batches.create(cat, name="autumn", path="/drop/autumn", publish=True, new_version=False, agent="k")
    batches.set_jobs(cat, made, [JobSeed("one", 0), JobSeed("two", 1)])
    return made


def test_a_batch_goes_its_way(cat: Catalog, batch: str) -> None:
    attempt = batches.raise_attempt(cat, batch)
    assert batches.begin(cat, batch, attempt)
    batches.update_job(cat, batch, "one", state="refused", problems=[EMPTY], sentence="Refused.")
    batches.update_job(cat, batch, "two", state="reading", pages=3, item_id="abc")
    batches.page_done(cat, batch, "two", 2, seconds=1.5, problem=STRANGER)
    batches.page_done(cat, batch, "two", 1, seconds=0.5)
    batches.page_done(cat, batch, "two", 1, seconds=0.5)
    batches.update_job(cat, batch, "two", problems=[EMPTY])
    view = batches.get(cat, batch)
    assert view is not None
    assert view.started is not None
    assert view == BatchView(
        id=batch,
        name="autumn",
        path="/drop/autumn",
        publish=True,
        new_version=False,
        state="running",
        sentence="",
        attempt=1,
        created=view.created,
        started=view.started,
        finished=None,
        agent="k",
        jobs=(
            JobView(
                folder="one",
                position=0,
                item_id=None,
                state="refused",
                pages=0,
                pages_done=0,
                problems=(EMPTY,),
                sentence="Refused.",
            ),
            JobView(
                folder="two",
                position=1,
                item_id="abc",
                state="reading",
                pages=3,
                pages_done=2,
                problems=(EMPTY, STRANGER),
                sentence="",
            ),
        ),
        pages_before=0,
    )
    assert (view.items, view.pages, view.pages_done, view.problems) == (2, 3, 2, (EMPTY, EMPTY, STRANGER))
    batches.finish(cat, batch, state="done")
    ended = batches.get(cat, batch)
    assert ended is not None
    assert (ended.state, ended.finished is not None) == ("done", True)


def test_an_attempt_that_is_not_current_stops(cat: Catalog, batch: str) -> None:
    first = batches.raise_attempt(cat, batch)
    second = batches.raise_attempt(cat, batch)
    assert (first, second) == (1, 2)
    assert not batches.begin(cat, batch, first)
    view = batches.get(cat, batch)
    assert view is not None
    assert view.state == "queued"
    assert batches.begin(cat, batch, second)
    assert batches.begin(cat, batch, second)


def test_jobs_that_are_there_keep_their_state(cat: Catalog, batch: str) -> None:
    batches.update_job(cat, batch, "two", state="published", item_id="abc")
    batches.set_jobs(cat, batch, [JobSeed("zero", 0), JobSeed("one", 1), JobSeed("two", 2)])
    view = batches.get(cat, batch)
    assert view is not None
    assert [(job.folder, job.position, job.state, job.item_id) for job in view.jobs] == [
        ("zero", 0, "queued", None),
        ("one", 1, "queued", None),
        ("two", 2, "published", "abc"),
    ]


def test_a_job_whose_folder_is_gone_goes_unless_it_brought_an_item(cat: Catalog, batch: str) -> None:
    other = batches.create(cat, name="b", path="/b", publish=False, new_version=False, agent="k")
    ended = ("awaiting", "published", "withdrawn", "stored")
    for one in (batch, other):
        batches.set_jobs(cat, one, [JobSeed(name, 0) for name in ("one", "two", "failed", "empty", *ended)])
    for state in ended:
        batches.update_job(cat, batch, state, state=state, item_id=f"id-{state}")
    batches.update_job(cat, batch, "failed", state="failed", item_id="abc")
    batches.update_job(cat, batch, "empty", state="stored")
    for folder in ("one", "failed", "stored"):
        batches.page_done(cat, batch, folder, 1, seconds=1, problem=STRANGER)
        batches.page_done(cat, other, folder, 1, seconds=1)
    for _ in range(2):
        batches.set_jobs(cat, batch, [JobSeed("two", 0)])
    view, untouched = batches.get(cat, batch), batches.get(cat, other)
    assert view is not None
    assert untouched is not None
    assert {(job.folder, job.pages_done) for job in view.jobs} == {
        ("two", 0),
        ("awaiting", 0),
        ("published", 0),
        ("withdrawn", 0),
        ("stored", 1),
    }
    assert (len(untouched.jobs), untouched.pages_done) == (8, 3)
    # A folder that comes back begins anew.
    batches.set_jobs(cat, batch, [JobSeed("one", 0), JobSeed("two", 1)])
    again = batches.get(cat, batch)
    assert again is not None
    assert [(job.state, job.pages_done, job.problems) for job in again.jobs if job.folder == "one"] == [
        ("queued", 0, ())
    ]


def test_a_page_that_went_well_at_last_has_no_problem(cat: Catalog, batch: str) -> None:
    batches.page_done(cat, batch, "one", 1, seconds=1, problem=STRANGER)
    batches.page_done(cat, batch, "one", 1, seconds=1)
    view = batches.get(cat, batch)
    assert view is not None
    assert (view.pages_done, view.problems) == (1, ())


def test_what_is_left_follows_the_pace_of_this_attempt(
    cat: Catalog, batch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches.update_job(cat, batch, "one", pages=12)
    batches.page_done(cat, batch, "one", 1, seconds=1)
    batches.begin(cat, batch, batches.raise_attempt(cat, batch))
    started = batches.get(cat, batch)
    assert started is not None
    assert started.started is not None
    assert (started.pages_done, started.pages_before, batches.minutes_left(started)) == (1, 1, None)
    batches.page_done(cat, batch, "one", 2, seconds=1)
    batches.page_done(cat, batch, "one", 3, seconds=1)
    view = batches.get(cat, batch)
    assert view is not None
    later = started.started + timedelta(minutes=4)
    monkeypatch.setattr(watching, "now", lambda: later)
    assert batches.minutes_left(view) == pytest.approx(4 / 2 * 9)


def test_lists_are_in_order(cat: Catalog, batch: str) -> None:
    other = batches.create(cat, name="b", path="/b", publish=False, new_version=False, agent="k")
    batches.finish(cat, batch, state="failed", sentence="The disk is full.")
    assert [view.id for view in batches.listing(cat)] == [other, batch]
    assert [view.id for view in batches.listing(cat, limit=1)] == [other]
    assert [view.id for view in batches.unfinished(cat)] == [other]
    assert batches.get(cat, "nothing") is None


def test_a_long_list_is_read_part_by_part(cat: Catalog) -> None:
    made = [
        batches.create(cat, name=str(at), path="/b", publish=False, new_version=False, agent="k") for at in range(3)
    ]
    newest = [view.id for view in batches.listing(cat)]
    assert set(newest) == set(made)
    assert [view.id for view in batches.listing(cat, limit=2)] == newest[:2]
    assert [view.id for view in batches.listing(cat, limit=2, offset=2)] == newest[2:]
    assert batches.count(cat) == 3


def test_only_what_an_ended_batch_did_not_take_in_is_left_out(cat: Catalog, batch: str) -> None:
    batches.set_jobs(cat, batch, [JobSeed("one", 0), JobSeed("two", 1), JobSeed("three", 2)])
    batches.update_job(cat, batch, "one", state="refused", problems=[EMPTY])
    batches.update_job(cat, batch, "two", state="failed", sentence="The store was away: try again.")
    batches.update_job(cat, batch, "three", state="published", item_id="abc")
    whole = batches.create(cat, name="b", path="/b", publish=False, new_version=False, agent="k")
    batches.finish(cat, whole, state="done")
    assert batches.left_out(cat, [batch, whole, "nothing"]) == {}
    batches.finish(cat, batch, state="failed")
    view = batches.get(cat, batch)
    assert view is not None
    assert batches.left_out(cat, [batch, whole, "nothing"]) == {batch: view.jobs[:2]}
    assert batches.left_out(cat, []) == {}


def test_what_is_not_known_is_told(cat: Catalog, batch: str) -> None:
    with pytest.raises(NotFoundError, match='no batch "x"'):
        batches.raise_attempt(cat, "x")
    with pytest.raises(NotFoundError, match='no batch "x"'):
        batches.begin(cat, "x", 1)
    with pytest.raises(NotFoundError, match='no batch "x"'):
        batches.set_jobs(cat, "x", [JobSeed("one", 0)])
    with pytest.raises(NotFoundError, match='no folder "x"'):
        batches.update_job(cat, batch, "x", state="queued")
    with pytest.raises(ValueError, match="nonsense"):
        batches.update_job(cat, batch, "one", state="nonsense")
    with pytest.raises(ValueError, match="queued"):
        batches.finish(cat, batch, state="queued")


def test_the_inbox_remembers_and_forgets(cat: Catalog) -> None:
    entry = InboxEntry(
        path="/in/b",
        name="b",
        signature="1:2",
        state="settling",
        items=0,
        pages=0,
        languages=(),
        report=[],
        sentence="",
        batch_id=None,
        seen=NOON,
    )
    checked = InboxEntry(
        path="/in/a",
        name="a",
        signature="3",
        state="checked",
        items=1,
        pages=2,
        languages=("de", "fr"),
        report=[{"item": "x", "problems": [EMPTY.as_json()]}],
        sentence="Ready.",
        batch_id="q",
        seen=NOON,
    )
    batches.inbox_put(cat, entry)
    batches.inbox_put(cat, checked)
    batches.inbox_put(cat, checked)
    assert batches.inbox(cat) == (checked, entry)
    batches.inbox_drop(cat, "/in/a")
    batches.inbox_drop(cat, "/in/a")
    assert batches.inbox(cat) == (entry,)
