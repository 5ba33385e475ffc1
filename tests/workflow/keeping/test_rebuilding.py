"""The catalogue from the stores alone: every field of every item, and nobody sees more than before."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from catalog import audits, cases, chain, copies, identities, items, receipts, tombstones
from catalog.fixity_values import Case, CaseKind, CaseState, Read
from catalog.tables import copies as copy_table
from catalog.tables import items as item_table
from catalog.tables import page_identities
from core.events import Deed
from core.fixity import FixityOutcome
from core.item import Access, AccessState
from storage.layout import case_id, object_id, object_root
from storage.ocfl import read_inventory
from workflow import intents, purging, rebuilding, shipping, storekeeping
from workflow.workshop import Workshop

QUIET: list[str] = []
TIMES = {"added", "changed", "since", "last_read"}  # told by the chain, a moment apart from the catalogue's own


def lose_catalogue(held: Any) -> Any:
    held.shop.catalog.close()
    for path in held.shop.home.folder.glob("catalog.db*"):
        path.unlink()
    return held.anew()


def rows(shop: Workshop, table: Any, *order: Any) -> list[dict[str, Any]]:
    with shop.catalog.reading() as connection:
        return [dict(row) for row in connection.execute(select(table).order_by(*order)).mappings()]


def everything(shop: Workshop) -> dict[str, Any]:
    """All that is to be the same afterwards: items, pages, texts, files, copies, ids, chain and tombstones."""
    shown = {}
    for row in rows(shop, item_table, item_table.c.id):
        item_id = row["id"]
        view = items.get(shop.catalog, item_id)
        assert view is not None
        shown[item_id] = {
            "row": {name: value for name, value in row.items() if name not in TIMES | {"row"}},
            "item": view.item,
            "texts": items.page_texts(shop.catalog, item_id),
            "files": items.files(shop.catalog, item_id),
        }
    kept = [
        {name: value for name, value in row.items() if name not in TIMES | {"event"}} | told(shop, row)
        for row in rows(shop, copy_table, copy_table.c.store, copy_table.c.key)
    ]
    return {
        "items": shown,
        "copies": kept,
        "ids": rows(shop, page_identities, page_identities.c.id),
        "chain": list(chain.events(shop.catalog)),
        "tombstones": tombstones.listing(shop.catalog),
    }


def told(shop: Workshop, row: dict[str, Any]) -> dict[str, Any]:
    """What the copy's event says of it."""
    event = chain.get(shop.catalog, row["event"])
    assert event is not None
    return {"told": [file for file in event.deed.facts["files"] if file[1] == row["key"]]}


def times(shop: Workshop) -> list[datetime]:
    copied = rows(shop, copy_table, copy_table.c.store, copy_table.c.key)
    listed = rows(shop, item_table, item_table.c.id)
    return [row[name] for row in (*copied, *listed) for name in sorted(TIMES) if row.get(name)]


def purge(held: Any, name: str = "purged") -> str:
    purging.ask(held.shop, held.ids[name], reason="legal", authority="Court order 7/26", agent="steward-1")
    return purging.agree(held.shop, held.ids[name], agent="steward-2")


def test_every_field_comes_back(kept: Any) -> None:
    purge(kept)
    shipping.ship(kept.shop)
    before, moments = everything(kept.shop), times(kept.shop)
    again = lose_catalogue(kept)
    assert rebuilding.needed(again.shop)
    report = rebuilding.rebuild(again.shop, tell=QUIET.append)
    after = everything(again.shop)
    for part, known in before.items():
        assert after[part] == known, part
    apart = [abs(one - other) for one, other in zip(moments, times(again.shop), strict=True)]
    assert max(apart) < timedelta(minutes=2)
    assert (report.items, report.known, report.pages, report.needs_somebody) == (5, 0, 5, False)
    assert not rebuilding.needed(again.shop)


def test_a_second_rebuild_changes_nothing(kept: Any) -> None:
    again = lose_catalogue(kept)
    rebuilding.rebuild(again.shop, tell=QUIET.append)
    before = everything(again.shop)
    report = rebuilding.rebuild(again.shop, tell=QUIET.append)
    assert everything(again.shop) == before
    assert (report.items, report.known) == (0, 6)


def test_one_that_was_cut_short_is_needed_again(kept: Any) -> None:
    again = lose_catalogue(kept)
    rebuilding.rebuild(again.shop, tell=QUIET.append)
    assert not rebuilding.needed(again.shop)
    (again.shop.home.folder / "rebuilding").touch()
    assert rebuilding.needed(again.shop)


def test_items_that_were_being_written_are_none_that_were_lost(kept: Any) -> None:
    again = lose_catalogue(kept)
    for item_id in again.ids.values():
        intents.note(again.shop.home, item_id, "s3")
    assert not rebuilding.needed(again.shop)
    intents.done(again.shop.home, again.ids["draft"])
    assert rebuilding.needed(again.shop)


def states(shop: Workshop, ids: dict[str, str]) -> dict[str, tuple[AccessState, bool]]:
    views = {name: items.get(shop.catalog, item_id) for name, item_id in ids.items()}
    return {name: (view.item.access.state, view.public) for name, view in views.items() if view}


def test_access_states_are_those_of_the_aips(kept: Any) -> None:
    purge(kept)
    again = lose_catalogue(kept)
    rebuilding.rebuild(again.shop, tell=QUIET.append)
    assert states(again.shop, again.ids) == {
        "published": (AccessState.PUBLISHED, True),
        "draft": (AccessState.DRAFT, False),
        "embargoed": (AccessState.EMBARGOED, False),
        "staff": (AccessState.STAFF, False),
        "withdrawn": (AccessState.WITHDRAWN, False),
    }
    stone = tombstones.get(again.shop.catalog, again.ids["purged"])
    assert stone is not None
    assert (stone.reason, stone.agents, stone.asked) == ("legal", ("steward-1", "steward-2"), False)


def access_file(held: Any, store: str, name: str = "published") -> Path:
    file = items.file(held.shop.catalog, held.ids[name], "metadata/access.json")
    assert file is not None
    path = held.folder / store / file.key
    path.chmod(0o644)
    return Path(path)


@pytest.mark.parametrize("store", ["one", "two"])
@pytest.mark.parametrize("harm", ["unlink", "altered", "unreadable"])
def test_an_item_is_hidden_when_a_copy_does_not_say_who_may_see_it(kept: Any, harm: str, store: str) -> None:
    path = access_file(kept, store)
    if harm == "unlink":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes().replace(b"published", b"withdrawn") if harm == "altered" else b"{")
    again = lose_catalogue(kept)
    report = rebuilding.rebuild(again.shop, tell=QUIET.append)
    assert states(again.shop, again.ids)["published"] == (AccessState.DRAFT, False)
    assert [one["item"] for one in report.hidden] == [again.ids["published"]]


def test_an_item_is_hidden_when_its_newest_version_is_nowhere(kept: Any) -> None:
    """A withdrawal that only a lost store had: the chain knows of it, the other store does not."""
    withdrawn = kept.ids["withdrawn"]
    for store in kept.shop.stores:
        root = kept.folder / store.name / object_root(object_id(withdrawn))
        shutil.rmtree(root / "v2")
        for name in ("inventory.json", "inventory.json.sha512"):
            shutil.copy(root / "v1" / name, root / name)
    again = lose_catalogue(kept)
    report = rebuilding.rebuild(again.shop, tell=QUIET.append)
    assert states(again.shop, again.ids)["withdrawn"] == (AccessState.DRAFT, False)
    assert [one["item"] for one in report.hidden] == [withdrawn]


def test_a_withdrawal_that_the_stores_never_learned_of_stands(kept: Any) -> None:
    item_id = kept.ids["published"]
    kept.shop.home.withdrawn.mkdir(exist_ok=True)
    (kept.shop.home.withdrawn / item_id).write_text(json.dumps({"reason": "privacy", "agent": "x"}))
    again = lose_catalogue(kept)
    rebuilding.rebuild(again.shop, tell=QUIET.append)
    assert states(again.shop, again.ids)["published"] == (AccessState.WITHDRAWN, False)


def test_a_damaged_copy_is_passed_over_for_the_good_one(kept: Any) -> None:
    file = items.file(kept.shop.catalog, kept.ids["published"], "metadata/record.json")
    assert file is not None
    path = kept.folder / "one" / file.key
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"Published", b"Forged up"))
    again = lose_catalogue(kept)
    report = rebuilding.rebuild(again.shop, tell=QUIET.append)
    view = items.get(again.shop.catalog, again.ids["published"])
    assert view is not None
    assert (view.item.title, view.public) == ("Published", True)
    assert any("one" in sentence and again.ids["published"] in sentence for sentence in report.troubles)


def test_an_item_comes_back_though_every_store_lost_a_master_and_hidden_though_none_says_who_may_see_it(
    kept: Any,
) -> None:
    master = items.file(kept.shop.catalog, kept.ids["published"], "masters/0001.tif")
    assert master is not None
    for store in ("one", "two"):
        (kept.folder / store / master.key).unlink()
        access_file(kept, store, "embargoed").unlink()
    again = lose_catalogue(kept)
    report = rebuilding.rebuild(again.shop, tell=QUIET.append)
    assert (report.items, report.failed) == (6, [])
    assert states(again.shop, again.ids)["published"] == (AccessState.PUBLISHED, True)
    assert states(again.shop, again.ids)["embargoed"] == (AccessState.DRAFT, False)
    assert items.file(again.shop.catalog, again.ids["published"], "masters/0001.tif") == master


def test_the_log_of_one_store_is_enough_and_a_cut_one_is_not_taken(kept: Any) -> None:
    log = kept.folder / "one" / "events"
    for path in log.glob("*.jsonl"):
        path.chmod(0o644)
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(lines[: len(lines) // 2]))
    events = len(list(chain.events(kept.shop.catalog)))
    again = lose_catalogue(kept)
    report = rebuilding.rebuild(again.shop, tell=QUIET.append)
    assert report.events == events
    assert any('"one"' in sentence for sentence in report.troubles)


def test_an_anchor_of_events_that_are_lost_is_told_once(kept: Any) -> None:
    head = chain.head(kept.shop.catalog)
    assert head is not None
    anchors = kept.shop.home.folder / "anchors"
    good, lost = (
        f"2026-11-22T01:30:00Z {head.number}:{head.digest}",
        f"2026-11-23T01:30:00Z {head.number + 2}:{'a' * 64}",
    )
    anchors.write_text(f"{good}\n{lost}\n")
    again = lose_catalogue(kept)
    report = rebuilding.rebuild(again.shop, tell=QUIET.append)
    assert report.troubles == [
        f"Event {head.number + 2} was anchored, and the stores' logs end at event {head.number}: the rest is lost."
    ]
    assert (anchors.read_text(), anchors.with_name("anchors.lost").read_text()) == (f"{good}\n", f"{lost}\n")
    told = chain.get(again.shop.catalog, head.number + 1)
    assert told is not None
    assert (told.deed.kind, told.deed.outcome, told.deed.facts["anchors"]) == ("validation", "fail", [lost])
    assert rebuilding.rebuild(again.shop, tell=QUIET.append).troubles == []


def test_what_a_young_catalogue_told_alone_follows_the_log(kept: Any) -> None:
    before = list(chain.events(kept.shop.catalog))
    again = lose_catalogue(kept)
    deed = Deed(kind="creation", agent="x", at=before[0].deed.at, store="three", detail="A store was laid out")
    chain.append(again.shop.catalog, [deed])
    report = rebuilding.rebuild(again.shop, tell=QUIET.append)
    after = list(chain.events(again.shop.catalog))
    assert after[: len(before)] == before
    assert [event.deed for event in after[len(before) :]] == [deed]
    assert report.items == 6


def test_reads_and_cases_come_back_out_of_the_chain(kept: Any) -> None:
    shop = kept.shop
    file = items.file(shop.catalog, kept.ids["published"], "masters/0001.tif")
    assert file is not None
    now = datetime.now(UTC)
    bad = Read(
        store="two", key=file.key, outcome=FixityOutcome.ALTERED, expected=file.sha512, found="f" * 128, size=7,
        at=now, agent="audit", run="run-1",
    )  # fmt: skip
    facts = {"run": "run-1", "reads": [[file.key, "altered", file.sha512, "f" * 128, 7]]}
    deed = Deed(kind="fixity check", agent="audit", at=now, outcome="fail", store="two", facts=facts)
    audits.record(shop.catalog, [bad], deed)
    case = Case(
        id=case_id("two", file.key), kind=CaseKind.ALTERED, state=CaseState.OPEN, store="two", key=file.key,
        item=kept.ids["published"], file="masters/0001.tif", expected=file.sha512, found="f" * 128,
        expected_size=file.size, found_size=7, opened=now, changed=now, last_read=now,
    )  # fmt: skip
    cases.open_or_reopen(shop.catalog, case, agent="audit", run="run-1")
    cases.decide(shop.catalog, case.id, "acknowledged", "steward-1", note="A bad disk.", state=CaseState.ACKNOWLEDGED)
    cases.decide(shop.catalog, case.id, "assigned", "steward-1", assigned="steward-2")
    shipping.ship(shop)
    known, timeline = cases.get(shop.catalog, case.id), cases.timeline(shop.catalog, case.id)
    again = lose_catalogue(kept)
    rebuilding.rebuild(again.shop, tell=QUIET.append)
    assert cases.get(again.shop.catalog, case.id) == known
    assert cases.timeline(again.shop.catalog, case.id) == timeline
    (copy,) = [one for one in copies.of_key(again.shop.catalog, file.key) if one.store == "two"]
    assert (copy.outcome, copy.last_read, copy.audited) == (FixityOutcome.ALTERED, now, now)


def test_kept_older_than_the_chain_are_told_to_it(kept: Any) -> None:
    for store in ("one", "two"):
        shutil.rmtree(kept.folder / store / "events")
    again = lose_catalogue(kept)
    report = rebuilding.rebuild(again.shop, tell=QUIET.append)
    assert (report.items, report.hidden, report.failed) == (6, [], [])
    told = [event.deed for event in chain.of_item(again.shop.catalog, again.ids["published"])]
    inventory = read_inventory(again.shop.stores[0], object_id(again.ids["published"]))
    assert inventory is not None
    assert [deed.facts["inventory"] for deed in told if "inventory" in deed.facts] == [inventory.sha512]


def test_a_store_that_is_not_the_one_it_was_is_not_read(kept: Any) -> None:
    storekeeping.look(kept.shop)
    (kept.folder / "two" / "store.json").unlink()
    report = rebuilding.rebuild(kept.shop, tell=QUIET.append)
    assert report.troubles == ['The store "two" is not the one it was: nothing was read from it.']


def test_what_was_purged_is_told_by_the_other_store_when_one_was_away(kept: Any) -> None:
    """The store that was away still holds the bytes; the log of the other one says that they are purged."""
    away = kept.folder / "two"
    away.rename(kept.folder / "elsewhere")
    assert "away" in purge(kept)
    (kept.folder / "elsewhere").rename(away)
    assert read_inventory(kept.shop.stores[1], object_id(kept.ids["purged"])) is not None
    again = lose_catalogue(kept)
    report = rebuilding.rebuild(again.shop, tell=QUIET.append)
    assert (report.items, report.purged) == (5, 1)
    assert items.get(again.shop.catalog, again.ids["purged"]) is None
    assert not list(away.rglob(f"*{again.ids['purged']}*"))


def test_the_source_key_of_a_purged_item_is_still_known(kept: Any) -> None:
    view = items.get(kept.shop.catalog, kept.ids["purged"])
    assert view is not None
    purge(kept)
    again = lose_catalogue(kept)
    rebuilding.rebuild(again.shop, tell=QUIET.append)
    assert identities.reserve(again.shop.catalog, view.item.source_key, images=[]).item_id == again.ids["purged"]


def test_nothing_is_safe_to_erase_before_an_audit(kept: Any) -> None:
    again = lose_catalogue(kept)
    rebuilding.rebuild(again.shop, tell=QUIET.append)
    assert not receipts.is_safe(again.shop.catalog, again.ids["published"], ["one", "two"])
    assert Access().state is AccessState.DRAFT
