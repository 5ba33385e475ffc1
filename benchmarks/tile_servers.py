"""The two image servers of the tile benchmark, over the same access copies: our viewer, and Debian's iipsrv."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.installation import clean_environment
from catalog import items
from catalog.database import open_catalog
from catalog.values import ItemEntry
from core.images import ImageFacts
from core.item import Access, AccessState, Item, Page
from images.pyramid import open_copy
from workflow.homes import Home
from workflow.making import DONE
from workflow.page import ACCESS
from workflow.services import free_port

IIPSRV = Path("/usr/lib/iipimage-server/iipsrv.fcgi")
LIGHTTPD = Path("/usr/sbin/lighttpd")
START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its port, and what stands before the region in the address of a page's tile."""

    port: int
    prefix: str
    pid: int

    def address(self, page: str, tile: str) -> str:
        """The path of a tile such as "0,0,256,256/256,256" of a page."""
        return f"{self.prefix.replace('PAGE', page)}/{tile}/0/default.jpg"


def publish(home: Home, pages: Mapping[str, Path]) -> None:
    """Puts a catalogue over the folders that hold an access copy each: one public item, its pages by these ids."""
    home.make()
    home.secrets.write_text(json.dumps({"web": "of no importance"}))
    catalog = open_catalog(f"sqlite:///{home.folder / 'catalog.db'}")
    item = Item(
        id="tiles0000000",
        source_key="tiles",
        title="Tiles",
        access=Access(state=AccessState.PUBLISHED),
        pages=tuple(_page(number, page, home, key) for number, (page, key) in enumerate(_keys(pages).items(), 1)),
    )
    entry = ItemEntry(
        item=item,
        version=1,
        fingerprint="f",
        image_fingerprint="f",
        files=(),
        stores=("s3",),
        derived=_keys(pages),
        texts={},
        at=datetime.now(UTC),
    )
    items.save(catalog, entry)
    catalog.close()


def _keys(pages: Mapping[str, Path]) -> dict[str, str]:
    return {page: folder.name for page, folder in pages.items()}


def _page(number: int, page: str, home: Home, key: str) -> Page:
    folder = home.derived_folder(key)
    with open_copy(folder / ACCESS) as copy:
        facts = ImageFacts(index=0, width=copy.pyramid.width, height=copy.pyramid.height, mode="RGB", bits=8, dpi=300)
        (folder / DONE).write_text(json.dumps({"files": {ACCESS: copy.pyramid.digest}}))
    return Page(id=page, number=number, label=str(number), file=f"masters/{page}", source_name=page, facts=facts)


@contextmanager
def ours(home: Home) -> Iterator[Server]:
    """The viewer as `muniment run` starts it, ended when the block is left."""
    port = free_port()
    environment = {**clean_environment(home.folder, port), "MUNIMENT_STORES": f"one=file:{home.folder / 'one'}"}
    command = [sys.executable, "-P", "-m", "workflow.serve"]
    with _running(command, port, environment, home.folder / "viewer.log") as pid:
        yield Server(port, "/iiif/image/3/PAGE.1", pid)


@contextmanager
def iipsrv(folder: Path, pages: Mapping[str, Path], *, processes: int, cache_mb: int) -> Iterator[Server]:
    """Debian's iipsrv behind lighttpd, over links to the same files, ended when the block is left."""
    folder.mkdir(parents=True)
    for page, place in pages.items():
        (folder / f"{page}.tif").symlink_to(place / ACCESS)
    port = free_port()
    settings = folder / "lighttpd.conf"
    settings.write_text(_lighttpd(folder, port, processes, cache_mb))
    with _running([str(LIGHTTPD), "-D", "-f", str(settings)], port, dict(os.environ), folder / "log") as pid:
        yield Server(port, "/iipsrv.fcgi?IIIF=PAGE.tif", pid)


def _lighttpd(folder: Path, port: int, processes: int, cache_mb: int) -> str:
    environment = {
        "FILESYSTEM_PREFIX": f"{folder}/",
        "MAX_IMAGE_CACHE_SIZE": str(cache_mb),
        "JPEG_QUALITY": "80",
        "VERBOSITY": "0",
        "LOGFILE": f"{folder}/iipsrv.log",
    }
    told = ", ".join(f'"{name}" => "{text}"' for name, text in environment.items())
    return f"""
server.port = {port}
server.bind = "127.0.0.1"
server.document-root = "{folder}"
server.modules = ( "mod_fastcgi" )
server.max-keep-alive-requests = 1000000
fastcgi.server = ( "/iipsrv.fcgi" => (( "socket" => "{folder}/socket", "check-local" => "disable",
  "bin-path" => "{IIPSRV}", "min-procs" => {processes}, "max-procs" => {processes},
  "bin-environment" => ( {told} ) )) )
"""


@contextmanager
def _running(command: Sequence[str], port: int, environment: Mapping[str, str], log: Path) -> Iterator[int]:
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd=log.parent
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} did not start: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
