"""An audit of the embedded object store beside a folder."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.network import KEY, SECRET, object_store
from catalog import audits
from core.settings import Settings
from storage.s3 import S3Store
from workflow import auditing, repairing
from workflow.workshop import Workshop

pytestmark = pytest.mark.services
A = "aaaaaaaaaaaa"


@pytest.fixture
def held(tmp_path: Path, hold: Callable[[Workshop], Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with object_store(tmp_path / "weed") as access:
        for name, value in (
            ("AWS_ENDPOINT_URL", access.endpoint),
            ("AWS_ACCESS_KEY_ID", KEY),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
            ("AWS_DEFAULT_REGION", "us-east-1"),
        ):
            monkeypatch.setenv(name, value)
        stores = f"s3=s3://muniment;two=file:{tmp_path}/two"
        yield hold(Workshop(Settings(home=tmp_path / "home", workers=2, stores=stores)))


def audit(held: Any) -> Any:
    return auditing.audit(held.shop, everything=True, tell=lambda _: None)


def test_damage_in_the_object_store_is_found_and_repaired(held: Any) -> None:
    assert audit(held).exit_code == 0
    store = held.stores[0]
    assert isinstance(store, S3Store)
    keys = {row.logical: row.key for row in audits.of_item(held.shop.catalog, A, "s3")}
    page = store.prefix + keys["masters/0001.tif"]
    store.client.put_object(Bucket=store.bucket, Key=page, Body=b"page ONE " * 900)
    store.delete(keys["masters/0002.tif"])
    store.put_bytes("ocfl/ghost.txt", b"boo")
    report = audit(held)
    assert {(one["store"], one["file"], one["outcome"]) for one in report.alerts} == {
        ("s3", "masters/0001.tif", "altered"),
        ("s3", "masters/0002.tif", "missing"),
        ("s3", "ocfl/ghost.txt", "unexpected"),
    }
    assert all(repairing.repair(held.shop, case.id, "steward").done for case in report.cases)
    after = audit(held)
    assert (after.exit_code, after.alerts) == (0, [])
