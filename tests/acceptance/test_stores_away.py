"""`muniment run` beside a store that went away, and beside one that was emptied: it starts, says so, and goes on."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.timeout(600)]
SECONDS = 120


@pytest.fixture
def apart(
    tmp_path: Path, make_muniment: Callable[..., Any], leave_nobody: Callable[[Any], None]
) -> Iterator[tuple[Any, Path]]:
    """An installation that is not running, and the folder of its second store, which is like a disk that is pulled."""
    disk = tmp_path / "disk" / "copy"
    disk.mkdir(parents=True)
    made = make_muniment(tmp_path / "home", MUNIMENT_STORES=f"s3=embedded;copy=file:{disk}")
    try:
        yield made, disk
    finally:
        leave_nobody(made)


def trouble(made: Any) -> list[str]:
    return [one["sentence"] for one in made.cli("doctor", "--json").json["checks"] if not one["ok"]]


def test_a_store_that_is_away_is_caught_up_and_an_emptied_one_is_one_alarm(
    apart: tuple[Any, Path], make_batch: Callable[..., Path]
) -> None:
    made, disk = apart
    made.start()
    held = made.ingest(make_batch("before", {"alpha": ["ALPHA"]}))["alpha"]
    made.stop()

    away = disk.parent.rename(disk.parent.with_name("drawer"))
    made.start(well=False)
    well = made.get("/healthz")
    assert (well.status, well.json["parts"]["store"]) == (503, "the store does not answer")
    assert made.get(f"/items/{held['id']}").status == 200
    assert any('"copy" is not there: connect its disk' in sentence for sentence in trouble(made))
    later = made.ingest(make_batch("while-away", {"beta": ["BETA"]}))["beta"]
    assert later["state"] == "stored"
    assert made.get(f"/items/{later['id']}").status == 404
    away.rename(disk.parent)
    made.until(lambda: made.get(f"/items/{later['id']}").status == 200, SECONDS, "caught up")
    assert not any('"copy"' in sentence for sentence in trouble(made))
    assert made.cli("audit", "--all", "--json").json["alerts"] == []
    made.stop()

    disk.rename(disk.with_name("the-right-one"))
    disk.mkdir()
    made.start(well=False)
    assert [made.get(f"/items/{one['id']}").status for one in (held, later)] == [200, 200]
    said = made.cli("audit", "--all", "--json").json
    assert [(one["store"], one["state"]) for one in said["alerts"]] == [("copy", "open")]
    assert list(disk.iterdir()) == []
    made.stop()
