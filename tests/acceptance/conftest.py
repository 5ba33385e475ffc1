"""A real `muniment run` on a home of its own, spoken to through its own doors: command line, HTTP, processes."""

import csv
import hashlib
import http.cookiejar
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lxml import etree
from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))  # the benchmarks are not installed: they are found beside the tests

from benchmarks.installation import clean_environment, is_well, muniment  # noqa: E402
from benchmarks.machine import PROC, family, peak_megabytes  # noqa: E402
from workflow.services import free_port  # noqa: E402

PASSWORD = "a long secret of the tests"
START_SECONDS, STOP_SECONDS, LOOK_SECONDS = 600, 30, 0.2
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 120_000  # milliseconds: a batch is checked, read and stored meanwhile
CC0 = "http://creativecommons.org/publicdomain/zero/1.0/"


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended: its exit status, standard output and standard error."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the viewer, after redirects."""

    status: int
    body: bytes
    url: str

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Muniment:
    """One installation: a home, a port and, between `start` and `stop` or `kill`, a `muniment run`."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.home, self.port = home, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        extra = {"MUNIMENT_ADMIN_PASSWORD": PASSWORD, **settings}
        self.environment = {**clean_environment(home, self.port), **extra}
        home.mkdir(parents=True, exist_ok=True)

    @property
    def log(self) -> str:
        """What `muniment run` printed so far."""
        return (self.home / "run.log").read_text("utf-8")

    def start(self, *arguments: str, well: bool = True) -> None:
        """Starts `muniment run` in a process group of its own and waits until it is well, or only says it is ready."""
        said = len(self.log) if (self.home / "run.log").exists() else 0
        with (self.home / "run.log").open("ab") as log:
            command = [muniment(), "run", *arguments]
            self.process = subprocess.Popen(
                command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        ready = (lambda: is_well(self.url)) if well else (lambda: "is ready: " in self.log[said:])
        self.until(ready, START_SECONDS, "healthy" if well else "ready")

    def until(self, ready: Callable[[], Any], seconds: float, what: str) -> Any:
        """What `ready` answered when it first was true; fails when the time is over or `muniment run` ended."""
        deadline = time.monotonic() + seconds
        while not (found := ready()):
            assert self.process.poll() is None, f"`muniment run` ended: {self.log[-2000:]}"
            assert time.monotonic() < deadline, f"not {what} within {seconds} seconds: {self.log[-2000:]}"
            time.sleep(LOOK_SECONDS)
        return found

    def stop(self) -> None:
        """Asks it to stop, and fails when a process of its own is left 30 seconds later."""
        deadline = time.monotonic() + STOP_SECONDS
        self.process.terminate()
        self.process.wait(STOP_SECONDS)
        while (left := self.processes()) and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
        assert left == {}
        assert self.process.returncode == 0

    def kill(self) -> None:
        """Ends the whole group at once, as a power cut does, and waits until nobody is left."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        deadline = time.monotonic() + STOP_SECONDS
        while (left := self.processes()) and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
        assert left == {}

    def processes(self) -> dict[int, str]:
        """The command line of every living process that was started for this home, whoever its parent is."""
        mark, found = f"MUNIMENT_HOME={self.home}\0".encode(), {}
        for entry in PROC.iterdir():
            if not entry.name.isdigit():
                continue
            try:
                if mark in (entry / "environ").read_bytes() + b"\0":
                    found[int(entry.name)] = (entry / "cmdline").read_text("utf-8", "replace").replace("\0", " ")
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue  # it ended while we looked, or is another user's
        return {pid: command for pid, command in found.items() if command}

    def service(self, name: str) -> int:
        """The process id of a service."""
        return int(json.loads((self.home / "run.json").read_text())["pids"][name])

    def cli(self, *arguments: str | Path, given: str = "", seconds: float = 2400) -> Said:
        """How `muniment ARGUMENTS` ended, with `given` on its standard input."""
        command = [muniment(), *map(str, arguments)]
        done = subprocess.run(
            command, env=self.environment, input=given, capture_output=True, text=True, timeout=seconds, check=False
        )
        assert "Traceback" not in done.stdout + done.stderr
        return Said(done.returncode, done.stdout, done.stderr)

    def ingest(self, folder: Path, *options: str) -> dict[str, Any]:
        """The answer of `muniment ingest --wait --publish --json` by the item's folder; all must have come in."""
        said = self.cli("ingest", folder, "--wait", "--publish", "--json", *options)
        assert said.status == 0, said.out + said.err
        return {item["item"]: item for item in said.json["items"]}

    def get(self, path: str) -> Reply:
        """The viewer's answer to a stranger."""
        return Visitor(self.url).get(path)

    @contextmanager
    def memory(self) -> Iterator[dict[str, float]]:
        """The most megabytes that each process held while the block ran, by its command line."""
        peaks: dict[str, float] = {}
        over = threading.Event()
        watch = threading.Thread(target=self._watch, args=(peaks, over))
        watch.start()
        try:
            yield peaks
        finally:
            over.set()
            watch.join()

    def _watch(self, peaks: dict[str, float], over: threading.Event) -> None:
        while not over.wait(LOOK_SECONDS):
            for pid in family(self.process.pid):
                try:
                    name = (PROC / str(pid) / "cmdline").read_text("utf-8", "replace").replace("\0", " ")[:80]
                except (FileNotFoundError, ProcessLookupError):
                    continue
                peaks[name] = max(peaks.get(name, 0.0), peak_megabytes(pid))


class Visitor:
    """A browser without pictures: cookies, forms, and every answer as it is."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))

    def get(self, path: str) -> Reply:
        return self._open(urllib.request.Request(self._address(path)))

    def post(self, path: str, form_at: str, **fields: str) -> Reply:
        """Sends a form with the token that the page `form_at` gives."""
        token = self.get(form_at).text.partition('name="csrf_token" value="')[2].partition('"')[0]
        data = urllib.parse.urlencode({"csrf_token": token, **fields}).encode()
        return self._open(urllib.request.Request(self._address(path), data=data, headers={"Referer": self.url}))

    def log_in(self, name: str, password: str) -> Reply:
        return self.post("/login", "/login", name=name, password=password)

    def _address(self, path: str) -> str:
        return path if path.startswith("http") else self.url + path

    def _open(self, request: urllib.request.Request) -> Reply:
        try:
            with self._opener.open(request, timeout=60) as answer:
                return Reply(answer.status, answer.read(), answer.url)
        except urllib.error.HTTPError as error:
            with error:
                return Reply(error.code, error.read(), error.url or "")


@pytest.fixture(scope="session")
def visitor() -> Callable[[str], Visitor]:
    return Visitor


@pytest.fixture(scope="session")
def password() -> str:
    """The password of the first administrator, "admin"."""
    return PASSWORD


@pytest.fixture(scope="session")
def make_muniment() -> Callable[..., Muniment]:
    """Makes an installation, not started: a home, and settings for its environment."""
    return Muniment


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Muniment]:
    """The one installation that most tests share, with the sample batch in it."""
    made = Muniment(tmp_path_factory.mktemp("shared") / "home", MUNIMENT_CONTACT="desk@example.org")
    try:
        made.start("--demo")
        yield made
        made.stop()
    finally:
        _leave_nobody(made)


@pytest.fixture(scope="session")
def leave_nobody() -> Callable[[Muniment], None]:
    return _leave_nobody


def _leave_nobody(made: Muniment) -> None:
    """Whatever a test that failed left behind is ended, by the process ids of this home alone."""
    for pid in made.processes():
        if pid != os.getpid():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue


@pytest.fixture(scope="session")
def samples() -> Path:
    return ROOT / "samples" / "batch"


Pages = list[tuple[str, int]]


@pytest.fixture
def make_batch(tmp_path: Path) -> Callable[..., Path]:
    """Makes a drop folder: items by name, each with the texts of its pages (900 pixels wide, or as said)."""

    def make(name: str, items: dict[str, list[str] | Pages], **titles: str) -> Path:
        folder = tmp_path / name
        for item, pages in items.items():
            for number, page in enumerate(pages, 1):
                text, width = page if isinstance(page, tuple) else (page, 900)
                draw(folder / item / f"{number:04d}.tif", text, width)
        describe(folder, {item: titles.get(item, item.title()) for item in items})
        return folder

    return make


def draw(path: Path, text: str, width: int = 900) -> None:
    """Draws a small grey page with one line of large text."""
    page = Image.new("L", (width, 300), 250)
    ImageDraw.Draw(page).text((60, 100), text, font=ImageFont.load_default(size=64), fill=10)
    path.parent.mkdir(parents=True, exist_ok=True)
    page.save(path, dpi=(300, 300))


def describe(folder: Path, titles: dict[str, str]) -> None:
    """Writes the `metadata.csv` of a drop folder: a row an item, all in English and free of rights."""
    with (folder / "metadata.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["item", "dc.identifier", "dc.title", "dc.language", "dc.type", "dc.rights"])
        rows.writerows([item, f"{folder.name}-{item}", title, "en", "Text", CC0] for item, title in titles.items())


@pytest.fixture(scope="session")
def draw_page() -> Callable[..., None]:
    return draw


@pytest.fixture(scope="session")
def describe_batch() -> Callable[[Path, dict[str, str]], None]:
    return describe


@pytest.fixture(scope="session")
def tree() -> Callable[[Path], dict[str, str]]:
    """The digest of every file below a folder, by its path there."""
    return lambda folder: {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="session")
def kept(tree: Callable[[Path], dict[str, str]]) -> Callable[[Any], dict[str, str]]:
    """What the folder store of an installation holds, but for the log: it is sent on some time after a batch."""
    return lambda running: {
        path: digest for path, digest in tree(running.home / "copy").items() if not path.startswith("events/")
    }


@pytest.fixture(scope="session")
def iiif_errors(shared_data: Path) -> Callable[[Any], list[str]]:
    """What the official schema has against a resource; nothing when it is valid."""
    schema = json.loads((shared_data / "conformance/iiif-schema/iiif_3_0.json").read_text())
    validator = jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())
    return lambda resource: [error.message for error in validator.iter_errors(resource)]


@pytest.fixture(scope="session")
def xml_schema(shared_data: Path) -> Callable[[str], etree.XMLSchema]:
    """The schema at a path in the collection of schemas; what it includes is found there too, never on a network."""
    schemas = shared_data / "conformance/schemas"

    class Local(etree.Resolver):
        def resolve(self, system_url: str, public_id: str, context: object = None) -> object:
            if system_url.endswith("xlink.xsd"):
                return self.resolve_filename(str(schemas / "xlink/xlink.xsd"), context)  # type: ignore[attr-defined]
            return None

    def load(path: str) -> etree.XMLSchema:
        parser = etree.XMLParser(no_network=True)
        parser.resolvers.add(Local())
        return etree.XMLSchema(etree.parse(str(schemas / path), parser))

    return load


@pytest.fixture(scope="session")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        pytest.skip("No Chromium is installed: the browser tests need one.")
    return found


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tools:
        opened = tools.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A browser window; at the end it may have complained about nothing, and asked nobody but us."""
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    made, complaints, asked = context.new_page(), [], set()
    made.set_default_timeout(PATIENCE)
    made.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    made.on("pageerror", lambda error: complaints.append(str(error)))
    made.on("request", lambda request: asked.add(re.sub(r"^(\w+:(//[^:/]+)?).*", r"\1", request.url)))
    yield made
    context.close()
    assert complaints == []
    assert asked <= {"http://127.0.0.1", "data:", "blob:http"}
