"""A small HTTP proxy that stands between us and an S3 endpoint and misbehaves in one of thirteen ways."""

import http.client
import http.server
import random
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

Headers = list[tuple[str, str]]
ERROR = '<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>as told</Message></Error>'
SLOW_CHUNK, SLOW_SECONDS = 4096, 0.02  # about 200 kB a second


@dataclass(frozen=True, slots=True)
class Answer:
    """What the endpoint said."""

    status: int
    headers: Headers
    body: bytes


class CutError(Exception):
    """The connection ends here."""


class FaultyProxy:
    """A proxy on loopback; with a fault set, the share `odds` of the requests meets it (seeded), the others pass."""

    def __init__(self, upstream: str, *, seed: int = 1) -> None:
        parts = urlsplit(upstream)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80
        self.fault: str | None = None
        self.odds = 1.0
        self.met = 0
        self.released = threading.Event()
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        proxy = self

        class Handler(_Handler):
            house = proxy

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Where the proxy listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    @contextmanager
    def misbehaving(self, fault: str, *, odds: float = 1.0, most: int | None = None) -> Iterator[None]:
        """The fault is set inside the block, for at most so many requests."""
        self.fault, self.odds, self.met, self.most = fault, odds, 0, most
        self.released.clear()
        try:
            yield
        finally:
            self.fault = None
            self.released.set()

    def strikes(self, method: str, path: str) -> str | None:
        """The fault that this request meets, or None."""
        with self._lock:
            fault = self.fault
            if fault is None or not SUITS[fault](method, path):
                return None
            if (self.most is not None and self.met >= self.most) or self._random.random() >= self.odds:
                return None
            self.met += 1
            return fault

    most: int | None = None


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    house: FaultyProxy

    def _serve(self) -> None:
        self.close_connection = True
        fault = self.house.strikes(self.command, self.path)
        try:
            getattr(self, f"_{(fault or 'pass').replace('-', '_')}")()
        except (CutError, OSError):
            self._hang_up()

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _serve  # noqa: N815  the names that the base class calls

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""

    def _pass(self) -> None:
        self._reply(self._forward(self._body()))

    def _reset(self) -> None:
        raise CutError

    def _stall_request(self) -> None:
        self.house.released.wait()
        raise CutError

    def _stall_answer(self) -> None:
        self._forward(self._body())
        self.house.released.wait()
        raise CutError

    def _swallow_answer(self) -> None:
        self._forward(self._body())
        raise CutError

    def _cut_upload(self) -> None:
        """The endpoint gets half of the body and then nothing more."""
        length = int(self.headers.get("Content-Length") or 0)
        with socket.create_connection((self.house.host, self.house.port)) as upstream:
            head = f"{self.command} {self.path} HTTP/1.1\r\n"
            head += "".join(f"{name}: {value}\r\n" for name, value in self._passed_on()) + "\r\n"
            upstream.sendall(head.encode() + self.rfile.read(length // 2))
        raise CutError

    def _cut_download(self) -> None:
        answer = self._forward(self._body())
        self._reply(answer, send=answer.body[: len(answer.body) // 2])
        raise CutError

    def _slow_down(self) -> None:
        self._say(503, "SlowDown")

    def _internal_error(self) -> None:
        self._say(500, "InternalError")

    def _slow(self) -> None:
        answer = self._forward(self._body())
        self._head(answer, len(answer.body))
        for start in range(0, len(answer.body), SLOW_CHUNK):
            self.house.released.wait(SLOW_SECONDS)
            self.wfile.write(answer.body[start : start + SLOW_CHUNK])

    def _flip_upload(self) -> None:
        self._reply(self._forward(_flipped(self._body())))

    def _flip_download(self) -> None:
        answer = self._forward(self._body())
        self._reply(answer, send=_flipped(answer.body))

    def _stale_listing(self) -> None:
        """The endpoint's listing without what it holds."""
        answer = self._forward(self._body())
        body = re.sub(rb"<Contents>.*</Contents>", b"", answer.body, flags=re.DOTALL)
        self._reply(Answer(answer.status, answer.headers, body))

    def _sent_twice(self) -> None:
        """The request reaches the endpoint twice, and the second answer comes back."""
        body = self._body()
        self._forward(body)
        self._reply(self._forward(body))

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _passed_on(self) -> Headers:
        return [(name, value) for name, value in self.headers.items() if name.lower() not in ("expect", "connection")]

    def _forward(self, body: bytes) -> Answer:
        upstream = http.client.HTTPConnection(self.house.host, self.house.port, timeout=60)
        try:
            upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self._passed_on():
                upstream.putheader(name, value)
            upstream.endheaders(body or None)
            answer = upstream.getresponse()
            return Answer(answer.status, answer.getheaders(), answer.read())
        finally:
            upstream.close()

    def _say(self, status: int, code: str) -> None:
        self._body()
        self._reply(Answer(status, [("Content-Type", "application/xml")], ERROR.format(code=code).encode()))

    def _reply(self, answer: Answer, *, send: bytes | None = None) -> None:
        told = next((value for name, value in answer.headers if name.lower() == "content-length"), "0")
        self._head(answer, int(told) if self.command == "HEAD" else len(answer.body))
        if self.command != "HEAD":
            self.wfile.write(answer.body if send is None else send)
            self.wfile.flush()

    def _head(self, answer: Answer, length: int) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.send_header("Connection", "close")
        self.end_headers()

    def _hang_up(self) -> None:
        """Ends the connection by a reset, as a cable that is pulled does in the end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


def _flipped(data: bytes) -> bytes:
    """The same bytes with one bit turned in the middle."""
    if not data:
        return data
    at = len(data) // 2
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def _any(_: str, __: str) -> bool:
    return True


def _upload(method: str, _: str) -> bool:
    return method == "PUT"


def _download(method: str, path: str) -> bool:
    return method == "GET" and "list-type" not in path


def _listing(method: str, path: str) -> bool:
    return method == "GET" and "list-type" in path


SUITS: dict[str, Callable[[str, str], bool]] = {
    "reset": _any,
    "stall-request": _any,
    "stall-answer": _any,
    "swallow-answer": _any,
    "cut-upload": _upload,
    "cut-download": _download,
    "slow-down": _any,
    "internal-error": _any,
    "slow": _download,
    "flip-upload": _upload,
    "flip-download": _download,
    "stale-listing": _listing,
    "sent-twice": _upload,
}
