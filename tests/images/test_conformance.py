"""The IIIF Image API validator finds nothing wrong with its reference image as we serve it."""

import json
import threading
import warnings
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from images import iiif
from images.pyramid import open_copy
from images.render import render_page

REFERENCE = "67352ccc-d1b0-11e1-89ae-279075081939"
NOT_OFFERED = {"format_gif", "format_jp2", "format_pdf", "format_tif"}
ONLY_PYTHON_2 = {"format_webp"}  # its own code calls urllib.urlopen
JSON = "application/json"
JSON_LD = 'application/ld+json;profile="http://iiif.io/api/image/3/context.json"'


def suite() -> Any:
    """The validator's modules, or a skip where its libmagic is missing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from iiif_validator import validator
        except ImportError as missing:
            pytest.skip(f"The validator cannot be loaded ({missing}): install libmagic1.")
    return validator


class Handler(BaseHTTPRequestHandler):
    """The least server around `images.iiif`: what the viewer does, without the viewer."""

    access: Path

    def do_GET(self) -> None:
        segments = [unquote(part) for part in self.path.split("/")[1:]]
        if segments[:2] != ["iiif", REFERENCE]:
            return self._answer(404, b"", "text/plain")
        url = f"http://{self.headers['Host']}/iiif/{REFERENCE}"
        if len(segments) == 2:
            return self._answer(303, b"", "text/plain", Location=f"{url}/info.json")
        if segments[2:] == ["info.json"]:
            kind = JSON_LD if "ld+json" in self.headers.get("Accept", "") else JSON
            with open_copy(self.access) as copy:
                return self._answer(200, json.dumps(iiif.info(url, copy.pyramid)).encode(), kind)
        return self._picture(url, segments[2:])

    def _picture(self, url: str, segments: list[str]) -> None:
        try:
            request = iiif.parse(*segments)
            with open_copy(self.access) as copy:
                data, kind = iiif.render(copy, request)
                link = f'<{iiif.canonical(url, request, copy.pyramid)}>;rel="canonical"'
        except (iiif.BadRequest, TypeError) as error:
            return self._answer(400, str(error).encode(), "text/plain")
        except iiif.NotSupported as error:
            return self._answer(501, str(error).encode(), "text/plain")
        profile = '<http://iiif.io/api/image/3/level2.json>;rel="profile"'
        return self._answer(200, data, kind, Link=f"{link},{profile}")

    def _answer(self, status: int, body: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        headers |= {"Content-Type": kind, "Content-Length": str(len(body)), "Access-Control-Allow-Origin": "*"}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def server(shared_data: Path, tmp_path: Path) -> Iterator[str]:
    """Host and port of a server of the reference image."""
    reference = shared_data / "conformance/iiif-image" / f"{REFERENCE}.png"
    assert render_page(reference, 0, tmp_path, prepare=False).oddities == ()
    Handler.access = tmp_path / "access.tif"
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@pytest.mark.scans
@pytest.mark.filterwarnings("ignore")  # the validator leaves its connections to the garbage collector
def test_reference_image_passes_the_validator(server: str) -> None:
    validator = suite()
    failed, passed = {}, set()
    for name, about in validator.TestSuite(validator.ValidationInfo()).list_tests("3.0").items():
        if name in NOT_OFFERED | ONLY_PYTHON_2:
            continue
        result = validator.ImageAPI(REFERENCE, server, "iiif", "http", "", "3.0", debug=False)
        validator.TestSuite(validator.ValidationInfo()).run_test(name, result)
        if result.exception:
            failed[name] = f"level {about['level']}: {result.exception} at {result.urls}"
        passed.add(name)
    assert failed == {}
    assert len(passed) == 40
