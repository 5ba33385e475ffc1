"""The shortest way from a socket to a tile: answered where the request is read, by the viewer's own door for tiles.

waitress reads requests in one thread and answers them in others; the handing over costs several times what a tile
does. A plain request for a tile that lies in memory is therefore answered at once by the reading thread. Whatever is
in any way unusual, or would have to be waited for, takes waitress's ordinary road and finds the same door there.
"""

import re
import time
from typing import Any, Final

from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server
from waitress.utilities import build_http_date

from viewer.tiles import TileDoor

PLAIN: Final = re.compile(rb"GET (/iiif/image/3/[0-9A-Za-z.,/]+) HTTP/1\.1\r\n(?:[^\r\n]+\r\n)+\r\n")
# What says how long a request or its connection is, or what the asker has already, is for waitress and the application.
UNUSUAL: Final = re.compile(
    rb"\r\n(?:[ \t]|content-length|transfer-encoding|expect|upgrade|if-|connection[ \t]*:(?![ \t]*keep-alive\r))",
    re.IGNORECASE,
)


class TileChannel(HTTPChannel):  # type: ignore[misc]
    """A connection; its reading thread answers for tiles by the `door` of its class."""

    door: TileDoor

    def received(self, data: bytes) -> bool:
        """True, as long as the connection is in use: either the tile is on its way, or waitress goes on with this."""
        busy = self.request or self.requests or self.total_outbufs_len or self.will_close or self.close_when_flushed
        answer = None if busy else tile(self.door, data)
        if answer is None:
            return bool(super().received(data))
        sent = self.send(answer)
        if sent < len(answer) and self.connected:
            with self.outbuf_lock:
                self.outbufs[-1].append(answer[sent:])
                self.current_outbuf_count += len(answer) - sent
                self.total_outbufs_len += len(answer) - sent
        return True


def tile(door: TileDoor, data: bytes) -> bytes | None:
    """The whole answer to a plain request for a tile that is in memory, else None."""
    plain = PLAIN.fullmatch(data)
    answer = door.answer(plain[1].decode("ascii"), patient=False) if plain and not UNUSUAL.search(data) else None
    if answer is None:
        return None
    status, headers, body = answer
    lines = [f"HTTP/1.1 {status.value} {status.phrase}", *(f"{name}: {text}" for name, text in headers)]
    lines += [f"Date: {build_http_date(time.time())}", "\r\n"]
    return "\r\n".join(lines).encode("latin-1") + body


def server(application: Any, door: TileDoor, **settings: Any) -> Any:
    """A server of waitress for the application, with the short way for tiles; `run()` serves until it is ended."""
    sockets: dict[int, Any] = {}
    made = create_server(application, map=sockets, **settings)
    for one in sockets.values():
        if isinstance(one, BaseWSGIServer):  # one for each address that the host's name stands for
            one.channel_class = type("DoorChannel", (TileChannel,), {"door": door})
    return made
