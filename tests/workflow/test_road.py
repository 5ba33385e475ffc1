"""The road of an item without Prefect: station by station, on two real folder stores."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from catalog import batches, items, search
from catalog.values import BatchView, JobSeed, Question
from core.errors import ConfigurationError, NotFoundError, StorageError
from core.item import AccessState
from core.settings import Settings
from fixity.premis import PremisFile
from fixity.premis_reading import read_files
from storage.layout import object_id
from storage.ocfl import initialise, read_inventory
from workflow import approving, auditing, committing, exporting, pages, rederiving, shelving, statuses, visibility
from workflow.itemwork import ItemWork
from workflow.receiving import check_batch
from workflow.workshop import Workshop

MakeBatch = Callable[..., Path]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    stores = f"one=file:{tmp_path}/one;two=file:{tmp_path}/two"
    return Settings(home=tmp_path / "home", workers=2, stores=stores)


@pytest.fixture
def shop(shop: Workshop) -> Workshop:
    for store in shop.stores:
        initialise(store)
    return shop


def deliver(shop: Workshop, folder: Path, *, publish: bool = True) -> list[ItemWork]:
    """Takes every item of the folder in, as the flow does."""
    _, works = check_batch(shop, folder)
    for work in works:
        if not work.refused and not work.complete:
            take_in(shop, work, publish=publish)
    return works


def take_in(shop: Workshop, work: ItemWork, *, publish: bool) -> BatchView:
    batch_id = batches.create(
        shop.catalog, name="batch", path="/batch", publish=publish, new_version=False, agent="somebody"
    )
    view = batches.get(shop.catalog, batch_id)
    assert view is not None
    pages.reserve(shop, work)
    pages.stage_masters(shop, work)
    for page in work.described.pages:
        pages.read_page(shop, work, page)
    shelving.shelve(shop, work, view)
    return view


def heads(shop: Workshop, item_id: str) -> list[int]:
    inventories = [read_inventory(store, object_id(item_id)) for store in shop.stores]
    return [inventory.head if inventory else 0 for inventory in inventories]


def test_an_item_comes_in_with_all_its_files_in_both_stores(shop: Workshop, make_batch: MakeBatch) -> None:
    (work,) = deliver(shop, make_batch())
    view = items.get(shop.catalog, work.described.id)
    assert view is not None
    first, second = view.item.pages
    assert [file.logical for file in items.files(shop.catalog, view.item.id)] == sorted(
        [
            "masters/0001.tif",
            "masters/0002.tif",
            f"text/{first.id}.alto.xml",
            f"text/{second.id}.alto.xml",
            "metadata/access.json",
            "metadata/received.csv",
            "metadata/record.json",
            "metadata/structure.json",
            "submission/muniment-batch.json",
            "premis.xml",
            "mets.xml",
        ]
    )
    assert (view.public, view.version, heads(shop, view.item.id)) == (True, 1, [1, 1])
    one, two = ({k.key: store.get(k.key) for k in store.listing("ocfl/")} for store in shop.stores)
    assert one == two
    assert not list(shop.stores[0].listing("stage/"))


def test_masters_that_are_not_read_wait_nowhere(shop: Workshop, make_batch: MakeBatch) -> None:
    folder = make_batch()
    table = folder / "metadata.csv"
    table.write_text(table.read_text().replace(",Text,", ",StillImage,"))
    _, (work,) = check_batch(shop, folder)
    take_in(shop, work, publish=True)
    assert (work.staged, heads(shop, work.described.id)) == ({}, [1, 1])


def test_the_text_is_found_where_it_stands(shop: Workshop, make_batch: MakeBatch) -> None:
    (work,) = deliver(shop, make_batch())
    answer = search.search(shop.catalog, Question(text="mother"))
    (hit,) = answer.hits[0].pages
    assert (answer.hits[0].card.id, hit.number) == (work.described.id, 1)
    (box,) = hit.boxes
    assert 200 < box.x < 450
    assert 80 < box.y < 180


def test_the_same_again_changes_nothing(shop: Workshop, make_batch: MakeBatch) -> None:
    folder = make_batch()
    (before,) = deliver(shop, folder)
    (after,) = deliver(shop, folder)
    assert after.complete
    assert after.held is not None
    assert after.held.item.id == before.described.id
    assert heads(shop, before.described.id) == [1, 1]


def test_a_changed_title_is_refused_until_a_new_version_is_asked_for(shop: Workshop, make_batch: MakeBatch) -> None:
    (before,) = deliver(shop, make_batch())
    (changed,) = check_batch(shop, make_batch(letter="Another title"))[1]
    assert [problem.code for problem in changed.problems if problem.refuses] == ["already-held"]
    take_in(shop, changed, publish=True)
    view = items.get(shop.catalog, before.described.id)
    assert view is not None
    assert (view.item.title, view.version, heads(shop, view.item.id)) == ("Another title", 2, [2, 2])
    assert [page.id for page in view.item.pages] == [page.id for page in before.described.pages]


def test_a_replaced_page_keeps_its_id_and_gets_a_new_image(
    shop: Workshop, make_batch: MakeBatch, draw_page: Callable[[Path, str], None]
) -> None:
    folder = make_batch()
    (before,) = deliver(shop, folder)
    draw_page(folder / "letter" / "0002.tif", "Your Daughter")
    (changed,) = check_batch(shop, folder)[1]
    take_in(shop, changed, publish=True)
    first, second = before.described.pages
    assert [page.image_id for page in changed.described.pages] == [first.image_id, f"{second.id}.2"]


def test_an_interrupted_delivery_is_finished_by_doing_it_again(shop: Workshop, make_batch: MakeBatch) -> None:
    folder = make_batch()
    (work,) = check_batch(shop, folder)[1]
    view = take_in(shop, work, publish=True)
    items.remove(shop.catalog, work.described.id)  # as if killed before the catalogue knew, after both commits
    (again,) = check_batch(shop, folder)[1]
    pages.reserve(shop, again)
    pages.stage_masters(shop, again)
    shelving.shelve(shop, again, view)
    assert items.get(shop.catalog, again.described.id) is not None
    assert heads(shop, again.described.id) == [1, 1]


def test_a_draft_is_hidden_until_it_is_published_and_again_after_it_is_withdrawn(
    shop: Workshop, make_batch: MakeBatch
) -> None:
    (work,) = deliver(shop, make_batch(), publish=False)
    item_id = work.described.id
    seen = []
    acts: list[Callable[[], None]] = [
        lambda: None,
        lambda: visibility.publish(shop, item_id, agent="somebody"),
        lambda: visibility.withdraw(shop, item_id, reason="rights", agent="somebody"),
    ]
    for act in acts:
        act()
        view = items.get(shop.catalog, item_id)
        assert view is not None
        seen.append((view.item.access.state, view.public, view.version, heads(shop, item_id)))
    assert seen == [
        (AccessState.DRAFT, False, 1, [1, 1]),
        (AccessState.PUBLISHED, True, 2, [2, 2]),
        (AccessState.WITHDRAWN, False, 3, [3, 3]),
    ]
    access = items.file(shop.catalog, item_id, "metadata/access.json")
    assert access is not None
    assert json.loads(shop.stores[1].get(access.key))["reason"] == "rights"


def test_publishing_what_is_unknown_says_so(shop: Workshop) -> None:
    with pytest.raises(NotFoundError, match='no item or batch "nothing"'):
        visibility.items_of(shop, "nothing")


def quiet(_: str) -> None:
    """Nobody listens."""


def test_an_audit_of_good_stores_finds_nothing(shop: Workshop, make_batch: MakeBatch) -> None:
    deliver(shop, make_batch())
    report = auditing.audit(shop, everything=True, tell=quiet)
    assert (report.damage, report.outcomes["intact"], report.read) == (False, report.read, report.read)
    assert report.read >= 22


def test_an_audit_names_what_was_altered_lost_and_added(shop: Workshop, make_batch: MakeBatch, tmp_path: Path) -> None:
    (work,) = deliver(shop, make_batch())
    files = {file.logical: file for file in items.files(shop.catalog, work.described.id)}
    one, two = tmp_path / "one", tmp_path / "two"
    page = one / files["masters/0001.tif"].key
    data = bytearray(page.read_bytes())
    data[len(data) // 2] ^= 1
    page.chmod(0o644)
    page.write_bytes(data)
    (two / files["mets.xml"].key).unlink()
    (one / "ocfl" / "ghost.txt").write_text("boo")
    report = auditing.audit(shop, everything=True, tell=quiet)
    found = sorted((alert["store"], alert["file"], alert["outcome"]) for alert in report.alerts)
    assert found == [
        ("one", "masters/0001.tif", "altered"),
        ("one", "ocfl/ghost.txt", "unexpected"),
        ("two", "mets.xml", "missing"),
    ]
    assert report.unexpected == ["one: ocfl/ghost.txt"]


def test_an_audit_without_all_reads_small_holdings_whole(shop: Workshop, make_batch: MakeBatch) -> None:
    deliver(shop, make_batch())
    first = auditing.audit(shop, everything=True, tell=quiet)
    second = auditing.audit(shop, everything=False, tell=quiet)
    assert (first.read, first.outcomes) == (second.read, second.outcomes)


@pytest.mark.parametrize("form", ["bag", "ocfl"])
def test_an_item_can_leave(shop: Workshop, make_batch: MakeBatch, tmp_path: Path, form: str) -> None:
    (work,) = deliver(shop, make_batch())
    place = exporting.export(shop, work.described.id, tmp_path / "out", form=form)
    masters = [path.read_bytes() for path in sorted(place.rglob("*.tif"))]
    assert masters == [file.path.read_bytes() for file in work.submission.files]


def test_lost_access_copies_are_made_again(shop: Workshop, make_batch: MakeBatch) -> None:
    (work,) = deliver(shop, make_batch())
    before = {path.name: path.read_bytes() for path in shop.home.derived.rglob("*.xml")}
    shutil.rmtree(shop.home.derived)
    shutil.rmtree(shop.home.manifests)
    rederiving.ask(shop.home, work.described.id)
    rederiving.make_wanted(shop)
    assert {path.name: path.read_bytes() for path in shop.home.derived.rglob("*.xml")} == before
    assert len(list(shop.home.derived.rglob("access.tif"))) == 2
    assert (shop.home.manifests / f"{work.described.id}.json").exists()
    assert not list(shop.home.wanted.iterdir())


def test_the_same_scans_under_another_name_are_pointed_out(shop: Workshop, make_batch: MakeBatch) -> None:
    (work,) = deliver(shop, make_batch())
    twin = make_batch("other", {"memoir": ["Dear Mother", "Your Son"]})
    (found,) = check_batch(shop, twin)[1]
    (warning,) = [problem for problem in found.problems if problem.code == "duplicate-pages"]
    assert work.described.id in warning.sentence


def test_two_batches_with_one_item_bring_it_in_once(shop: Workshop, make_batch: MakeBatch) -> None:
    folder = make_batch()
    (one,) = check_batch(shop, folder)[1]
    (two,) = check_batch(shop, folder)[1]
    take_in(shop, one, publish=True)
    take_in(shop, two, publish=True)
    assert two.described.id == one.described.id
    assert heads(shop, one.described.id) == [1, 1]


def test_status_names_what_the_last_audit_found(shop: Workshop, make_batch: MakeBatch, tmp_path: Path) -> None:
    (work,) = deliver(shop, make_batch())
    mets = items.file(shop.catalog, work.described.id, "mets.xml")
    assert mets is not None
    (tmp_path / "two" / mets.key).unlink()
    report = auditing.audit(shop, everything=True, tell=quiet)
    alarms = statuses.status_json(shop)["alarms"]
    assert [alarm for alarm in alarms if "code" not in alarm] == report.alerts
    assert [alarm["code"] for alarm in alarms if "code" in alarm] == ["nobody-told"]
    assert [alarm["file"] for alarm in report.alerts] == ["mets.xml"]


def test_the_drafts_of_an_approved_batch_are_published(shop: Workshop, make_batch: MakeBatch) -> None:
    one, two = check_batch(shop, make_batch(items={"one": ["Alpha"], "two": ["Beta"]}))[1]
    batch_id = batches.create(shop.catalog, name="b", path="/b", publish=False, new_version=False, agent="somebody")
    batches.set_jobs(shop.catalog, batch_id, [JobSeed("one", 0), JobSeed("two", 1)])
    for work in (one, two):
        take_in(shop, work, publish=False)
        batches.update_job(shop.catalog, batch_id, work.folder, state="awaiting", item_id=work.described.id)
    visibility.withdraw(shop, two.described.id, reason="rights", agent="somebody")
    approving.ask(shop.home, batch_id, agent="approver")
    assert approving.asked(shop.home, batch_id)
    approving.publish_approved(shop)
    assert not approving.asked(shop.home, batch_id)
    views = [items.get(shop.catalog, work.described.id) for work in (one, two)]
    access = [(view.item.access.state, view.item.access.by) for view in views if view]
    assert access == [(AccessState.PUBLISHED, "approver"), (AccessState.WITHDRAWN, "somebody")]


def test_a_withdrawal_needs_a_reason_class(shop: Workshop, make_batch: MakeBatch) -> None:
    (work,) = deliver(shop, make_batch())
    with pytest.raises(ConfigurationError, match='"foolish" is no reason class'):
        visibility.withdraw(shop, work.described.id, reason="foolish", agent="somebody")
    assert heads(shop, work.described.id) == [1, 1]


def test_one_lost_access_copy_is_made_again(shop: Workshop, make_batch: MakeBatch) -> None:
    (work,) = deliver(shop, make_batch())
    lost = next(shop.home.derived.rglob("access.tif"))
    lost.unlink()
    rederiving.ask(shop.home, work.described.id)
    rederiving.make_wanted(shop)
    assert lost.exists()


def away(place: Path, *stores: str) -> None:
    """These stores do not answer any more."""
    for store in stores:
        (place / store).rename(place / f"{store}-away")


def back(place: Path, *stores: str) -> None:
    """They do again."""
    for store in stores:
        (place / f"{store}-away").rename(place / store)


def test_a_withdrawal_hides_at_once_and_is_finished_when_the_store_is_back(
    shop: Workshop, make_batch: MakeBatch, tmp_path: Path
) -> None:
    (work,) = deliver(shop, make_batch())
    item_id = work.described.id
    away(tmp_path, "one", "two")
    with pytest.raises(StorageError):
        visibility.withdraw(shop, item_id, reason="privacy", agent="somebody")
    hidden = items.get(shop.catalog, item_id)
    assert hidden is not None
    assert (hidden.public, hidden.item.access.state) == (False, AccessState.WITHDRAWN)
    back(tmp_path, "one", "two")
    visibility.finish_withdrawals(shop)
    assert heads(shop, item_id)[1] == 1
    visibility.finish_withdrawals(shop, patience=0)
    view = items.get(shop.catalog, item_id)
    assert view is not None
    assert (view.item.access.state, view.version, heads(shop, item_id)) == (AccessState.WITHDRAWN, 2, [2, 2])
    visibility.finish_withdrawals(shop, patience=0)
    assert heads(shop, item_id) == [2, 2]


def test_a_withdrawal_that_could_not_be_finished_is_forgotten_when_the_item_is_published_again(
    shop: Workshop, make_batch: MakeBatch, tmp_path: Path
) -> None:
    (work,) = deliver(shop, make_batch())
    item_id = work.described.id
    away(tmp_path, "one", "two")
    with pytest.raises(StorageError, match="is hidden already"):
        visibility.withdraw(shop, item_id, reason="privacy", agent="somebody")
    back(tmp_path, "one", "two")
    visibility.publish(shop, item_id, agent="somebody")
    visibility.finish_withdrawals(shop, patience=0)
    view = items.get(shop.catalog, item_id)
    assert view is not None
    assert (view.public, list(shop.home.withdrawn.iterdir())) == (True, [])


def test_a_version_tells_of_its_files_what_the_version_before_told(shop: Workshop, make_batch: MakeBatch) -> None:
    folder = make_batch()
    page = folder / "letter" / "0001.tif"
    (folder / "letter" / "pages.md5").write_text(
        "".join(
            f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.name}\n"
            for path in (page, page.with_name("0002.tif"))
        )
    )
    (work,) = deliver(shop, folder, publish=False)
    before = {file.logical: file for file in told_of(shop, work)}
    visibility.publish(shop, work.described.id, agent="somebody")
    after = {file.logical: file for file in told_of(shop, work)}
    assert {name for name in before if before[name] != after[name]} == {"metadata/access.json"}
    assert (before["masters/0001.tif"].original_name, before["masters/0001.tif"].pronom) == ("0001.tif", "fmt/353")
    assert [one.algorithm for one in before["masters/0001.tif"].supplied] == ["md5"]
    assert before[f"text/{work.described.pages[0].id}.alto.xml"].sources == ("masters/0001.tif",)


def told_of(shop: Workshop, work: ItemWork) -> tuple[PremisFile, ...]:
    item_id = work.described.id
    return read_files(committing.standing_premis(shop.required[1], item_id), object_id(item_id))


def test_a_new_delivery_never_undoes_a_withdrawal(shop: Workshop, make_batch: MakeBatch) -> None:
    (work,) = deliver(shop, make_batch())
    visibility.withdraw(shop, work.described.id, reason="privacy", agent="somebody")
    (changed,) = check_batch(shop, make_batch(letter="Another title"))[1]
    take_in(shop, changed, publish=True)
    view = items.get(shop.catalog, work.described.id)
    assert view is not None
    assert (view.item.title, view.item.access.state, view.version) == ("Another title", AccessState.WITHDRAWN, 3)


def test_publishing_a_batch_leaves_what_was_withdrawn(shop: Workshop, make_batch: MakeBatch) -> None:
    batch = {"one": ["Dear Mother"], "two": ["Your Son"]}
    one, two = (work.described.id for work in deliver(shop, make_batch("pair", batch), publish=False))
    visibility.withdraw(shop, two, reason="privacy", agent="somebody")
    batch_id = batches.create(shop.catalog, name="b", path="/b", publish=False, new_version=False, agent="a")
    batches.set_jobs(shop.catalog, batch_id, [JobSeed("one", 0), JobSeed("two", 1)])
    for folder, item_id in (("one", one), ("two", two)):
        batches.update_job(shop.catalog, batch_id, folder, item_id=item_id, state="awaiting")
    assert visibility.drafts_of(shop, batch_id) == (one,)
    assert visibility.drafts_of(shop, two) == (two,)


def test_a_page_that_was_done_is_not_done_again(shop: Workshop, make_batch: MakeBatch) -> None:
    (work,) = deliver(shop, make_batch())
    stamps = {path: path.stat().st_mtime_ns for path in shop.home.derived.rglob("*.*")}
    for page in work.described.pages:
        pages.read_page(shop, work, page)
    assert {path: path.stat().st_mtime_ns for path in shop.home.derived.rglob("*.*")} == stamps
