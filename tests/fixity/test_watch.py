from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fixity.watch import Alarm, alarms

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
WELL: dict[str, Any] = {
    "now": NOW,
    "since": NOW - 90 * DAY,
    "last_run_finished": NOW - DAY,
    "run_state": "done",
    "oldest_unread": NOW - 30 * DAY,
    "period": 30 * DAY,
    "canary_ok": True,
    "undelivered": 0,
}
LOOK = "see whether `muniment run` is up and its schedule is well (`muniment doctor`), then run `muniment audit`."
MAIL = "look into the addresses in `MUNIMENT_ALERTS` and run `muniment doctor`."
VOID = Alarm(
    "audit-void",
    "The last audit is void, as it did not tell the planted files right: nothing that it read counts; "
    "run `muniment doctor`, then `muniment audit`.",
)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"last_run_finished": NOW - 2 * DAY},
        {"oldest_unread": NOW - 33 * DAY},
        {"run_state": "running"},
        {"canary_ok": None},
        {"last_run_finished": None, "since": NOW - 2 * DAY, "oldest_unread": NOW - 2 * DAY, "canary_ok": None},
        {"last_run_finished": None, "since": None, "oldest_unread": None, "run_state": ""},
        {"last_run_finished": NOW - 8 * DAY, "interval": 7 * DAY},
    ],
)
def test_all_is_well(change: dict[str, Any]) -> None:
    assert alarms(**WELL | change) == ()


@pytest.mark.parametrize(
    ("change", "alarm"),
    [
        (
            {"last_run_finished": NOW - 2 * DAY - timedelta(seconds=1)},
            Alarm(
                "audit-late",
                f"No audit has come to its end for 2 days, since 18 November 2026, 08:59 UTC: {LOOK}",
            ),
        ),
        (
            {"last_run_finished": None, "since": NOW - 3 * DAY},
            Alarm(
                "audit-never",
                f"No audit has ever come to its end, and files are held since 17 November 2026, 09:00 UTC: {LOOK}",
            ),
        ),
        (
            {"last_run_finished": NOW + DAY},
            Alarm(
                "clock",
                "The last audit seems to have ended in the future, at 21 November 2026, 09:00 UTC: "
                f"set the clock right, and {LOOK}",
            ),
        ),
        ({"run_state": "void"}, VOID),
        ({"canary_ok": False}, VOID),
        (
            {"run_state": "broken"},
            Alarm(
                "audit-broken",
                "The last audit broke off before its end; what it read is kept: run `muniment audit` to go on.",
            ),
        ),
        (
            {"oldest_unread": NOW - 34 * DAY},
            Alarm(
                "overdue",
                "The oldest read of a copy is 34 days back, and every copy is promised a read within 30 days: "
                "raise the byte budget of its store, or run `muniment audit --all`.",
            ),
        ),
        ({"undelivered": 2}, Alarm("mail-late", f"2 messages could not be delivered yet: {MAIL}")),
        (
            {"undelivered": 2, "gave_up": 1},
            Alarm("mail-lost", f"1 message could not be delivered and will not be tried again: {MAIL}"),
        ),
    ],
)
def test_silence_is_an_alarm(change: dict[str, Any], alarm: Alarm) -> None:
    assert alarms(**WELL | change) == (alarm,)


def test_several_alarms_come_the_worst_first() -> None:
    found = alarms(
        **WELL
        | {"last_run_finished": NOW - 9 * DAY, "run_state": "void", "oldest_unread": NOW - 90 * DAY, "undelivered": 1}
    )
    assert [alarm.code for alarm in found] == ["audit-late", "audit-void", "overdue", "mail-late"]
