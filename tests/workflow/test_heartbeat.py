"""The watch service hears of an audit, and what it does not hear is kept until it does."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from workflow import heartbeat
from workflow.workshop import Workshop


class Watch:
    """A watch service: what was asked of it; `status` is what it answers."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status = 200
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                self.send_response(outer.status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"OK")

            def log_message(self, *_: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/ping/secret"


@pytest.fixture
def watch() -> Iterator[Watch]:
    watch = Watch()
    thread = threading.Thread(target=watch.http.serve_forever)
    thread.start()
    yield watch
    watch.http.shutdown()
    thread.join()
    watch.http.server_close()


@pytest.fixture
def heard(shop: Workshop, watch: Watch) -> Workshop:
    shop.home.make()
    return Workshop(shop.settings.model_copy(update={"heartbeat_url": watch.url}))


def test_a_beat_is_heard(heard: Workshop, watch: Watch) -> None:
    assert (heartbeat.beat(heard), heartbeat.trouble(heard), watch.asked) == ("", "", ["/ping/secret"])


def test_what_was_not_heard_is_kept_until_it_is(heard: Workshop, watch: Watch) -> None:
    watch.status = 503
    trouble = (
        'The watch service at "127.0.0.1" did not hear the heartbeat (status 503): look into MUNIMENT_HEARTBEAT_URL.'
    )
    assert (heartbeat.beat(heard), heartbeat.trouble(heard)) == (trouble, trouble)
    watch.status = 200
    assert (heartbeat.beat(heard), heartbeat.trouble(heard)) == ("", "")


def test_without_an_address_nothing_is_asked(shop: Workshop, watch: Watch) -> None:
    shop.home.make()
    assert (heartbeat.beat(shop), heartbeat.trouble(shop), watch.asked) == ("", "", [])
