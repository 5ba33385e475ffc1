from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixity.due import FLOOR, Allowance, Promise, allowance, choose, forecast, plan, promise

NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
DAY = timedelta(days=1)
MONTH = 30 * DAY
NEVER = 10**6 * DAY


@dataclass(frozen=True, slots=True)
class Copy:
    key: str
    size: int = 1
    audited: datetime | None = None
    outcome: str | None = "intact"
    since: datetime | None = NOW - DAY


def ago(days: float) -> datetime:
    return NOW - days * DAY


COPIES = st.lists(
    st.builds(
        Copy,
        key=st.text("abc", min_size=1, max_size=5),
        size=st.integers(0, 100),
        audited=st.one_of(st.none(), st.integers(-3, 60).map(ago)),
        outcome=st.sampled_from([None, "", "intact", "intact", "intact", "altered", "missing", "unreadable"]),
        since=st.one_of(st.none(), st.integers(-3, 60).map(ago)),
    ),
    max_size=12,
    unique_by=lambda copy: copy.key,
)


def age(copy: Copy) -> timedelta:
    return NOW - copy.audited if copy.audited and copy.audited <= NOW else NEVER


@settings(deadline=None)
@given(COPIES, st.integers(0, 300))
def test_a_plan_goes_by_age_keeps_to_its_bytes_and_leaves_out_nothing_that_is_damaged(
    copies: list[Copy], budget: int
) -> None:
    planned = plan(copies, now=NOW, period=MONTH, budget=budget)
    chosen = planned.copies
    assert list(chosen) == sorted(chosen, key=lambda copy: (-age(copy), copy.key))
    always = {copy.key for copy in copies if copy.outcome not in (None, "", "intact") or age(copy) == NEVER}
    left = [copy for copy in copies if copy not in chosen]
    assert all(copy.outcome in (None, "", "intact") for copy in left)
    budgeted = [copy for copy in chosen if copy.key not in always]
    assert all(age(copy) >= age(other) for copy in budgeted for other in left if other.audited)
    assert (planned.bytes, planned.left) == (sum(copy.size for copy in chosen), len(left))


@settings(deadline=None)
@given(COPIES, st.integers(0, 300))
def test_only_the_last_copy_may_go_over_the_bytes(copies: list[Copy], budget: int) -> None:
    sound = [copy for copy in copies if copy.outcome in (None, "", "intact")]
    sound = [copy for copy in sound if not copy.audited or copy.audited <= NOW]
    planned = plan(sound, now=NOW, period=MONTH, budget=budget)
    granted = allowance(sound, now=NOW, period=MONTH, budget=budget)
    assert granted.bytes in (budget, 2 * budget)
    assert sum(copy.size for copy in planned.copies[:-1]) < max(granted.bytes or 0, 1)
    assert not planned.left or planned.bytes >= (granted.bytes or 0)


@settings(deadline=None)
@given(COPIES)
def test_everything_is_everything(copies: list[Copy]) -> None:
    planned = plan(copies, now=NOW, period=MONTH, budget=1, everything=True)
    assert (len(planned.copies), planned.left, planned.overdue) == (len(copies), 0, 0)


@pytest.mark.parametrize("budget", [None, 3 * FLOOR // 10])
@pytest.mark.parametrize("sizes", [[FLOOR] * 9, [FLOOR // 7, 2 * FLOOR, FLOOR // 3, FLOOR, 5 * FLOOR]])
def test_night_after_night_every_copy_is_read_within_the_period(sizes: list[int], budget: int | None) -> None:
    files = {str(number): Copy(str(number), size, since=NOW) for number, size in enumerate(sizes)}
    for night in range(70):
        now = NOW + night * DAY
        planned = plan(files.values(), now=now, period=MONTH, budget=budget)
        assert planned.overdue == 0
        files |= {copy.key: Copy(copy.key, copy.size, audited=now, since=NOW) for copy in planned.copies}


def test_never_audited_copies_come_first_then_the_oldest_and_the_future_counts_as_never() -> None:
    copies = [
        Copy("new", audited=ago(1)),
        Copy("old", audited=ago(20)),
        Copy("future", audited=ago(-1)),
        Copy("never"),
        Copy("bad", audited=ago(0.5), outcome="altered"),
        Copy("newer", audited=ago(0.7)),
    ]
    planned = plan(copies, now=NOW, period=MONTH, budget=2)
    assert [copy.key for copy in planned.copies] == ["future", "never", "old", "bad"]
    assert (planned.bytes, planned.left, planned.overdue) == (4, 2, 0)


def test_small_holdings_are_read_whole_every_night_and_large_ones_in_equal_shares() -> None:
    assert allowance([Copy("a", 100)], now=NOW, period=MONTH, budget=None).bytes == FLOOR
    large = [Copy(str(number), FLOOR, audited=ago(number / 4)) for number in range(90)]
    assert allowance(large, now=NOW, period=MONTH, budget=None) == Allowance(
        bytes=3 * FLOOR, files=90, total=90 * FLOOR, overdue=0
    )
    assert [copy.key for copy in plan(large, now=NOW, period=MONTH, budget=None).copies] == ["89", "88", "87"]


def test_what_would_be_overdue_by_the_next_night_is_read_tonight() -> None:
    copies = [Copy(str(number), FLOOR, audited=ago(29.5)) for number in range(9)]
    assert plan(copies, now=NOW, period=MONTH, budget=None).left == 0
    assert plan(copies, now=NOW, period=MONTH, budget=FLOOR).left == 8


@pytest.mark.parametrize(("budget", "night"), [(None, 6 * FLOOR), (5, 10)])
def test_after_nights_without_an_audit_the_bytes_are_doubled(budget: int | None, night: int) -> None:
    copies = [Copy(str(number), FLOOR, audited=ago(31)) for number in range(90)]
    assert allowance(copies, now=NOW, period=MONTH, budget=budget).bytes == night


def test_what_is_left_says_how_much_of_it_is_overdue() -> None:
    copies = [
        Copy("a", 9, audited=ago(33)),
        Copy("b", 9, audited=ago(32)),
        Copy("c", 9, audited=ago(31)),
        Copy("d", 9),
    ]
    planned = plan(copies, now=NOW, period=MONTH, budget=5)
    assert ([copy.key for copy in planned.copies], planned.left, planned.overdue) == (["d", "a"], 2, 2)


@pytest.mark.parametrize(("since", "overdue"), [(ago(29), 0), (ago(31), 1), (None, 1), (NOW + DAY, 1)])
def test_a_copy_that_was_never_read_counts_from_its_coming(since: datetime | None, overdue: int) -> None:
    assert allowance([Copy("a", since=since)], now=NOW, period=MONTH, budget=None).overdue == overdue


def test_a_stream_is_chosen_from_without_being_held() -> None:
    copies = (Copy(str(number), 10, audited=ago(1)) for number in range(10**9))
    chosen = choose(copies, Allowance(bytes=25, files=10**9, total=10**10, overdue=0), now=NOW)
    assert [next(chosen).key for _ in range(3)] == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("fresh", "total", "overdue", "never", "told"),
    [
        (
            12_405,
            12_408,
            3,
            0,
            "99.97 % of 12,408 files were read in full within the last 30 days; 3 are overdue.",
        ),
        (12_408, 12_408, 0, 0, "100 % of 12,408 files were read in full within the last 30 days; none is overdue."),
        (999_999, 10**6, 1, 0, "99.99 % of 1,000,000 files were read in full within the last 30 days; 1 is overdue."),
        (10, 10, 1, 0, "99.99 % of 10 files were read in full within the last 30 days; 1 is overdue."),
        (
            1,
            2,
            0,
            1,
            "50 % of 2 files were read in full within the last 30 days; none is overdue, 1 was never read by an audit.",
        ),
        (
            0,
            1,
            1,
            2,
            "0 % of 1 file was read in full within the last 30 days; 1 is overdue, 2 were never read by an audit.",
        ),
    ],
)
def test_the_promise_is_a_number_that_is_never_rounded_up(
    fresh: int, total: int, overdue: int, never: int, told: str
) -> None:
    promised = promise(fresh=fresh, total=total, overdue=overdue, never=never, days=30)
    assert promised == Promise(told[: told.index(" %") + 2], told)


def test_the_promise_over_nothing_and_over_a_day() -> None:
    assert promise(fresh=0, total=0, overdue=0, never=0, days=30) == Promise(
        "100 %", "No file is held yet, so none is due."
    )
    assert "within the last day; none" in promise(fresh=3, total=3, overdue=0, never=0, days=1).sentence


def test_the_forecast_is_bytes_a_month() -> None:
    assert [forecast(10**15, MONTH), forecast(10**15, 90 * DAY), forecast(0, MONTH)] == [10**15, 333333333333334, 0]
