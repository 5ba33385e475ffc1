"""A purge takes two stewards, leaves a tombstone, and is never undone by a machine."""

from pathlib import Path
from typing import Any

import pytest
from ocfl.object import Object

from catalog import batches, chain, copies, identities, items, search, tombstones
from catalog.values import Question
from core.errors import ConfigurationError, NotFoundError
from storage.cache import VerifiedCache
from storage.layout import object_id
from workflow import adopting, auditing, catching_up, purging, rebuilding, replicating, storekeeping
from workflow.homes import Home

SAID: list[str] = []


def ask(kept: Any, name: str = "purged") -> str:
    purging.ask(kept.shop, kept.ids[name], reason="legal", authority="Court order 7/26", agent="steward-1")
    return str(kept.ids[name])


def traces(folder: Path, item_id: str) -> list[str]:
    """Every file, by name or content, in which the item is to be found; the log and the database may name it."""
    looked = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".jsonl"]
    looked = [path for path in looked if not path.name.startswith("catalog.db")]
    return [str(path) for path in looked if item_id in str(path) or item_id.encode() in path.read_bytes()]


def test_nothing_goes_before_a_second_steward_agrees(kept: Any) -> None:
    item_id = ask(kept)
    assert items.get(kept.shop.catalog, item_id) is not None
    with pytest.raises(ConfigurationError, match="two stewards"):
        purging.agree(kept.shop, item_id, agent="steward-1")
    assert not tombstones.is_purged(kept.shop.catalog, item_id)
    assert len(list(copies.of_key(kept.shop.catalog, copies.files(kept.shop.catalog, item_id)[0].key))) == 2


def test_a_refused_wish_leaves_all_as_it_was(kept: Any) -> None:
    item_id = ask(kept)
    purging.refuse(kept.shop, item_id, agent="steward-2")
    assert tombstones.get(kept.shop.catalog, item_id) is None
    with pytest.raises(NotFoundError, match="Nobody asked"):
        purging.agree(kept.shop, item_id, agent="steward-2")
    view = items.get(kept.shop.catalog, item_id)
    assert view is not None
    assert view.public


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"reason": "because"}, "no reason class"),
        ({"authority": "  "}, "needs an authority"),
        ({"item_id": "nothing"}, "no item"),
    ],
)
def test_a_wish_that_says_too_little_is_refused(kept: Any, asked: dict[str, str], error: str) -> None:
    given = {"item_id": kept.ids["purged"], "reason": "legal", "authority": "Court", "agent": "a", **asked}
    with pytest.raises((ConfigurationError, NotFoundError), match=error):
        purging.ask(kept.shop, given.pop("item_id"), **given)


def test_an_item_that_a_batch_works_on_is_not_purged(kept: Any) -> None:
    batches.raise_attempt(kept.shop.catalog, kept.ids["batch"])
    with pytest.raises(ConfigurationError, match="A batch is working"):
        ask(kept)


def test_every_byte_leaves_and_a_tombstone_stays(kept: Any) -> None:
    shop = kept.shop
    view = items.get(shop.catalog, kept.ids["purged"])
    assert view is not None
    master = copies.file(shop.catalog, view.item.id, "masters/0001.tif")
    assert master is not None
    home = shop.home
    VerifiedCache(home.cache / "files", 10**9).fetch(shop.stores[0], master)
    (home.cache / "pdf").mkdir()
    (home.cache / "pdf" / f"{view.item.id}-v1.pdf").write_bytes(b"%PDF")
    folders = [home.derived_folder(key) for key in view.derived.values()]
    assert all(folder.is_dir() for folder in folders)
    (kept.folder / "one" / "stage" / view.item.id).mkdir(parents=True)
    (kept.folder / "one" / "stage" / view.item.id / master.sha256).write_bytes(b"left over")
    assert search.search(shop.catalog, Question(text="purged")).items_found == 1
    sentence = purging.agree(shop, ask(kept), agent="steward-2")
    assert sentence.startswith(f'"Purged" ({view.item.id}) is purged: ')
    assert "2 stores" in sentence
    assert [traces(kept.folder / name, view.item.id) for name in ("one", "two", "home")] == [[], [], []]
    assert not any(folder.exists() for folder in folders)
    assert not list((home.cache / "files").rglob(master.sha512))
    assert items.get(shop.catalog, view.item.id) is None
    assert search.search(shop.catalog, Question(text="purged", public_only=False)).items_found == 0
    assert [copy for copy in copies.all_copies(shop.catalog) if copy.item_id == view.item.id] == []
    stone = tombstones.get(shop.catalog, view.item.id)
    assert stone is not None
    assert (stone.title, stone.reason, stone.authority, stone.agents, stone.owed, stone.asked) == (
        "Purged", "legal", "Court order 7/26", ("steward-1", "steward-2"), (), False,
    )  # fmt: skip
    deletion = chain.of_item(shop.catalog, view.item.id)[-1].deed
    assert (deletion.kind, deletion.agent, deletion.facts["reason"]) == ("deletion", "steward-2", "legal")
    assert [master.key, master.sha512] in deletion.facts["files"]
    assert deletion.facts["stores"] == ["one", "two"]


def test_what_stays_is_valid_and_the_canaries_are_there(kept: Any) -> None:
    before = sorted(path.name for path in (kept.folder / "one" / "canaries").iterdir())
    purging.agree(kept.shop, ask(kept), agent="steward-2")
    for name in ("one", "two"):
        roots = [path.parent for path in (kept.folder / name).rglob("0=ocfl_object_1.1")]
        assert len(roots) == 5
        assert all(Object().validate(str(root)) for root in roots)
    assert sorted(path.name for path in (kept.folder / "one" / "canaries").iterdir()) == before


def test_a_store_that_was_away_owes_it_and_pays_when_it_is_back(kept: Any) -> None:
    away = kept.folder / "two"
    away.rename(kept.folder / "elsewhere")
    assert 'The store "two" is away' in purging.agree(kept.shop, ask(kept), agent="steward-2")
    stone = tombstones.get(kept.shop.catalog, kept.ids["purged"])
    assert stone is not None
    assert stone.owed == ("two",)
    assert purging.finish_owed(kept.shop) == 0
    (kept.folder / "elsewhere").rename(away)
    assert purging.finish_owed(kept.shop) == 1
    assert traces(away, kept.ids["purged"]) == []


def test_one_that_was_killed_after_its_word_is_finished(kept: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    item_id = ask(kept)
    with monkeypatch.context() as patch:
        patch.setattr(purging, "_finish", lambda shop, stone: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            purging.agree(kept.shop, item_id, agent="steward-2")
    assert items.get(kept.shop.catalog, item_id) is None
    assert purging.finish_owed(kept.shop) == 1
    assert [traces(kept.folder / name, item_id) for name in ("one", "two")] == [[], []]


def test_no_road_brings_it_back(kept: Any) -> None:
    shop, item_id = kept.shop, kept.ids["purged"]
    away = kept.folder / "two"
    away.rename(kept.folder / "elsewhere")
    purging.agree(shop, ask(kept), agent="steward-2")
    (kept.folder / "elsewhere").rename(away)
    # The store that was away holds it in full, and everybody comes by before the caretaker does.
    storekeeping.look(shop)
    catching_up.catch_up(shop)
    with pytest.raises(NotFoundError, match="was purged"):
        adopting.adopt(shop, item_id)
    replicating.replicate(shop, to="one", tell=SAID.append)
    rebuilding.rebuild(shop, tell=SAID.append)
    auditing.audit(shop, everything=True, tell=SAID.append)
    assert items.get(shop.catalog, item_id) is None
    assert [traces(kept.folder / name, item_id) for name in ("one", "two")] == [[], []]


def test_an_audit_of_what_stays_is_content(kept: Any) -> None:
    purging.agree(kept.shop, ask(kept), agent="steward-2")
    report = auditing.audit(kept.shop, everything=True, tell=SAID.append)
    assert (report.damage, report.alerts) == (False, [])


def test_its_source_key_is_not_given_to_another(kept: Any) -> None:
    view = items.get(kept.shop.catalog, kept.ids["purged"])
    assert view is not None
    purging.agree(kept.shop, ask(kept), agent="steward-2")
    assert identities.reserve(kept.shop.catalog, view.item.source_key, images=[]).item_id == view.item.id
    assert object_id(view.item.id).endswith(view.item.id)
    assert isinstance(kept.shop.home, Home)
