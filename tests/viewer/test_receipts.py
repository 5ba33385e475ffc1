"""The receipt of a batch, on paper and as CSV, and what it calls safe to erase."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from catalog import audits, batches, items, people
from catalog.database import Catalog, open_catalog
from catalog.fixity_values import Read
from catalog.values import ItemEntry, JobSeed
from core.events import Deed
from core.fixity import FixityOutcome, StoredFile
from core.images import ImageFacts
from core.item import Item, Page
from viewer.app import create_app

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
FACTS = ImageFacts(index=0, width=10, height=10, mode="L", bits=8)
PAGE = Page(id="p" * 12, number=1, label="1", file="masters/0001.tif", source_name="=cmd|'/c calc'!A1.tif", facts=FACTS)
ITEM = Item(id="k7q2x9w4mz3b", source_key="k", title='A "letter", opened', pages=(PAGE,))


def stored(logical: str) -> StoredFile:
    return StoredFile(logical=logical, key=f"k/{logical}", size=4096, sha512=logical.ljust(128, "0"), sha256="ab" * 32)


FILES = tuple(map(stored, ("masters/0001.tif", "metadata/received.csv", "submission/muniment-batch.json", "mets.xml")))


@pytest.fixture
def cat(tmp_path: Path) -> Iterator[Catalog]:
    opened = open_catalog(f"sqlite:///{tmp_path / 'receipts.db'}")
    people.add(opened, "anna", "a long secret", "archivist")
    people.add(opened, "rita", "a long secret", "reader")
    yield opened
    opened.close()


@pytest.fixture
def batch(cat: Catalog) -> str:
    """A batch that brought one item into both stores, and had one folder refused."""
    batch_id = batches.create(cat, name="autumn", path="/in/autumn", publish=False, new_version=False, agent="x")
    batches.set_jobs(cat, batch_id, [JobSeed("-letter", 0), JobSeed("torn", 1)])
    entry = ItemEntry(
        item=ITEM, version=1, fingerprint="f", image_fingerprint="i", files=FILES, stores=("s3", "copy"),
        derived={}, texts={}, at=NOON,
    )  # fmt: skip
    items.save(cat, entry)
    batches.update_job(cat, batch_id, "-letter", state="awaiting", item_id=ITEM.id)
    batches.update_job(cat, batch_id, "torn", state="refused")
    batches.finish(cat, batch_id, state="done")
    return batch_id


def audit(cat: Catalog, *stores: str, outcome: FixityOutcome = FixityOutcome.INTACT, hours: int = 24) -> None:
    at = NOON + timedelta(hours=hours)
    for store in stores:
        found = [
            Read(store=store, key=file.key, outcome=outcome, expected=file.sha512, found=file.sha512, size=4096,
                 at=at, agent="audit", run="r")
            for file in FILES[:2]
        ]  # fmt: skip
        audits.record(cat, found, Deed(kind="fixity check", agent="audit", at=at, store=store))


def browser(cat: Catalog, config: Any, actions: Any, name: str) -> FlaskClient:
    client = create_app(config, cat, actions).test_client()
    with client.session_transaction() as session:
        session["_user_id"] = next(one.agent_id for one in people.everyone(cat) if one.name == name)
    return client


@pytest.fixture
def desk(cat: Catalog, config: Any, actions: Any) -> FlaskClient:
    return browser(cat, config, actions, "anna")


def rows(client: FlaskClient, batch: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(f"/batches/{batch}/receipt.csv").text)))


def test_the_table_has_a_row_a_file_and_no_cell_is_a_formula(desk: FlaskClient, cat: Catalog, batch: str) -> None:
    audit(cat, "s3", "copy")
    view = batches.get(cat, batch)
    assert view is not None
    received = view.created.isoformat(timespec="seconds").replace("+00:00", "Z")
    same = {"batch": batch, "received": received}
    held = {
        **same, "folder": "'-letter", "item": ITEM.id, "title": ITEM.title, "bytes": "4096", "sha256": "ab" * 32,
        "stores": "copy; s3", "verified": "2026-11-21T12:00:00Z", "audited": "2026-11-22T12:00:00Z",
        "safe to erase": "yes",
    }  # fmt: skip
    nothing = dict.fromkeys(("item", "title", "file", "bytes", "sha256", "stores", "verified", "audited"), "")
    assert rows(desk, batch) == [
        {**held, "file": "'=cmd|'/c calc'!A1.tif"},
        {**held, "file": "received.csv"},
        {**same, **nothing, "folder": "torn", "safe to erase": "no"},
    ]


@pytest.mark.parametrize(
    ("told", "safe"),
    [
        ([], "no"),
        ([{"stores": ("s3",)}], "no"),
        ([{"stores": ("s3", "copy")}], "yes"),
        ([{"stores": ("s3", "copy"), "hours": 0}], "no"),
        ([{"stores": ("s3", "copy")}, {"stores": ("copy",), "outcome": FixityOutcome.ALTERED, "hours": 48}], "no"),
    ],
    ids=["never", "one store", "both", "not later", "damaged since"],
)
def test_safe_to_erase_needs_a_later_audit_of_every_required_store(
    desk: FlaskClient, cat: Catalog, batch: str, told: list[dict[str, Any]], safe: str
) -> None:
    for one in told:
        audit(cat, *one.pop("stores"), **one)
    assert rows(desk, batch)[0]["safe to erase"] == safe


def test_the_page_says_it_in_words_and_escapes_names(desk: FlaskClient, cat: Catalog, batch: str) -> None:
    audit(cat, "s3", "copy")
    text = desk.get(f"/batches/{batch}/receipt").text
    assert "1 of 2 folders is safe to erase" in text
    assert "A &#34;letter&#34;, opened" in text
    assert "it was refused" in text
    assert text.count("ab" * 32) == 2


def test_the_batch_page_leads_to_it_and_readers_get_none(cat: Catalog, config: Any, actions: Any, batch: str) -> None:
    assert f"/batches/{batch}/receipt" in browser(cat, config, actions, "anna").get(f"/batches/{batch}").text
    reader = browser(cat, config, actions, "rita")
    assert [reader.get(f"/batches/{batch}/receipt{end}").status_code for end in ("", ".csv")] == [403, 403]
    stranger = create_app(config, cat, actions).test_client()
    assert stranger.get(f"/batches/{batch}/receipt.csv").status_code == 302


def test_an_unknown_batch_has_no_receipt(desk: FlaskClient) -> None:
    assert desk.get("/batches/nothing/receipt").status_code == 404
