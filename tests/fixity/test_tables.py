import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.events import GENESIS, Deed, Event, seal
from fixity.tables import COLUMNS, events_csv, neutral

START = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)


def event(detail: str = "", agent: str = "p7") -> Event:
    deed = Deed(kind="recovery", agent=agent, at=START, item="i", store="s3", detail=detail, facts={"key": "ä"})
    return seal(deed, number=1, previous=GENESIS)


def test_events_are_a_table() -> None:
    one = event('He said "ä", twice')
    assert list(events_csv([one])) == [
        "number,time,event,outcome,item,store,agent,detail,facts,previous,digest\r\n",
        '1,2026-11-20T01:30:00Z,recovery,success,i,s3,p7,"He said ""ä"", twice","{""key"": ""ä""}",'
        f"{GENESIS},{one.digest}\r\n",
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_formula_gets_an_apostrophe(start: str) -> None:
    table = "".join(events_csv([event(f"{start}cmd|' /C calc'!A0", agent=f"{start}1")]))
    row = dict(zip(COLUMNS, list(csv.reader(io.StringIO(table, newline="")))[1], strict=True))
    assert (row["detail"], row["agent"]) == (f"'{start}cmd|' /C calc'!A0", f"'{start}1")


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=9))
def test_no_cell_begins_like_a_formula_and_all_others_are_kept(detail: str) -> None:
    table = "".join(events_csv([event(detail)]))
    rows = list(csv.reader(io.StringIO(table, newline="")))
    assert [len(row) for row in rows] == [len(COLUMNS)] * 2
    assert not any(cell[:1] and cell[:1] in "=+-@\t\r\n" for row in rows for cell in row)
    assert rows[1][7] in (detail, f"'{detail}")
    assert rows[1][7] == neutral(detail)
