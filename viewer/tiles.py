"""The door for tiles, in front of the application: what is public and cheap is answered here, all else inside.

Deep zoom asks for tiles by the hundred, and a tile as it lies in the access copy costs less than the application's
own part in answering. The door decides nothing of its own: by the same look into the catalogue, the same rule of
access, the same grammar and the same headers it gives the answers that the application would give, or leaves it to it.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from werkzeug.http import parse_etags

from catalog.images import glance
from core.errors import MunimentError
from images import iiif as image_api
from images.pyramid import ChangedError, NotAtOnceError
from viewer.access import cache_rule
from viewer.counting import Counts
from viewer.headers import for_everybody
from viewer.house import House, today
from viewer.image_service import JPEG, tag_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TILE: Final = re.compile(r"/iiif/image/3/([!-.0-~]+)/([!-.0-~]+)/([!-.0-~]+)/0/default\.jpg")  # visible ASCII alone
# The application looks at the session of whoever asks, and says so to caches.
VARY: Final = ("Vary", "Cookie")
Answer = tuple[HTTPStatus, list[tuple[str, str]], bytes]


class TileDoor:
    """A WSGI application that answers for public tiles, and hands every other request on to the one `inside`."""

    def __init__(self, inside: "WSGIApplication", house: House, counts: Counts) -> None:
        self.inside, self._house, self._counts = inside, house, counts

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """The answer; nothing is raised that the application would not raise."""
        asked = environ["REQUEST_METHOD"] in ("GET", "HEAD")
        answer = self.answer(environ["PATH_INFO"], environ.get("HTTP_IF_NONE_MATCH", "")) if asked else None
        if answer is None:
            return self.inside(environ, start_response)
        status, headers, body = answer
        start_response(f"{status.value} {status.phrase}", headers)
        return (body,) if body and environ["REQUEST_METHOD"] == "GET" else ()

    def answer(self, path: str, known: str = "", *, patient: bool = True) -> Answer | None:
        """None for whatever is not public to everybody today, no tile, or in any way out of the ordinary.

        `known` are the ETags that the asker has. Who is not `patient` gets None also for what has to be waited for.
        """
        found = TILE.fullmatch(path)
        # What cannot be answered here is no error yet: the application looks for itself, and says what is wrong.
        with suppress(MunimentError, OSError, ValueError, NotAtOnceError):
            answer = self._answer(found[1], found[2], found[3], known, patient) if found else None
            if answer is not None:
                self._counts.add("tiles", answer[0])
            return answer
        return None

    def _answer(self, image_id: str, region: str, size: str, known: str, patient: bool) -> Answer | None:
        view = glance(self._house.catalog, image_id)
        if view is None or not view.access.public_on(today()):
            return None
        tag = tag_of(view, region, size, "0", "default.jpg")
        if known and tag in parse_etags(known):
            return HTTPStatus.NOT_MODIFIED, _headers(tag), b""
        data = self._tile(view.derived, image_api.parse(region, size, "0", "default.jpg"), patient)
        if data is None:
            return None
        content = [("Content-Type", JPEG), ("Content-Length", str(len(data)))]
        return HTTPStatus.OK, [*content, *_headers(tag)], data

    def _tile(self, key: str, request: image_api.ImageRequest, patient: bool) -> bytes | None:
        """The tile, None when it is for the application: a copy that changed is read in full there."""
        try:
            with self._house.copies.opened(key, patient=patient) as copy:
                return image_api.ready(copy, request)
        except ChangedError:
            self._house.copies.forget(key)
            return None


def _headers(tag: str) -> list[tuple[str, str]]:
    return [*for_everybody(), ("Cache-Control", cache_rule(public=True)), ("ETag", f'"{tag}"'), VARY]
