"""The commands as they are typed, on an installation whose supervisor seems to live."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from catalog import items, people, tombstones
from core.errors import ConfigurationError, NotRunningError
from workflow import cli_keeping, runfile
from workflow.processes import birth
from workflow.runfile import RunFile

app = typer.Typer()
cli_keeping.register(app)


@pytest.fixture
def muniment(kept: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command; what it raises comes through."""
    monkeypatch.setenv("MUNIMENT_HOME", str(kept.shop.home.folder))
    monkeypatch.setenv("MUNIMENT_STORES", kept.shop.settings.stores)
    born = birth(os.getpid()) or ""
    runfile.write(kept.shop.home, RunFile(pid=os.getpid(), born=born, viewer="", prefect_api="", s3=None))
    for name, role in (("anna", "steward"), ("bert", "administrator"), ("cleo", "archivist")):
        people.add(kept.shop.catalog, name, f"{name}'s secret", role)

    def run(*words: str, typed: str = "") -> Result:
        done = CliRunner().invoke(app, list(words), input=typed)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    return run


def purge(muniment: Any, item: str, *, second: str = "bert", typed: str = "anna's secret\nbert's secret\n") -> Result:
    words = ("purge", item, "--reason", "legal", "--authority", "Court order", "--steward", "anna", "--second", second)
    return muniment(*words, typed=typed)  # type: ignore[no-any-return]


def test_two_stewards_purge_with_their_passwords(kept: Any, muniment: Any) -> None:
    done = purge(muniment, kept.ids["purged"])
    assert (done.exit_code, "is purged" in done.output) == (0, True)
    stone = tombstones.get(kept.shop.catalog, kept.ids["purged"])
    who = {person.name: person.agent_id for person in people.everyone(kept.shop.catalog)}
    assert stone is not None
    assert stone.agents == (who["anna"], who["bert"])


@pytest.mark.parametrize(
    ("second", "typed", "sentence"),
    [
        ("bert", "anna's secret\nwrong\n", "do not go together"),
        ("bert", "anna's secret\n", "do not go together"),
        ("anna", "anna's secret\nanna's secret\n", "two different people"),
        ("cleo", "anna's secret\ncleo's secret\n", '"cleo" is archivist'),
        ("nobody", "anna's secret\nx\n", "do not go together"),
    ],
)
def test_anything_less_purges_nothing(kept: Any, muniment: Any, second: str, typed: str, sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=sentence):
        purge(muniment, kept.ids["purged"], second=second, typed=typed)
    assert items.get(kept.shop.catalog, kept.ids["purged"]) is not None
    assert tombstones.get(kept.shop.catalog, kept.ids["purged"]) is None


def test_rebuild_and_replicate_answer_in_json_and_need_the_services(kept: Any, muniment: Any) -> None:
    done = muniment("rebuild", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout) | {"copies": 0, "events": 0} == {
        "items": 0, "known": 6, "pages": 0, "files": 0, "copies": 0, "events": 0, "notes": 0, "purged": 0,
        "hidden": [], "failed": [], "troubles": [],
    }  # fmt: skip
    done = muniment("replicate", "--to", "two", "--json")
    assert (done.exit_code, json.loads(done.stdout)) == (
        0,
        {"to": "two", "items": 6, "brought": 0, "there": 6, "files": 0, "bytes": 0, "failed": []},
    )
    kept.shop.home.run_file.unlink()
    with pytest.raises(NotRunningError, match="start `muniment run`"):
        muniment("rebuild")


def test_backup_restore_and_export_say_where_things_are(
    kept: Any, muniment: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert f'"{tmp_path}/saved"' in muniment("backup", str(tmp_path / "saved")).output
    assert f'"{tmp_path}/bag"' in muniment("export", kept.ids["published"], str(tmp_path / "bag")).output
    assert (tmp_path / "bag" / "bagit.txt").exists()
    with pytest.raises(ConfigurationError, match="Muniment is running"):
        muniment("restore", str(tmp_path / "saved"))
    monkeypatch.setenv("MUNIMENT_HOME", str(tmp_path / "elsewhere"))
    done = muniment("restore", str(tmp_path / "saved"))
    assert "3 people, 1 batch and the keys are back." in done.output
