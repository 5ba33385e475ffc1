from datetime import UTC, datetime, timedelta

import pytest

from fixity.words import amount, count, listing, moment, span


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (24_300_000_000, "24.3 GB"),
        (10**19, "10000.0 PB"),
    ],
)
def test_amounts(size: int, words: str) -> None:
    assert amount(size) == words


def test_counts_listings_times_and_spans() -> None:
    assert [count(1, "file"), count(1204, "file"), count(0, "file")] == ["1 file", "1,204 files", "0 files"]
    assert [listing([]), listing(["a"]), listing(["a", "b"]), listing(["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert moment(datetime(2026, 3, 5, 1, 30, tzinfo=UTC)) == "5 March 2026, 01:30 UTC"
    assert [span(timedelta(days=2, hours=23)), span(timedelta(hours=47)), span(timedelta(minutes=61))] == [
        "2 days",
        "47 hours",
        "1 hour",
    ]
