"""Stations 7 to 10: manifest, OCFL version, the other stores, the catalogue. Publish last.

Nothing of an item is visible before every required store holds it and was read back; the catalogue's one transaction
is the last step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from catalog import items
from catalog.values import BatchView, ItemEntry
from core.item import Access, AccessState
from core.text import PageText
from storage.staging import clear_stage
from storage.stores import Store
from workflow import crashing, history, intents, storekeeping
from workflow.adopting import adopt
from workflow.committing import Shelved, commit_everywhere, work_folder
from workflow.itemwork import ItemWork
from workflow.manifest_files import write_manifest
from workflow.packaging import submitted_parts
from workflow.pages import alto_of
from workflow.texts import Texts
from workflow.workshop import Workshop


def shelve(shop: Workshop, work: ItemWork, view: BatchView) -> None:
    """Commits the item to every required store and then lets the catalogue know; safe to repeat.

    What an earlier, interrupted commit left in a store is finished first. Nothing is written when the item is held by
    then as it arrived, and no text has come to it. While a required store is away, a new item waits unseen.
    """
    paths = {page.id: path for page in work.described.pages if (path := alto_of(shop, work, page))}
    stores = storekeeping.standing(shop)
    adopt(shop, work.described.id, derived=work.derived, stores=stores)
    crashing.step("shelve.adopted")
    if not is_held(shop, work, texts=len(paths)):
        work.item = replace(work.described, access=_access(work, view), batch=view.id, batch_name=view.name)
        texts = Texts(paths)
        shelved = _commit(shop, work, view, stores, paths, texts)
        crashing.step("shelve.stored")
        write_manifest(shop.home, work.described, texts)
        crashing.step("shelve.manifest")
        _save(shop, _entry(shop, work, shelved, texts), shelved)
    crashing.step("shelve.saved")
    intents.done(shop.home, work.described.id)
    crashing.step("shelve.known")
    _clear_stages(storekeeping.standing(shop), work.described.id)


def _commit(
    shop: Workshop,
    work: ItemWork,
    view: BatchView,
    stores: Sequence[Store],
    paths: Mapping[str, Path],
    texts: Mapping[str, PageText],
) -> Shelved:
    item, number = work.described, (work.held.version if work.held else 0) + 1
    engine = texts[next(iter(texts))].engine if texts else None
    told = history.ingest_events(
        work, number=number, at=datetime.now(UTC), agent=view.agent, engine=engine, texts=paths
    )
    with work_folder(shop, item.id) as folder:
        return commit_everywhere(
            shop,
            item,
            submitted_parts(work, paths, folder),
            told,
            number=number,
            agent=view.agent,
            message=_message(view, number),
            folder=folder,
            engine=engine,
            stores=stores,
        )


def _save(shop: Workshop, entry: ItemEntry, shelved: Shelved) -> None:
    """Lets the catalogue know, unless another worker came first with the very same version: it has told of it."""
    view = items.get(shop.catalog, entry.item.id)
    if view is None or view.version < entry.version:
        items.save(shop.catalog, entry, deeds=shelved.deeds)


def is_held(shop: Workshop, work: ItemWork, *, texts: int) -> bool:
    """True when the item is in as it arrived, with as many texts as there are now; `work.held` is fresh afterwards.

    It may have come in while this one was on its way: by another batch, or by a try that was cut short.
    """
    work.held = items.held(shop.catalog, work.described.source_key)
    if work.held is None or not work.unchanged:
        return False
    files = items.files(shop.catalog, work.held.item.id)
    return texts <= sum(file.logical.startswith("text/") for file in files)


def _access(work: ItemWork, view: BatchView) -> Access:
    """Who may see the item: what held before, unless it was a draft; then what the batch says. Alike at every try."""
    if work.held and work.held.item.access.state is not AccessState.DRAFT:
        return work.held.item.access  # what a person decided about the item stands until a person decides otherwise
    state = AccessState.PUBLISHED if view.publish else AccessState.DRAFT
    return Access(state=state, by=view.agent, at=view.created.isoformat())


def _message(view: BatchView, number: int) -> str:
    return f'{"Delivered" if number == 1 else "Delivered anew"} in batch {view.id} ("{view.name}")'


def _entry(shop: Workshop, work: ItemWork, shelved: Shelved, texts: Mapping[str, PageText]) -> ItemEntry:
    return ItemEntry(
        item=work.described,
        version=shelved.version,
        fingerprint=work.fingerprint,
        image_fingerprint=work.image_fingerprint,
        files=shelved.files,
        stores=shelved.stores,
        derived=work.derived,
        texts=texts,
        at=datetime.now(UTC),
        bookkeeping=shelved.bookkeeping,
        waiting=storekeeping.must_wait(shop, work.described.id, shelved.stores),
    )


def _clear_stages(stores: Sequence[Store], item_id: str) -> None:
    """What waited in a store for the commit is not needed any more; another store may have been staged in before."""
    for store in storekeeping.required(stores):
        clear_stage(store, item_id)
