"""What coverage tells without counting is what counting tells."""

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from catalog import audits
from catalog.columns import now
from catalog.database import Catalog, open_catalog
from catalog.fixity_values import Coverage

HOUR = timedelta(hours=1)
BEGIN = now() - 5 * 24 * HOUR  # as long ago as the oldest moments here: some lie ahead of the clock
moments = st.none() | st.integers(0, 7 * 24).map(lambda hours: BEGIN + hours * HOUR)
copy = st.fixed_dictionaries(
    {
        "store": st.sampled_from(["a", "b"]),
        "key": st.sampled_from("xyz"),
        "audited": moments,
        "since": moments,
        "outcome": st.sampled_from([None, "intact", "altered", "missing"]),
        "size": st.integers(0, 9),
    }
)
PUT = text(
    "INSERT INTO copies (store, key, item_id, logical, size, sha512, sha256, outcome, audited, since)"
    " VALUES (:store, :key, '', '', :size, '', '', :outcome, :audited, :since) ON CONFLICT DO UPDATE SET"
    " size = excluded.size, outcome = excluded.outcome, audited = excluded.audited, since = excluded.since"
)
TAKE = text("DELETE FROM copies WHERE store = :store AND key = :key")


def counted(rows: list[dict[str, Any]], store: str, since: datetime, moment: datetime) -> Coverage:
    held = [row for row in rows if row["store"] == store]
    read = [row["audited"] for row in held if row["audited"] and row["audited"] <= moment]
    unread = [row["since"] for row in held if not row["audited"] or row["audited"] > moment]
    came = [row["since"] for row in held if row["since"]]
    return Coverage(
        store=store,
        files=len(held),
        bytes=sum(row["size"] for row in held),
        fresh=sum(at >= since for at in read),
        never=len(unread),
        overdue=sum(at < since for at in read) + sum(at is None or at < since for at in unread),
        not_intact=sum(row["outcome"] in ("altered", "missing") for row in held),
        oldest=min(read, default=None),
        first=min(came, default=None),
        longest=min([*read, *(at for at in unread if at)], default=None),
    )


def apply(cat: Catalog, steps: list[tuple[bool, dict[str, Any]]]) -> list[dict[str, Any]]:
    """The copies that are there after these steps, each of which puts one or takes one away."""
    held: dict[tuple[str, str], dict[str, Any]] = {}
    with cat.writing() as connection:
        connection.execute(text("DELETE FROM copies"))
        for put, row in steps:
            plain = {name: str(at.replace(tzinfo=None)) if isinstance(at, datetime) else at for name, at in row.items()}
            connection.execute(PUT, plain) if put else connection.execute(TAKE, plain)
            held.pop((row["store"], row["key"]), None)
            if put:
                held[row["store"], row["key"]] = row
    return list(held.values())


steps = st.lists(st.tuples(st.sampled_from([True, True, True, False]), copy), max_size=12)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=steps, since=st.integers(0, 120))
def test_coverage_is_what_counting_every_copy_tells(
    tmp_path: Path, steps: list[tuple[bool, dict[str, Any]]], since: int
) -> None:
    cat = open_catalog(f"sqlite:///{tmp_path / 'catalog.db'}")
    rows, moment = apply(cat, steps), BEGIN + since * HOUR
    told = [counted(rows, store, moment, now()) for store in sorted({row["store"] for row in rows})]
    assert list(audits.coverage(cat, moment)) == told
    assert list(audits.coverage(cat, moment.astimezone(timezone(timedelta(hours=-10))))) == told
    cat.close()
