"""The short way to a tile and waitress's ordinary road lead to the same answers, on a real socket."""

import http.client
import io
import json
import socket
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from PIL import Image
from waitress import wasyncore
from waitress.channel import HTTPChannel

from benchmarks.tile_servers import publish
from catalog import items
from core.item import Access
from images.render import render_page
from viewer.app import create_app, door_of
from workflow import front
from workflow.doors import Doors
from workflow.serve import config
from workflow.workshop import Workshop

IMAGE = "/iiif/image/3/page.1"
TILE = f"{IMAGE}/0,0,256,256/256,256/0/default.jpg"
EDGE = f"{IMAGE}/512,256,88,144/88,144/0/default.jpg"
Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture
def port(shop: Workshop) -> Iterator[int]:
    """Where a viewer listens that has one public page."""
    folder = shop.home.derived_folder("0123456789")
    folder.mkdir(parents=True)
    Image.effect_noise((600, 400), 60).save(shop.home.folder / "page.tif")
    render_page(shop.home.folder / "page.tif", 0, folder, prepare=False)
    publish(shop.home, {"page": folder})
    app = create_app(config(shop), shop.catalog, Doors(shop))
    server = front.server(app, door_of(app), host="127.0.0.1", port=0, threads=2, ident=None)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield int(server.effective_port)
    server.task_dispatcher.shutdown(timeout=20)  # first: who has just answered still wakes the reading thread
    server.trigger.pull_trigger(partial(wasyncore.close_all, server._map))
    thread.join(20)
    shop.catalog.close()


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each piece of a request that came in took the short way."""
    ways: list[bool] = []
    real = front.tile

    def tile(*given: Any) -> bytes | None:
        answer = real(*given)
        ways.append(answer is not None)
        return answer

    monkeypatch.setattr(front, "tile", tile)
    return ways


def told(port: int, path: str, method: str = "GET", **headers: str) -> Answer:
    """All that an answer consists of, but for the date."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, headers={name.replace("_", "-"): text for name, text in headers.items()})
    answer = connection.getresponse()
    found = {name.lower(): text for name, text in answer.getheaders()}
    assert found.pop("date").endswith("GMT")
    body = answer.read()
    connection.close()
    return answer.status, found, body


def raw(port: int, *pieces: bytes) -> bytes:
    """What comes back for these bytes until the other side closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            connection.sendall(piece)
        found = b""
        while data := connection.recv(65536):
            found += data
    return found


@pytest.mark.parametrize("path", [TILE, EDGE, f"{IMAGE}/256,0,256,256/256,/0/default.jpg"])
def test_a_tile_takes_the_short_way_once_it_is_known(path: str, port: int, short: list[bool]) -> None:
    first = told(port, path)
    again = told(port, path)
    ordinary = told(port, path, If_Range="x")
    assert short == [False, True, False]
    assert first == again == ordinary
    assert (first[0], first[1]["content-type"]) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(first[2])).format == "JPEG"


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("HEAD", TILE, {}, 200),
        ("POST", TILE, {"Content_Length": "0"}, 405),
        ("GET", TILE, {"If_None_Match": "*"}, 304),
        ("GET", TILE, {"Connection": "close"}, 200),
        ("GET", TILE, {"Content_Length": "0"}, 200),
        ("GET", f"{TILE}?a=b", {}, 200),
        ("GET", TILE.replace("0,0", "%30,0"), {}, 200),
        ("GET", TILE.replace("page.1", "page.2"), {}, 404),
        ("GET", TILE.replace("256,256/0", "999,999/0"), {}, 400),
        ("GET", f"{IMAGE}/full/90,/0/default.jpg", {}, 200),
        ("GET", f"{IMAGE}/info.json", {}, 200),
        ("GET", "/", {}, 200),
    ],
)
def test_everything_else_takes_the_ordinary_road(
    method: str, path: str, headers: dict[str, str], status: int, port: int, short: list[bool]
) -> None:
    told(port, TILE)
    assert told(port, path, method, **headers)[0] == status
    assert short == [False, False]


def test_what_was_hidden_is_gone_on_the_same_connection(port: int, shop: Workshop, short: list[bool]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    seen = []
    for access in (None, None, Access()):
        if access:
            items.hide(shop.catalog, "tiles0000000", access)
        connection.request("GET", TILE)
        answer = connection.getresponse()
        seen.append((answer.status, len(answer.read()) > 1000))
    connection.close()
    assert (seen, short) == ([(200, True), (200, True), (404, False)], [False, True, False])


def test_requests_that_come_in_pieces_or_in_heaps_are_answered_in_order(port: int, short: list[bool]) -> None:
    body = told(port, TILE)[2]
    one = f"GET {TILE} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    last = f"GET {IMAGE}/info.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
    for pieces in ((one, one, last), (one + one + last,), (one[:30], one[30:] + one[:50], one[50:] + last)):
        found = raw(port, *pieces)
        assert found.count(body) == 2
        assert found.count(b"HTTP/1.1 200 OK") == 3
        assert json.loads(found.rpartition(b"\r\n\r\n")[2])["width"] == 600


@pytest.mark.parametrize(
    "head",
    [
        "GET {} HTTP/1.0\r\nHost: x\r\n\r\n",
        "GET {} HTTP/1.1\r\nHost: x\r\n folded\r\nConnection: close\r\n\r\n",
        "GET {} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n",
        "GET  {} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ],
)
def test_unusual_heads_are_for_waitress_to_judge(head: str, port: int, short: list[bool]) -> None:
    told(port, TILE)
    assert raw(port, head.format(TILE).encode()).startswith(b"HTTP/1.")
    assert not any(short)


def test_a_slow_reader_gets_every_byte(port: int, short: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    body = told(port, TILE)[2]

    def send(channel: Any, data: bytes, do_close: bool = True) -> int:
        return int(HTTPChannel.send(channel, bytes(data)[:1000], do_close))

    monkeypatch.setattr(front.TileChannel, "send", send, raising=False)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    for _ in range(3):
        connection.request("GET", TILE)
        assert connection.getresponse().read() == body
    connection.close()
    assert short == [False, True, True, True]
    assert len(body) > 10_000
