"""The dead-man's switch over a real catalogue: silence, distrust, delay, deaf channels, a catalogue that is gone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catalog import audits, copies, outbox, runs
from catalog.fixity_values import Read, Run, RunState
from core.events import Deed
from core.fixity import FixityOutcome, StoredFile
from core.settings import Settings
from storage.layout import object_id, object_root
from workflow import audit_lease, heartbeat, watchman
from workflow.workshop import Workshop

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FILE = StoredFile(logical="a", key="ocfl/a", size=1, sha512="5" * 128, sha256="2" * 64)
WELL = Run(
    id="last-night",
    kind="nightly",
    state=RunState.DONE,
    started=NOW - 8 * HOUR,
    finished=NOW - 7 * HOUR,
    stores={"copy": {"canaries": "ok", "state": "ok"}},
)
Change = Callable[[Workshop], None]


def codes(shop: Workshop, now: datetime = NOW) -> list[str]:
    return [one.code for one in watchman.warnings(shop, now)]


@pytest.fixture
def well(shop: Workshop) -> Workshop:
    """Holdings that came 90 days ago and were audited last night."""
    copies.add(shop.catalog, "copy", [FILE], item="x", at=NOW - 90 * DAY)
    read_at(shop, NOW - 7 * HOUR)
    runs.finish(shop.catalog, WELL)
    return shop


def read_at(shop: Workshop, at: datetime) -> None:
    read = Read(
        store="copy",
        key=FILE.key,
        outcome=FixityOutcome.INTACT,
        expected=FILE.sha512,
        found=FILE.sha512,
        size=FILE.size,
        at=at,
        agent="a",
        run=WELL.id,
    )
    audits.record(shop.catalog, [read], Deed(kind="fixity check", agent="a", at=at, store="copy"))


def test_nothing_is_said_when_all_is_well_or_nothing_is_held(well: Workshop, tmp_path: Path) -> None:
    assert codes(well) == []
    assert codes(Workshop(Settings(home=tmp_path / "new", stores="copy=file:"))) == []


def test_silence_is_told_after_two_nights(well: Workshop) -> None:
    assert codes(well, NOW - 7 * HOUR + 2 * DAY) == []
    assert codes(well, NOW - 7 * HOUR + 2 * DAY + timedelta(seconds=1)) == ["audit-late"]


def test_holdings_that_were_never_audited_are_told(shop: Workshop) -> None:
    copies.add(shop.catalog, "copy", [FILE], item="x", at=NOW - 3 * DAY)
    assert codes(shop) == ["audit-never"]


@pytest.mark.parametrize(
    ("run", "told"),
    [
        (replace(WELL, id="2", started=NOW - HOUR, finished=NOW, state=RunState.VOID), ["audit-void"]),
        (replace(WELL, id="2", started=NOW - HOUR, finished=NOW, state=RunState.BROKEN), ["audit-broken"]),
        (replace(WELL, id="2", started=NOW - HOUR, finished=NOW, stores={"s": {"canaries": "Wrong."}}), ["audit-void"]),
        (replace(WELL, id="2", started=NOW - HOUR, finished=NOW, stores={"s": {"canaries": "not read"}}), []),
        (replace(WELL, id="2", started=NOW - HOUR, finished=NOW, state=RunState.VOID, kind="drill"), []),
    ],
)
def test_a_run_that_proved_nothing_is_told(well: Workshop, run: Run, told: list[str]) -> None:
    runs.finish(well.catalog, run)
    assert codes(well) == told


def test_an_audit_whose_process_died_has_broken_off(well: Workshop) -> None:
    runs.finish(well.catalog, replace(WELL, id="2", started=NOW - HOUR, finished=None, state=RunState.RUNNING))
    with audit_lease.leased(well.home) as free:
        assert free
        assert codes(well) == []
    assert codes(well) == ["audit-broken"]


@pytest.mark.parametrize(("stores", "days"), [("copy=file:", 33), ("copy=file:?days=10", 11)])
def test_a_copy_that_is_a_tenth_later_than_its_store_promises_is_told(tmp_path: Path, stores: str, days: int) -> None:
    shop = Workshop(Settings(home=tmp_path / "home", stores=stores))
    copies.add(shop.catalog, "copy", [FILE], item="x", at=NOW - 90 * DAY)
    read_at(shop, NOW - days * DAY)
    runs.finish(shop.catalog, WELL)
    assert (codes(shop), codes(shop, NOW + timedelta(seconds=1))) == ([], ["overdue"])


def test_a_deaf_channel_is_told_while_it_is_tried_and_for_a_time_after(well: Workshop) -> None:
    shop = Workshop(well.settings.model_copy(update={"alerts": "json://127.0.0.1:9/"}))
    number = outbox.put(shop.catalog, "A subject", "A body", NOW)
    assert (codes(shop), codes(shop, NOW + HOUR + timedelta(seconds=1))) == ([], ["mail-late"])
    outbox.failed(shop.catalog, number, "Nobody answers.", NOW + HOUR)
    assert codes(shop) == ["mail-late"]
    outbox.failed(shop.catalog, number, "Nobody answers.", NOW + HOUR, gave_up=True)
    assert codes(shop) == ["mail-lost"]
    assert "mail-lost" not in codes(shop, NOW + watchman.REMEMBERED)
    outbox.sent(shop.catalog, number, NOW)
    assert codes(shop) == []


def test_messages_that_went_to_nobody_are_told(well: Workshop) -> None:
    outbox.put(well.catalog, "A subject", "A body", NOW)
    assert [(one.code, one.sentence) for one in watchman.warnings(well, NOW)] == [
        ("nobody-told", "1 message went to nobody: set MUNIMENT_ALERTS, so that somebody is told.")
    ]


def test_a_heartbeat_that_was_not_heard_is_told(well: Workshop) -> None:
    shop = Workshop(well.settings.model_copy(update={"heartbeat_url": "http://127.0.0.1:9/secret"}))
    trouble = heartbeat.beat(shop)
    assert [(one.code, one.sentence) for one in watchman.warnings(shop, NOW)] == [("heartbeat", trouble)]
    assert (codes(well), "secret" in trouble) == ([], False)


def test_a_catalogue_that_is_empty_beside_full_stores_is_told(shop: Workshop) -> None:
    shop.stores[0].put_bytes(f"{object_root(object_id('b3c4d5f6g7h8'))}/inventory.json", b"{}")
    assert [(one.code, one.sentence) for one in watchman.warnings(shop, NOW)] == [
        ("catalogue-empty", 'The catalogue is empty, and the stores hold items ("copy"): run `muniment rebuild`.')
    ]
