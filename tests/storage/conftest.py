"""Real stores: folders, and SeaweedFS started once."""

import json
import os
import signal
import subprocess
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ocfl.storage_root import StorageRoot

from storage.checksums import digest_bytes
from storage.embedded import free_ports, wait_ready, weed_command, weed_config
from storage.folder import FolderStore
from storage.ocfl import NewVersion, VersionFile
from storage.s3 import S3Access, S3Store
from storage.stores import Store


@pytest.fixture(scope="session")
def weed_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the SeaweedFS of the session has its volumes: below `data`."""
    return tmp_path_factory.mktemp("weed")


@pytest.fixture(scope="session")
def embedded(weed_folder: Path) -> Iterator[S3Access]:
    """The access to a SeaweedFS that runs for the session."""
    folder = weed_folder
    ports = free_ports()
    config = folder / "s3.json"
    config.write_text(json.dumps(weed_config("access", "secret")))
    data = folder / "data"
    data.mkdir()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            weed_command(data, ports, config), cwd=data, stdout=log, stderr=log, start_new_session=True
        )
        access = S3Access(f"http://127.0.0.1:{ports.s3}", "access", "secret")
        try:
            wait_ready(access, 60)
            yield access
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@pytest.fixture
def folder_store(tmp_path: Path) -> FolderStore:
    root = tmp_path / "store"
    root.mkdir()
    return FolderStore(root, name="copy")


@pytest.fixture
def s3_store(embedded: S3Access) -> S3Store:
    """A fresh corner of the bucket."""
    return S3Store(embedded, name="s3", prefix=uuid.uuid4().hex)


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.services)])
def store(request: pytest.FixtureRequest) -> Store:
    """Each sibling in turn."""
    found = request.getfixturevalue(f"{request.param}_store")
    assert isinstance(found, FolderStore | S3Store)
    return found


NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
Verdict = Callable[[str | Path], tuple[int, int, list[object]]]
Download = Callable[[Store, str, Path], Path]
Spoil = Callable[[Store, str], None]


@pytest.fixture
def ocfl_py() -> Verdict:
    return _ocfl_py_verdict


@pytest.fixture
def download() -> Download:
    return _download


@pytest.fixture
def spoil(weed_folder: Path) -> Spoil:
    """Flips one bit in the last third of a stored file: in the folder, or in the volume file of the real store.

    The file's bytes must occur nowhere else in that store.
    """

    def flip(store: Store, key: str) -> None:
        data = store.get(key)
        if isinstance(store, FolderStore):
            path, start = store.root / key, 0
        else:
            path, start = _in_volumes(weed_folder / "data", data)
        with path.open("r+b") as file:
            file.seek(start + len(data) * 2 // 3)
            file.write(bytes([data[len(data) * 2 // 3] ^ 1]))

    return flip


@pytest.fixture
def spoil_chunk(weed_folder: Path) -> Spoil:
    """Flips one bit in the last of the chunks in which the real store keeps a large object."""

    def flip(store: Store, key: str) -> None:
        path, start = _in_volumes(weed_folder / "data", store.get(key)[-1000:])
        with path.open("r+b") as file:
            file.seek(start)
            byte = file.read(1)[0]
            file.seek(start)
            file.write(bytes([byte ^ 1]))

    return flip


def _in_volumes(folder: Path, data: bytes) -> tuple[Path, int]:
    """The one volume file that holds these bytes in a row, and where they begin."""
    found = [(path, at) for path in folder.rglob("*.dat") for at in _places(path.read_bytes(), data)]
    assert len(found) == 1, f"the bytes lie at {len(found)} places"
    return found[0]


def _places(hay: bytes, data: bytes) -> Iterator[int]:
    at = hay.find(data)
    while at >= 0:
        yield at
        at = hay.find(data, at + 1)


def _ocfl_py_verdict(root: str | Path) -> tuple[int, int, list[object]]:
    """How many objects the independent validator found, how many of them it calls good, and what it says.

    Its own `validate()` answers True over damaged objects, so both counts are compared.
    """
    found = StorageRoot(root=str(root))
    assert found.validate(log_warnings=True)
    return found.num_objects, found.good_objects, found.errors


def _download(store: Store, prefix: str, folder: Path) -> Path:
    """What lies under a prefix, as a folder."""
    for listed in store.listing(prefix):
        path = folder / listed.key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(store.get(listed.key))
    return folder


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., NewVersion]:
    """Builds a version of one object out of names and bytes, each lying in a local file."""

    def build(files: dict[str, bytes], *, head: int = 0, created: datetime = NOON) -> NewVersion:
        found = []
        for name, data in files.items():
            digests = digest_bytes(data, ("md5",))
            path = tmp_path / f"source-{digests.sha256}"
            path.write_bytes(data)
            found.append(VersionFile(logical=name, digests=digests, source=path))
        return NewVersion(
            object_id="info:muniment/0b1c2d3f4g5h",
            files=tuple(found),
            message="Ingest",
            agent="a1",
            created=created,
            expected_head=head,
        )

    return build
