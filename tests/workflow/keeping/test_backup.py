"""What the stores lack, kept and put back; and both together after everything on the machine is gone."""

import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from catalog import batches, chain, items, outbox, people
from core.errors import ConfigurationError
from core.settings import Settings
from workflow import backup, rebuilding, replicating
from workflow.workshop import Workshop

ENVIRONMENT = {
    "MUNIMENT_STORES": "one=file:/a;two=file:/b c",
    "MUNIMENT_ALERTS": "mailto://user:pass@example.org",
    "MUNIMENT_ADMIN_PASSWORD": "first",
    "AWS_ENDPOINT_URL": "https://s3.example.org",
    "AWS_SECRET_ACCESS_KEY": "not ours",
    "PATH": "/bin",
}
SAID: list[str] = []


@pytest.fixture
def kept(kept: Any) -> Any:
    """The holdings with people, a message under way, keys and marks in the home."""
    shop = kept.shop
    people.add(shop.catalog, "Änne", "a long secret", "steward")
    people.add(shop.catalog, "bob", "another secret", "archivist")
    people.set_disabled(shop.catalog, "bob", True)
    batch, first = batches.get(shop.catalog, kept.ids["batch"]), chain.get(shop.catalog, 1)
    assert batch
    assert first
    outbox.put(shop.catalog, "Fixity", "Nothing to do.\u2028All well.", batch.created)
    home = shop.home
    home.secrets.write_text('{"web": "key"}')
    home.demo.write_text("")
    (home.folder / "anchors").write_text(f"2026-11-22T01:30:00Z 1:{first.digest}\n")
    home.withdrawn.mkdir(exist_ok=True)
    (home.withdrawn / kept.ids["published"]).write_text('{"reason": "privacy", "agent": "x"}')
    return kept


def fresh(kept: Any, name: str = "new-home") -> Workshop:
    return Workshop(Settings(home=kept.folder / name, workers=2, stores=kept.shop.settings.stores))


def state(shop: Workshop, batch: str) -> dict[str, Any]:
    return {
        "people": people.everyone(shop.catalog),
        "batch": batches.get(shop.catalog, batch),
        "outbox": outbox.undelivered(shop.catalog),
    }


def test_people_keys_batches_and_messages_come_back(kept: Any) -> None:
    place = backup.backup(kept.shop, kept.folder / "backups" / "monday", ENVIRONMENT)
    shop = fresh(kept)
    sentence = backup.restore(shop, place)
    assert sentence.startswith("2 people, 1 batch and the keys are back.")
    assert state(shop, kept.ids["batch"]) == state(kept.shop, kept.ids["batch"])
    assert people.authenticate(shop.catalog, "änne", "a long secret") is not None
    assert people.authenticate(shop.catalog, "bob", "another secret") is None
    for name in ("secrets.json", "demo", "anchors", f"withdrawn/{kept.ids['published']}"):
        assert (shop.home.folder / name).read_text() == (kept.shop.home.folder / name).read_text()
    settings = shop.home.folder / "restored-settings.env"
    shown = f'set -a; . "{settings}"; printf "%s|%s" "$MUNIMENT_STORES" "$AWS_ENDPOINT_URL"'
    said = subprocess.run(["sh", "-c", shown], capture_output=True, text=True, check=True, env={})
    assert said.stdout == "one=file:/a;two=file:/b c|https://s3.example.org"


def test_it_is_for_its_owner_alone_and_holds_no_key_of_others(kept: Any) -> None:
    place = backup.backup(kept.shop, kept.folder / "backup", ENVIRONMENT)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in place.rglob("*") if path.is_file()}
    folders = {stat.S_IMODE(path.stat().st_mode) for path in (place, *place.rglob("*")) if path.is_dir()}
    assert (modes, folders) == ({0o600}, {0o700})
    text = "".join(path.read_text() for path in place.rglob("*") if path.is_file())
    assert "not ours" not in text
    assert "MUNIMENT_ADMIN_PASSWORD" not in text
    assert "a long secret" not in text
    assert "MUNIMENT_ALERTS" in text


def test_its_list_of_digests_is_one_that_other_tools_understand(kept: Any) -> None:
    place = backup.backup(kept.shop, kept.folder / "backup", ENVIRONMENT)
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=place, check=True)


@pytest.mark.parametrize("harm", ["changed", "gone", "added"])
def test_a_damaged_backup_restores_nothing(kept: Any, harm: str) -> None:
    place = backup.backup(kept.shop, kept.folder / "backup", ENVIRONMENT)
    file = place / "tables" / "people.jsonl"
    if harm == "gone":
        file.unlink()
    else:
        other = file if harm == "changed" else place / "home" / "extra"
        other.write_text("x")
    shop = fresh(kept)
    with pytest.raises(ConfigurationError, match="is damaged"):
        backup.restore(shop, place)
    assert people.everyone(shop.catalog) == ()


def test_a_home_that_has_people_is_left_alone_until_it_is_said(kept: Any) -> None:
    place = backup.backup(kept.shop, kept.folder / "backup", ENVIRONMENT)
    shop = fresh(kept)
    people.add(shop.catalog, "admin", "new", "administrator")
    with pytest.raises(ConfigurationError, match="has people already"):
        backup.restore(shop, place)
    assert [person.name for person in people.everyone(shop.catalog)] == ["admin"]
    backup.restore(shop, place, replace=True)
    assert people.everyone(shop.catalog) == people.everyone(kept.shop.catalog)


def test_a_taken_place_and_a_folder_that_is_none_are_refused(kept: Any) -> None:
    taken = kept.folder / "taken"
    taken.mkdir()
    (taken / "file").touch()
    with pytest.raises(ConfigurationError, match="not an empty folder"):
        backup.backup(kept.shop, taken, ENVIRONMENT)
    assert [path.name for path in taken.iterdir()] == ["file"]
    with pytest.raises(ConfigurationError, match="no backup of Muniment"):
        backup.restore(fresh(kept), taken)


def test_a_machine_and_a_store_are_lost_and_everything_is_there_again(kept: Any) -> None:
    """The drill: home and first store gone; the other store and a backup bring back all of it."""
    place = backup.backup(kept.shop, kept.folder / "backup", ENVIRONMENT)
    item_ids = sorted(kept.ids[name] for name in kept.ids if name != "batch")
    before = {item_id: items.get(kept.shop.catalog, item_id) for item_id in item_ids}
    stored = {path.relative_to(kept.folder / "one"): path.read_bytes()
              for path in (kept.folder / "one" / "ocfl").rglob("*") if path.is_file()}  # fmt: skip
    kept.shop.catalog.close()
    shutil.rmtree(kept.shop.home.folder)
    shutil.rmtree(kept.folder / "one")
    (kept.folder / "one").mkdir()
    settings = kept.shop.settings
    assert isinstance(settings, Settings)
    shop = Workshop(settings)
    backup.restore(shop, place)
    rebuilt = rebuilding.rebuild(shop, tell=SAID.append)
    report = replicating.replicate(shop, to="one", accept=True, tell=SAID.append)
    assert (rebuilt.items, rebuilt.failed, report.brought, report.failed) == (6, [], 6, [])
    again = {path.relative_to(kept.folder / "one"): path.read_bytes()
             for path in (kept.folder / "one" / "ocfl").rglob("*") if path.is_file()}  # fmt: skip
    assert again == stored
    for item_id, known in before.items():
        view = items.get(shop.catalog, item_id)
        assert view is not None
        assert known is not None
        assert (view.item.pages, view.version, view.item.title) == (known.item.pages, known.version, known.item.title)
    # Its withdrawal had not reached the stores yet: the backup knew of it.
    view = items.get(shop.catalog, kept.ids["published"])
    assert view is not None
    assert (view.item.access.state, view.public) == ("withdrawn", False)
    assert people.authenticate(shop.catalog, "änne", "a long secret") is not None


def test_nothing_half_made_stays_when_a_backup_fails(kept: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_write", full)
    with pytest.raises(ConfigurationError, match="No space left"):
        backup.backup(kept.shop, kept.folder / "backup", ENVIRONMENT)
    assert not [path for path in Path(kept.folder).iterdir() if "backup" in path.name]
