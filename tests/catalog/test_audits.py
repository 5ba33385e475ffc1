"""What is due, what was read, and the number that is promised."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, text

from catalog import audits, chain, copies, items
from catalog.columns import now
from catalog.database import Catalog
from catalog.fixity_values import Coverage, DueCopy, Read, Run, RunState
from catalog.tables import copies as table
from catalog.values import CopyView, ItemEntry
from core.events import Deed
from core.fixity import FixityOutcome, StoredFile

MakeEntry = Callable[..., ItemEntry]

NOON = datetime(2025, 11, 21, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
INTACT, ALTERED = FixityOutcome.INTACT, FixityOutcome.ALTERED


def put_copies(cat: Catalog, audited: dict[str, datetime | None], *, store: str = "s3", since: datetime = NOON) -> None:
    row = {
        "store": store,
        "item_id": "x",
        "size": 10,
        "sha512": "5",
        "sha256": "2",
        "outcome": "intact",
        "since": since,
        "event": 7,
    }
    rows = [{**row, "key": key, "logical": f"masters/{key}", "audited": at} for key, at in audited.items()]
    with cat.writing() as connection:
        connection.execute(insert(table), rows)


def read_of(key: str, at: datetime, outcome: FixityOutcome = INTACT, run: str = "r", store: str = "s3") -> Read:
    return Read(store=store, key=key, outcome=outcome, expected="5", found="5", size=9, at=at, agent="k", run=run)


def check(at: datetime = NOON) -> Deed:
    return Deed(kind="fixity check", agent="k", at=at, store="s3", facts={"reads": []})


@pytest.mark.parametrize("portion", [1, 2, 1000])
def test_due_are_those_never_read_then_the_oldest(cat: Catalog, portion: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audits, "MANY", portion)
    put_copies(cat, {"e": NOON - DAY, "a": None, "f": NOON, "d": NOON - DAY, "b": NOON + DAY, "c": None, "g": NOON})
    put_copies(cat, {"a": None}, store="other")
    found = list(audits.due(cat, "s3", NOON))
    assert [(copy.key, copy.audited) for copy in found] == [
        ("b", None),
        ("a", None),
        ("c", None),
        ("d", NOON - DAY),
        ("e", NOON - DAY),
        ("f", NOON),
        ("g", NOON),
    ]
    assert found[1] == DueCopy(
        store="s3",
        key="a",
        item="x",
        logical="masters/a",
        size=10,
        sha512="5",
        sha256="2",
        audited=None,
        outcome="intact",
        event=7,
        since=NOON,
    )
    assert [copy.store for copy in audits.copies_at(cat, "a")] == ["other", "s3"]
    assert [copy.key for copy in audits.of_item(cat, "x", "s3")] == list("abcdefg")


@pytest.mark.parametrize("portion", [1, 2, 3])
def test_none_is_due_twice_though_it_is_read_meanwhile(
    cat: Catalog, portion: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audits, "MANY", portion)
    past, future = now() - DAY, now() + DAY
    put_copies(cat, {"a": None, "b": past, "c": future, "d": past, "e": None, "f": future})
    given = []
    for copy in audits.due(cat, "s3"):
        given.append(copy.key)
        audits.record(cat, [read_of(copy.key, now())], check(now()))
    assert given == ["c", "f", "a", "e", "b", "d"]


def test_a_read_is_told_and_noted_in_one_step(cat: Catalog, make_entry: MakeEntry) -> None:
    entry = make_entry(None, stores=("s3",), at=NOON)
    [file] = entry.files
    listed = [file.logical, file.key, file.size, file.sha512, file.sha256]
    items.save(cat, entry, [replace(check(), kind="ingestion", facts={"files": [listed]})])
    later = NOON + DAY
    event = audits.record(cat, [read_of(file.key, later, ALTERED), read_of("canary", later)], check())
    assert chain.head(cat) == event
    gone = replace(read_of(file.key, NOON - DAY, FixityOutcome.MISSING), found=None, size=None)
    older = audits.record(cat, [gone], check())
    audits.record(cat, [], check())
    assert list(items.all_copies(cat)) == [
        CopyView(
            item_id=entry.item.id,
            store="s3",
            file=file,
            last_read=later,
            outcome=ALTERED,
            event=1,
            audited=later,
            since=NOON,
        )
    ]
    with cat.reading() as connection:
        told = connection.execute(text("SELECT key, outcome, run, size, event FROM reads ORDER BY number")).all()
    assert [tuple(row) for row in told] == [
        (file.key, "altered", "r", 9, event.number),
        ("canary", "intact", "r", 9, event.number),
        (file.key, "missing", "r", None, older.number),
    ]


def test_a_time_to_come_is_no_reason_to_believe_it_for_ever(cat: Catalog) -> None:
    put_copies(cat, {"a": None})
    ahead, today = now() + 300 * DAY, now()
    audits.record(cat, [read_of("a", ahead)], check())
    audits.record(cat, [read_of("a", today, ALTERED)], check())
    [copy] = audits.copies_at(cat, "a")
    assert (copy.audited, copy.outcome) == (today, ALTERED)


def test_what_was_not_told_was_not_read(cat: Catalog) -> None:
    put_copies(cat, {"a": None})
    with pytest.raises(ValueError, match="zone"):
        audits.record(cat, [read_of("a", NOON)], check(NOON.replace(tzinfo=None)))
    with cat.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM reads")).scalar_one() == 0
    assert audits.copies_at(cat, "a")[0].audited is None


def test_coverage_counts_what_was_read_and_what_was_not(cat: Catalog) -> None:
    today = now()
    since = today - 30 * DAY
    put_copies(
        cat,
        {"fresh": today - DAY, "edge": since, "old": since - DAY, "never": None, "wrong": today + DAY},
        since=today - 40 * DAY,
    )
    put_copies(cat, {"new": None}, store="young", since=today)
    with cat.writing() as connection:
        connection.execute(text("UPDATE copies SET outcome = 'missing' WHERE key IN ('fresh', 'old')"))
    whole = Coverage(
        store="s3",
        files=5,
        bytes=50,
        fresh=2,
        never=2,
        overdue=3,
        not_intact=2,
        oldest=since - DAY,
        first=today - 40 * DAY,
        longest=today - 40 * DAY,
    )
    young = Coverage(
        store="young",
        files=1,
        bytes=10,
        fresh=0,
        never=1,
        overdue=0,
        not_intact=0,
        oldest=None,
        first=today,
        longest=today,
    )
    assert audits.coverage(cat, since) == (whole, young)
    assert audits.coverage(cat, since, "young") == (young,)
    assert audits.coverage(cat, since, "nothing") == ()


def test_a_void_run_proves_nothing(cat: Catalog) -> None:
    put_copies(cat, {"a": None, "b": None, "c": None})
    good, bad = (audits.begin(cat, "nightly", NOON) for _ in range(2))
    audits.record(cat, [read_of("a", NOON + DAY, ALTERED, good), read_of("c", NOON + 4 * DAY, run=good)], check())
    first = [read_of(key, NOON + 2 * DAY, run=bad) for key in "ab"]
    audits.record(cat, [*first, read_of("c", NOON + 3 * DAY, run=bad)], check())
    assert [audits.disown(cat, bad), audits.disown(cat, bad)] == [2, 0]
    assert [(copy.audited, copy.outcome) for copy in audits.of_item(cat, "x", "s3")] == [
        (NOON + DAY, ALTERED),
        (None, INTACT),
        (NOON + 4 * DAY, INTACT),
    ]


def test_no_void_run_vouches_for_what_another_void_run_read(cat: Catalog) -> None:
    put_copies(cat, {"a": None})
    first, second = (audits.begin(cat, "nightly", NOON) for _ in range(2))
    audits.record(cat, [read_of("a", NOON + DAY, run=first)], check())
    audits.record(cat, [read_of("a", NOON + 2 * DAY, run=second)], check())
    run = audits.get(cat, first)
    assert run is not None
    audits.finish(cat, replace(run, state=RunState.VOID))
    audits.disown(cat, first)
    audits.disown(cat, second)
    assert [copy.last_read for copy in copies.of_key(cat, "a")] == [NOON]
    assert audits.copies_at(cat, "a")[0].audited is None


def test_a_run_is_kept_as_it_ended(cat: Catalog) -> None:
    assert (audits.latest(cat), audits.last_finished(cat)) == ((), None)
    ids = [audits.begin(cat, kind, NOON + number * DAY) for number, kind in enumerate(["nightly", "demand", "drill"])]
    running = Run(id=ids[1], kind="demand", state=RunState.RUNNING, started=NOON + DAY, finished=None)
    assert audits.get(cat, ids[1]) == running
    done = Run(
        id=ids[0],
        kind="nightly",
        state=RunState.DONE,
        started=NOON,
        finished=NOON + DAY,
        read=3,
        bytes=30,
        outcomes={"intact": 2, "altered": 1},
        unexpected=1,
        opened=2,
        stores={"s3": {"read": 3, "canaries": "ok"}},
        sentence="Three.",
        head="7:abc",
    )
    drilled = Run(id=ids[2], kind="drill", state=RunState.DONE, started=NOON + 2 * DAY, finished=NOON + 2 * DAY)
    audits.finish(cat, done)
    audits.finish(cat, drilled)
    broken = replace(running, state=RunState.BROKEN, finished=NOON + 9 * DAY)
    assert audits.break_open(cat, NOON + 9 * DAY) == (broken,)
    assert audits.break_open(cat, NOON + 9 * DAY) == ()
    assert audits.latest(cat) == (drilled, broken, done)
    assert audits.latest(cat, 1) == (drilled,)
    assert audits.last_finished(cat) == done
    assert audits.get(cat, "x") is None


def test_plan_and_count_need_no_walk_over_the_whole_table(cat: Catalog) -> None:
    walks = []
    with cat.reading() as connection:
        for query in (
            "SELECT * FROM copies WHERE store = 's' AND audited IS NULL AND key > 'x' ORDER BY audited, key LIMIT 9",
            "SELECT * FROM copies WHERE store = 's' AND audited <= 'n' AND (audited, key) > ('a', 'k')"
            " ORDER BY audited, key LIMIT 9",
            "SELECT count(*) FROM copies WHERE store = 's' AND audited >= 'n' AND audited < 'o'",
            "SELECT count(*) FROM copies WHERE store = 's' AND since >= 'n' AND since < 'o' AND audited IS NULL",
            "SELECT min(since) FROM copies WHERE store = 's' AND audited IS NULL",
            "SELECT min(since) FROM copies WHERE store = 's'",
            "SELECT * FROM copies WHERE key = 'k'",
        ):
            plan = connection.execute(text(f"EXPLAIN QUERY PLAN {query}")).all()
            walks += [row.detail for row in plan if "INDEX" not in row.detail]
    assert walks == []


def test_files_of_the_storage_root_are_of_no_item(cat: Catalog) -> None:
    root = StoredFile(logical="=root/store.json", key="store.json", size=1, sha512="x", sha256="y")
    copies.add(cat, "s3", [root], item="", at=NOON)
    assert [copy.logical for copy in audits.of_item(cat, "", "s3")] == ["=root/store.json"]
