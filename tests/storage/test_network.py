"""What the network between us and an S3 endpoint may do, by a proxy that does it: a commit ends right all the same."""

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

from benchmarks.faulty_proxy import SUITS, FaultyProxy
from core.errors import StorageError
from storage.folder import FolderStore
from storage.ocfl import NewVersion, commit, initialise, read_inventory
from storage.replicate import replicate
from storage.s3 import S3Access, S3Store
from storage.stores import Store

pytestmark = pytest.mark.services
TRIES = 12  # a worker tries a few times at once, and a batch is taken up again while no store answers
FILES = {"masters/0001.tif": b"II*\0" + bytes(300_000), "text/a.alto.xml": b"<alto/>" * 500, "premis.xml": b"<p/>"}


@pytest.fixture(scope="module")
def proxy(embedded: S3Access) -> Iterator[FaultyProxy]:
    with FaultyProxy(embedded.endpoint, seed=20) as proxy:
        yield proxy


@pytest.fixture
def shaky(proxy: FaultyProxy, embedded: S3Access, s3_store: S3Store) -> S3Store:
    """The same corner of the bucket through the proxy, by a client that waits one second and not sixty."""
    store = S3Store(dataclasses.replace(embedded, endpoint=proxy.url), name="s3", prefix=s3_store.prefix)
    store.client = boto3.session.Session().client(
        "s3",
        endpoint_url=proxy.url,
        region_name="us-east-1",
        aws_access_key_id=embedded.access_key,
        aws_secret_access_key=embedded.secret_key,
        config=Config(
            connect_timeout=1,
            read_timeout=1,
            retries={"total_max_attempts": 1},
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
    return store


def persistently(deed: Callable[[], object]) -> int:
    """How many tries the deed took; what a store says wrongly is an error of ours, never a wrong answer."""
    for number in range(1, TRIES + 1):
        try:
            deed()
        except StorageError:
            continue
        return number
    pytest.fail(f"not done after {TRIES} tries")


def committed(store: Store, folder: FolderStore, version: NewVersion) -> None:
    commit(store, version)
    replicate(store, folder, version.object_id)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("fault", SUITS)
def test_a_commit_ends_right(
    fault: str,
    proxy: FaultyProxy,
    shaky: S3Store,
    s3_store: S3Store,
    folder_store: FolderStore,
    make: Callable[..., NewVersion],
    ocfl_py: Callable[[str | Path], tuple[int, int, list[object]]],
    download: Callable[[Store, str, Path], Path],
    tmp_path: Path,
) -> None:
    initialise(s3_store)
    initialise(folder_store)
    first, second = make(FILES), make({**FILES, "premis.xml": b"<q/>"}, head=1)
    # There are two listings in all, and both may forget: they decide nothing.
    odds = 1.0 if fault == "stale-listing" else 0.3
    with proxy.misbehaving(fault, odds=odds, most=12):
        for version in (first, second):
            persistently(lambda version=version: committed(shaky, folder_store, version))  # type: ignore[misc]
        assert proxy.met > 0, "the fault never struck"

    inventory = read_inventory(s3_store, first.object_id)
    assert inventory is not None
    assert inventory == read_inventory(folder_store, first.object_id)
    wanted = {file.logical: file.digests.sha512 for file in second.files}
    assert (inventory.head, inventory.state()) == (2, wanted)
    for root in (download(s3_store, "ocfl/", tmp_path / "seen"), folder_store.root):
        assert ocfl_py(root / "ocfl") == (1, 1, [])


def test_a_listing_that_forgets_decides_nothing(
    proxy: FaultyProxy, shaky: S3Store, s3_store: S3Store, make: Callable[..., NewVersion]
) -> None:
    version = make(FILES)
    commit(s3_store, version)
    with proxy.misbehaving("stale-listing"):
        assert list(shaky.listing("ocfl/")) == []
        again = commit(shaky, version)
    assert (again.head, again.earlier) == (1, False)
    assert read_inventory(s3_store, version.object_id) is not None
