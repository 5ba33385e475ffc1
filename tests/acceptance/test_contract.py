"""The contract of the command line and the addresses, on a running installation."""

import json
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bagit
import ocfl
import pytest

pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.timeout(900)]

ITEM = {"item", "id", "state", "pages", "manifest", "problems"}
PROBLEM = {"code", "severity", "page", "sentence"}
BATCH = {"batch", "state", "items", "pages", "pages_done", "problems"}
AUDIT = {"read", "bytes", "outcomes", "unexpected", "void", "alerts"}
LETTERS: dict[str, Any] = {"zebra": ["Dear Zebra"], "apple": ["Dear Apple", "Yours Apple"], "mango": ["Dear Mango"]}


@pytest.fixture
def letters(make_batch: Callable[..., Path]) -> Path:
    """Three good items in the order of their table, which is not that of the alphabet."""
    return make_batch("letters", LETTERS)


@pytest.fixture(scope="module")
def idle(make_muniment: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """An installation that does not run."""
    return make_muniment(tmp_path_factory.mktemp("idle") / "home")


def test_it_said_that_it_is_ready_as_its_last_line(running: Any) -> None:
    running.until(lambda: "is ready" in running.log, 30, "saying that it is ready")
    assert running.log.splitlines()[-1] == f"Muniment is ready: {running.url}/"
    health = running.get("/healthz")
    assert (health.status, health.json["demo"]) == (200, "published")


def test_a_check_names_every_item_and_problem_and_stores_nothing(running: Any, letters: Path, kept: Any) -> None:
    (letters / "apple" / "0002.tif").write_bytes(b"")
    before = kept(running)
    said = running.cli("check", letters, "--json")
    assert said.status == 1
    assert said.json.keys() >= {"batch", "items"}
    assert said.json["batch"] is None
    found = said.json["items"]
    assert all(item.keys() >= ITEM for item in found)
    told = [(item["item"], item["state"], item["id"], item["manifest"]) for item in found]
    assert told == [("zebra", "ok", None, None), ("apple", "refused", None, None), ("mango", "ok", None, None)]
    (problem,) = (one for one in found[1]["problems"] if one["severity"] == "error")
    assert problem.keys() >= PROBLEM
    assert (problem["code"], '"0002.tif"' in problem["sentence"]) == ("file-empty", True)
    assert kept(running) == before
    (letters / "apple" / "0002.tif").unlink()
    assert running.cli("check", letters, "--json").status == 0
    assert "nothing refused" in running.cli("check", letters).out


def test_ingest_publish_withdraw_and_export(running: Any, letters: Path, tmp_path: Path) -> None:
    said = running.cli("ingest", letters, "--wait", "--json")
    assert said.status == 0, said.out
    assert said.json.keys() >= {"batch", "items"}
    found = said.json["items"]
    assert [item["item"] for item in found] == ["zebra", "apple", "mango"]
    assert all(item.keys() >= ITEM for item in found)
    assert [(item["state"], item["pages"]) for item in found] == [("awaiting", 1), ("awaiting", 2), ("awaiting", 1)]
    assert "pages are read" in said.err or "is being checked" in said.err or "is queued" in said.err
    item, page = found[1]["id"], _publish_and_look(running, said.json["batch"], found[1]["id"])
    _withdraw_and_look(running, item, page)
    _status(running, said.json["batch"])
    _ways_out(running, found[0]["id"], tmp_path)


def _publish_and_look(running: Any, batch: str, item: str) -> str:
    """The id of the item's first page, once strangers can see it."""
    for path in (f"/items/{item}", f"/iiif/presentation/3/{item}/manifest"):
        assert running.get(path).status in (403, 404)
    assert running.cli("publish", batch).status == 0
    manifest = running.get(f"/iiif/presentation/3/{item}/manifest").json
    assert len(manifest["items"]) == 2
    page = str(manifest["items"][0]["id"]).rpartition("/")[2]
    assert [running.get(path).status for path in _places(item, page)] == [200] * 5
    return page


def _places(item: str, page: str) -> tuple[str, ...]:
    return (
        f"/items/{item}",
        f"/items/{item}/pages/{page}",
        f"/iiif/presentation/3/{item}/manifest",
        f"/iiif/image/3/{page}.1/full/max/0/default.jpg",
        f"/items/{item}/pages/{page}/text.txt",
    )


def _withdraw_and_look(running: Any, item: str, page: str) -> None:
    assert running.cli("withdraw", item, "--reason", "privacy").status == 0
    assert [running.get(path).status for path in _places(item, page)] == [410] * 5
    tombstone = running.get(f"/items/{item}").text
    assert item in tombstone
    assert "desk@example.org" in tombstone
    assert item not in running.get("/search?q=Yours").text
    assert running.cli("publish", item).status == 0
    assert [running.get(path).status for path in _places(item, page)] == [200] * 5


def _status(running: Any, batch: str) -> None:
    everything, one = running.cli("status", "--json"), running.cli("status", batch, "--json")
    assert (everything.status, one.status) == (0, 0)
    assert everything.json.keys() >= {"batches", "alarms"}
    assert all(view.keys() >= BATCH for view in everything.json["batches"])
    (view,) = one.json["batches"]
    told = [view[key] for key in ("batch", "state", "items", "pages", "pages_done", "problems")]
    assert told == [batch, "done", 3, 4, 4, 0]
    assert batch in running.cli("status").out


def _ways_out(running: Any, item: str, tmp_path: Path) -> None:
    bag, package = tmp_path / "bag", tmp_path / "object"
    assert running.cli("export", item, bag, "--as", "bag").status == 0
    assert bagit.Bag(str(bag)).is_valid()
    assert (bag / "bagit.txt").read_text().startswith("BagIt-Version: 1.0")
    assert running.cli("export", item, package, "--as", "ocfl").status == 0
    valid, _ = ocfl.Object().validate(str(package))[:2]
    assert valid
    again = running.cli("export", item, bag, "--as", "bag")
    assert again.status == 2
    assert "bag" in again.err


def test_what_is_odd_about_the_drop_folder_is_told_by_check_and_ingest(
    running: Any, letters: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "odd"
    shutil.copytree(letters, folder)
    (folder / "stray.txt").write_text("a note")
    told = [running.cli(*command, "--json") for command in (("check", folder), ("ingest", folder, "--wait"))]
    assert [[problem["code"] for problem in said.json["problems"]] for said in told] == [["file-stranger"]] * 2


def test_an_audit_of_everything_is_intact(running: Any, letters: Path) -> None:
    running.ingest(letters)
    said = running.cli("audit", "--all", "--json")
    assert said.status == 0
    found = said.json
    assert found.keys() >= AUDIT
    assert found["outcomes"] == {"intact": found["read"], "altered": 0, "missing": 0, "unreadable": 0}
    assert (found["unexpected"], found["void"], found["alerts"]) == (0, False, [])
    assert found["read"] > 2 * 3 * 7
    assert found["bytes"] > 0


def test_the_doctor_finds_it_well(running: Any) -> None:
    said = running.cli("doctor", "--json")
    assert said.json.keys() >= {"well", "checks"}
    assert all(check.keys() >= {"name", "ok", "sentence"} for check in said.json["checks"])
    assert [check for check in said.json["checks"] if not check["ok"]] == []
    assert (said.status, said.json["well"]) == (0, True)


def test_a_person_who_was_added_can_log_in(running: Any, visitor: Any) -> None:
    added = running.cli("user", "add", "anna", "--role", "archivist", given="a long secret\n")
    assert added.status == 0, added.err
    anna, wrong, stranger = visitor(running.url), visitor(running.url), visitor(running.url)
    assert "/login" in stranger.get("/inbox").url
    wrong.log_in("anna", "not her secret")
    assert "/login" in wrong.get("/inbox").url
    anna.log_in("anna", "a long secret")
    assert anna.get("/inbox").url == f"{running.url}/inbox"
    assert running.cli("user", "disable", "anna").status == 0
    assert "/login" in anna.get("/inbox").url
    assert running.cli("user", "add", "anna", "--role", "archivist", given="another secret\n").status == 2


def refusal(said: Any) -> str:
    """The code of the error document, the only thing on standard output."""
    assert said.status == 2
    assert said.json.keys() == {"error"}
    assert said.json["error"].keys() >= {"code", "sentence"}
    assert said.json["error"]["sentence"].endswith((".", "`."))
    return str(said.json["error"]["code"])


@pytest.mark.parametrize("command", ["check", "ingest"])
def test_a_folder_that_is_no_batch_could_not_be_run(running: Any, tmp_path: Path, command: str) -> None:
    assert refusal(running.cli(command, tmp_path / "nowhere", "--json")) == "not-a-batch"
    (tmp_path / "empty").mkdir()
    assert refusal(running.cli(command, tmp_path / "empty", "--json")) == "not-a-batch"
    in_words = running.cli(command, tmp_path / "empty")
    assert (in_words.status, in_words.out) == (2, "")
    assert '"' in in_words.err


def test_what_needs_services_says_that_there_are_none(idle: Any, letters: Path, tmp_path: Path) -> None:
    commands: list[tuple[str | Path, ...]] = [("ingest", letters, "--json"), ("audit", "--json")]
    for command in commands:
        assert refusal(idle.cli(*command)) == "not-running"
    for command in (("publish", "0b1c2d3f4g5h"), ("withdraw", "0b1c2d3f4g5h"), ("export", "x", tmp_path / "x")):
        said = idle.cli(*command)
        assert (said.status, said.out) == (2, "")
        assert "start `muniment run`" in said.err
    assert idle.cli("check", letters, "--json").status == 0
    assert idle.cli("status", "--json").json == {"batches": [], "alarms": []}
    assert idle.cli("doctor", "--json").status == 1


def test_an_unknown_name_is_said_to_be_unknown(running: Any, tmp_path: Path) -> None:
    for command in (("publish", "nobody"), ("withdraw", "nobody"), ("export", "nobody", str(tmp_path / "x"))):
        said = running.cli(*command)
        assert (said.status, said.out) == (2, "")
        assert '"nobody"' in said.err
    assert refusal(running.cli("status", "nobody", "--json")) == "not-found"


def test_a_taken_port_is_named(idle: Any) -> None:
    with socket.create_server(("127.0.0.1", idle.port)):
        said = idle.cli("run", seconds=60)
    assert said.status == 2
    assert f"port {idle.port}" in said.err
    assert "MUNIMENT_PORT" in said.err


def test_a_second_run_on_the_same_home_is_refused(running: Any, make_muniment: Any) -> None:
    second = make_muniment(running.home)
    said = second.cli("run", seconds=60)
    assert said.status == 2
    assert str(running.home) in said.err
    assert json.loads((running.home / "run.json").read_text())["pid"] == running.process.pid


def test_keys_lie_in_files_of_their_owner_alone(running: Any) -> None:
    private = ("run.json", "secrets.json", "object-store.json")
    assert {(running.home / name).stat().st_mode & 0o777 for name in private} == {0o600}


def test_every_port_listens_on_this_machine_alone(running: Any) -> None:
    sockets = {link for pid in running.processes() for link in _sockets(pid)}
    tables = "".join(Path(f"/proc/net/{name}").read_text() for name in ("tcp", "tcp6"))
    listening = [line.split() for line in tables.splitlines()]
    ours = {fields[1].partition(":")[0] for fields in listening if fields[3] == "0A" and fields[9] in sockets}
    assert ours == {"0100007F"}


def _sockets(pid: int) -> set[str]:
    found = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(entry.readlink())
        except FileNotFoundError:
            continue
        if target.startswith("socket:["):
            found.add(target[8:-1])
    return found


def test_the_samples_are_taken_out_for_good(running: Any, samples: Path) -> None:
    shown = running.get("/search?q=bathymetry").text
    assert "Campus Echo" in shown
    before = running.cli("demo", "remove")
    assert before.status == 0
    assert "Campus Echo" not in running.get("/search?q=bathymetry").text
    assert running.get("/healthz").status == 200
    audit = running.cli("audit", "--all", "--json")
    assert (audit.status, audit.json["unexpected"]) == (0, 0)
    assert samples.is_dir()


def test_the_command_explains_itself(idle: Any) -> None:
    told = idle.cli("--help").out
    assert [name for name in ("run", "check", "ingest", "status", "audit", "export") if name not in told] == []
