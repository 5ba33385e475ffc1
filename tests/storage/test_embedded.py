"""The embedded store: its doors, and what it does when an answer is lost or its bytes are damaged."""

import dataclasses
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import ConfigurationError, ObjectExistsError, StorageError, StoreUnavailableError
from storage import s3
from storage.embedded import free_ports, wait_ready, weed_command, weed_config
from storage.s3 import S3Access, S3Store


def test_the_command_binds_to_this_machine_and_shuts_the_side_doors(tmp_path: Path) -> None:
    ports = free_ports()
    command = weed_command(tmp_path, ports, tmp_path / "s3.json")
    assert command[1] == "mini"
    assert {
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        "-disableHttp",
        "-admin.ui=false",
        "-webdav=false",
        "-master.telemetry=false",
        f"-s3.config={tmp_path}/s3.json",
        f"-s3.port={ports.s3}",
        f"-s3.port.grpc={ports.s3_grpc}",
        f"-filer.port={ports.filer}",
        f"-admin.port={ports.admin}",
    } < set(command)
    assert len(set(dataclasses.astuple(ports))) == 9


def test_a_missing_wheel_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("storage.embedded.PACKAGE", "no-such-package")
    with pytest.raises(ConfigurationError, match="make run"):
        weed_command(tmp_path, free_ports(), tmp_path)


def test_the_config_names_one_identity() -> None:
    (identity,) = weed_config("k", "s")["identities"]
    assert identity["credentials"] == [{"accessKey": "k", "secretKey": "s"}]


@pytest.mark.services
def test_wrong_keys_are_refused(embedded: S3Access) -> None:
    store = S3Store(dataclasses.replace(embedded, secret_key="wrong"), name="s3")
    with pytest.raises(StorageError, match="check its keys"):
        store.get("x")
    with pytest.raises(StoreUnavailableError, match="not ready within"):
        wait_ready(dataclasses.replace(embedded, access_key="nobody"), 0)


@pytest.mark.services
def test_a_bucket_that_is_not_there_is_said(embedded: S3Access) -> None:
    with pytest.raises(StorageError, match="bucket"):
        S3Store(dataclasses.replace(embedded, bucket="nowhere"), name="s3").get("x")


def test_a_store_that_is_away_is_said_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "ATTEMPTS", 2)
    store = S3Store(S3Access(f"http://127.0.0.1:{free_ports().s3}", "k", "s"), name="s3")
    with pytest.raises(StoreUnavailableError, match="does not answer"):
        store.put_bytes("a", b"x")
    with pytest.raises(StoreUnavailableError):
        list(store.listing(""))


class Swallower:
    """A door before the store that hands on every request, but cuts the line instead of the answer to some."""

    def __init__(self, port: int) -> None:
        self.port, self.swallow = port, 0
        self.server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server.getsockname()[1]}"

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self._hand_on, args=(client,), daemon=True).start()

    def _hand_on(self, client: socket.socket) -> None:
        with closing(client), socket.create_connection(("127.0.0.1", self.port)) as store:
            writing = [False]

            def forward() -> None:
                while data := _received(client):
                    writing[0] = writing[0] or data.startswith(b"PUT ")
                    store.sendall(data)

            threading.Thread(target=forward, daemon=True).start()
            while data := _received(store):
                if writing[0] and self.swallow and not data.startswith(b"HTTP/1.1 100"):
                    self.swallow -= 1
                    client.shutdown(socket.SHUT_RDWR)  # closing alone would leave the other thread's end open
                    return
                client.sendall(data)


def _received(line: socket.socket) -> bytes:
    try:
        return line.recv(1 << 16)
    except OSError:
        return b""


@pytest.fixture
def swallower(embedded: S3Access) -> Iterator[Swallower]:
    door = Swallower(int(embedded.endpoint.rpartition(":")[2]))
    yield door
    door.server.close()


@pytest.mark.services
def test_a_write_whose_answer_was_lost_is_looked_up_not_repeated(
    embedded: S3Access, s3_store: S3Store, swallower: Swallower
) -> None:
    behind = S3Store(dataclasses.replace(embedded, endpoint=swallower.endpoint), name="s3", prefix=s3_store.prefix)
    swallower.swallow = 1
    assert behind.put_bytes("a", b"scan") is False
    swallower.swallow = 1
    behind.replace("a", b"scan 2", expected=b"scan")
    assert (s3_store.get("a"), swallower.swallow) == (b"scan 2", 0)
    swallower.swallow = 1
    with pytest.raises(ObjectExistsError):
        behind.put_bytes("a", b"other")
    assert s3_store.get("a") == b"scan 2"
