"""`muniment audit` and `muniment repair` as programs: documents and exit statuses."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from workflow import runfile
from workflow.audit_lease import leased
from workflow.processes import birth


class Command:
    """Runs `muniment` on the holdings."""

    def __init__(self, holdings: Any) -> None:
        folder = holdings.folder
        self.environment = os.environ | {
            "MUNIMENT_HOME": str(folder / "home"),
            "MUNIMENT_STORES": f"one=file:{folder}/one;two=file:{folder}/two",
        }

    def __call__(self, *arguments: str) -> tuple[int, Any]:
        command = [sys.executable, "-c", "from workflow.cli import main; main()", *arguments, "--json"]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        return done.returncode, json.loads(done.stdout)


@pytest.fixture
def muniment(holdings: Any) -> Command:
    """The commands, as long as this process stands for a running installation."""
    run = runfile.RunFile(
        pid=os.getpid(),
        born=birth(os.getpid()) or "",
        viewer="http://127.0.0.1:1",
        prefect_api="http://127.0.0.1:1",
        s3=None,
    )
    runfile.write(holdings.shop.home, run)
    return Command(holdings)


def test_damage_is_found_repaired_and_confirmed(holdings: Any, muniment: Command) -> None:
    assert muniment("audit", "--all")[0] == 0
    page: Path = holdings.path("one", "masters/0002.tif")
    good = page.read_bytes()
    page.chmod(0o644)
    page.write_bytes(good[:-1])
    status, report = muniment("audit", "--all")
    assert (status, report["outcomes"]["altered"], report["void"]) == (1, 1, False)
    [alert] = report["alerts"]
    assert muniment("status")[1]["alarms"][0] == alert
    status, done = muniment("repair", alert["alert"])
    assert (status, done["alert"], done["state"]) == (0, alert["alert"], "repaired")
    assert page.read_bytes() == good
    status, report = muniment("audit")
    assert (status, report["alerts"]) == (0, [])


def test_without_a_good_copy_repair_ends_with_one(holdings: Any, muniment: Command) -> None:
    for store in ("one", "two"):
        holdings.path(store, "masters/0002.tif").unlink()
    alerts = muniment("audit", "--all")[1]["alerts"]
    status, done = muniment("repair", alerts[0]["alert"])
    assert (status, done["state"]) == (1, "open")
    status, error = muniment("repair", "nonsense")
    assert (status, error["error"]["code"]) == (2, "not-found")


def test_a_void_run_ends_with_two_and_prints_its_report(holdings: Any, muniment: Command) -> None:
    (holdings.folder / "one" / "canaries" / "bad-1").unlink()
    status, report = muniment("audit")
    assert (status, report["void"], [one["outcome"] for one in report["alerts"]]) == (2, True, ["canary"])


def test_a_second_audit_ends_with_two(holdings: Any, muniment: Command) -> None:
    with leased(holdings.shop.home) as free:
        assert free
        status, error = muniment("audit")
    assert (status, error["error"]["code"]) == (2, "configuration")


def test_the_log_is_verified_by_a_command(muniment: Command) -> None:
    status, found = muniment("audit", "--chain")
    assert (status, found["chain"]["ok"], found["chain"]["breaks"]) == (0, True, [])
    head = found["chain"]["head"]
    assert muniment("audit", "--chain", "--head", head)[0] == 0
    other = f"{found['chain']['events'] + 7}:{'ab' * 32}"
    status, found = muniment("audit", "--chain", "--head", other)
    assert (status, found["chain"]["ok"]) == (1, False)
