"""A store that was erased or is new gets everything back, from copies read in full in the same act."""

import hashlib
import shutil
from pathlib import Path
from typing import Any

import pytest
from ocfl.object import Object

from catalog import cases, chain, copies, items, known_stores
from core.errors import ConfigurationError, StoreUnavailableError
from core.fixity import StoredFile
from core.settings import Settings
from storage.canaries import canaries
from storage.checksums import audit_copy
from storage.root import store_id
from workflow import auditing, purging, replicating, shipping, storekeeping
from workflow.workshop import Workshop

SAID: list[str] = []


def replicate(shop: Workshop, **asked: Any) -> dict[str, Any]:
    return replicating.replicate(shop, **{"to": "two", "tell": SAID.append, **asked}).as_json()


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def valid_objects(folder: Path) -> int:
    """How many objects ocfl-py, which has nothing to do with us, finds valid; fails when one is not."""
    roots = [path.parent for path in folder.rglob("0=ocfl_object_1.1")]
    for root in roots:
        assert Object().validate(str(root)), root
    return len(roots)


def erase(kept: Any) -> None:
    for path in (kept.folder / "two").iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def test_an_erased_store_is_not_touched_before_somebody_accepts_it(kept: Any) -> None:
    erase(kept)
    with pytest.raises(StoreUnavailableError, match="replicate --to two --accept"):
        replicate(kept.shop)
    assert list((kept.folder / "two").iterdir()) == []


def test_an_erased_store_gets_everything_back(kept: Any) -> None:
    before, old = content(kept.folder / "two" / "ocfl"), store_id(kept.shop.stores[1])
    erase(kept)
    report = replicate(kept.shop, accept=True)
    assert (report["items"], report["brought"], report["there"], report["failed"]) == (6, 6, 0, [])
    assert content(kept.folder / "two" / "ocfl") == before
    assert valid_objects(kept.folder / "two" / "ocfl") == 6
    new = store_id(kept.shop.stores[1])
    assert new not in (None, old)
    known = known_stores.get(kept.shop.catalog, "two")
    assert known is not None
    assert (known.state, known.store_id) == ("well", new)
    for canary in canaries(str(new)):
        assert (audit_copy(kept.shop.stores[1], canary.file)[0] == "intact") is canary.good
    events = sorted((kept.folder / "two" / "events").glob("*.jsonl"))
    lines = [line for path in events for line in path.read_text().splitlines()]
    assert len(lines) == len(list(chain.events(kept.shop.catalog)))


def test_every_copy_is_told_and_as_the_chain_says(kept: Any) -> None:
    erase(kept)
    replicate(kept.shop, accept=True)
    for copy in copies.all_copies(kept.shop.catalog):
        store = next(one for one in kept.shop.stores if one.name == copy.store)
        event = chain.get(kept.shop.catalog, copy.event or 0)
        assert event is not None
        rows = {row[1]: StoredFile(logical=row[0], key=row[1], size=row[2], sha512=row[3], sha256=row[4])
                for row in event.deed.facts["files"]}  # fmt: skip
        assert rows[copy.file.key].sha512 == copy.file.sha512
        assert audit_copy(store, copy.file)[0] == "intact"
        if copy.store == "two" and copy.item_id:
            assert (event.deed.kind, event.deed.store, copy.audited) == ("replication", "two", None)


def test_a_second_run_brings_nothing(kept: Any) -> None:
    erase(kept)
    replicate(kept.shop, accept=True)
    report = replicate(kept.shop)
    assert (report["brought"], report["there"], report["files"], report["failed"]) == (0, 6, 0, [])


def test_a_run_that_was_cut_short_goes_on_where_it_was(kept: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    erase(kept)
    done: list[str] = []
    whole = replicating._from

    def cut(shop: Workshop, source: Any, target: Any, item_id: str) -> Any:
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(item_id)
        return whole(shop, source, target, item_id)

    with monkeypatch.context() as patch:
        patch.setattr(replicating, "_from", cut)
        with pytest.raises(KeyboardInterrupt):
            replicate(kept.shop, accept=True)
    report = replicate(kept.shop)
    assert (report["brought"], report["there"], report["failed"]) == (3, 3, [])
    assert valid_objects(kept.folder / "two" / "ocfl") == 6


def test_files_that_a_store_lost_come_back_one_by_one(kept: Any) -> None:
    file = items.file(kept.shop.catalog, kept.ids["published"], "masters/0001.tif")
    assert file is not None
    (kept.folder / "two" / file.key).unlink()
    report = replicate(kept.shop)
    assert (report["brought"], report["files"], report["bytes"]) == (1, 1, file.size)
    assert audit_copy(kept.shop.stores[1], file)[0] == "intact"


def test_the_case_of_a_copy_that_came_back_is_repaired_and_the_next_audit_closes_it(kept: Any) -> None:
    file = items.file(kept.shop.catalog, kept.ids["published"], "masters/0001.tif")
    assert file is not None
    (kept.folder / "two" / file.key).unlink()
    [found] = auditing.audit(kept.shop, everything=True, tell=SAID.append).cases
    replicate(kept.shop)
    brought = cases.get(kept.shop.catalog, found.id)
    assert auditing.audit(kept.shop, everything=True, tell=SAID.append).cases == ()
    closed = cases.get(kept.shop.catalog, found.id)
    assert [case.state for case in (found, brought, closed) if case] == ["open", "repaired", "closed"]


def test_a_source_that_is_damaged_brings_nothing_and_is_named(kept: Any) -> None:
    file = items.file(kept.shop.catalog, kept.ids["published"], "masters/0001.tif")
    assert file is not None
    path = kept.folder / "one" / file.key
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    erase(kept)
    report = replicate(kept.shop, accept=True)
    assert report["brought"] == 5
    assert [one["item"] for one in report["failed"]] == [kept.ids["published"]]
    assert not (kept.folder / "two" / file.key).exists()


def test_a_forged_source_is_not_believed_though_its_files_go_together(kept: Any) -> None:
    file = items.file(kept.shop.catalog, kept.ids["published"], "masters/0001.tif")
    assert file is not None
    path = kept.folder / "one" / file.key
    data = path.read_bytes()[:-1] + b"!"
    path.chmod(0o644)
    path.write_bytes(data)
    root = kept.folder / "one" / file.key.partition("/v1/")[0]
    for folder in (root, root / "v1"):
        inventory = (folder / "inventory.json").read_bytes()
        forged = inventory.replace(file.sha512.encode(), hashlib.sha512(data).hexdigest().encode())
        for name, text in (
            ("inventory.json", forged),
            ("inventory.json.sha512", f"{hashlib.sha512(forged).hexdigest()} inventory.json\n".encode()),
        ):
            (folder / name).chmod(0o644)
            (folder / name).write_bytes(text)
    erase(kept)
    report = replicate(kept.shop, accept=True)
    assert [one["item"] for one in report["failed"]] == [kept.ids["published"]]
    assert "not the one that was recorded" in report["failed"][0]["sentence"]


def test_a_new_store_is_filled_without_being_asked_twice(kept: Any) -> None:
    stores = f"{kept.shop.settings.stores};three=file:{kept.folder}/three?role=later"
    settings = Settings(home=kept.shop.settings.home, workers=2, stores=stores)
    shop = Workshop(settings)
    report = replicate(shop, to="three", source="two")
    assert (report["brought"], report["failed"]) == (6, [])
    assert content(kept.folder / "three" / "ocfl") == content(kept.folder / "two" / "ocfl")


def test_what_was_purged_is_not_brought(kept: Any) -> None:
    purging.ask(kept.shop, kept.ids["purged"], reason="legal", authority="Court order", agent="a")
    purging.agree(kept.shop, kept.ids["purged"], agent="b")
    erase(kept)
    report = replicate(kept.shop, accept=True)
    assert (report["items"], report["brought"]) == (5, 5)
    assert not list((kept.folder / "two").rglob(f"*{kept.ids['purged']}*"))


def test_a_store_that_is_not_in_the_settings_is_said_so(kept: Any) -> None:
    with pytest.raises(ConfigurationError, match=r'no store "five".*one, two'):
        replicate(kept.shop, to="five")
    with pytest.raises(ConfigurationError, match='no store to fill "two" from'):
        replicate(kept.shop, source="two")


def test_the_log_is_whole_everywhere_afterwards(kept: Any) -> None:
    erase(kept)
    replicate(kept.shop, accept=True)
    storekeeping.look(kept.shop)
    shipping.ship(kept.shop)
    one, two = (content(kept.folder / name / "events") for name in ("one", "two"))
    assert b"".join(one[name] for name in sorted(one)) == b"".join(two[name] for name in sorted(two))
