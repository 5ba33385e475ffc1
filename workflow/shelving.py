"""Stations 7 to 10: manifest, OCFL version, the other stores, the catalogue. Publish last.

Nothing of an item is visible before every required store holds it and was read back; the catalogue's one transaction
is the last step.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from catalog import events, items
from catalog.values import BatchView, ItemEntry
from core.errors import ObjectNotFoundError
from core.item import Access, AccessState, Item
from core.text import Engine, PageText
from fixity.premis import PremisAgent, PremisEvent
from fixity.premis_reading import read_history
from ocr.alto import read_alto
from storage.layout import object_id, object_root
from storage.ocfl import Committed, NewVersion, commit, read_inventory
from storage.replicate import replicate
from storage.staging import clear_stage
from storage.stores import Store
from workflow import history
from workflow.adopting import adopt
from workflow.itemwork import ItemWork
from workflow.manifest_files import write_manifest
from workflow.packaging import AipPart, reports, submitted_parts
from workflow.pages import alto_of
from workflow.workshop import Workshop


def shelve(shop: Workshop, work: ItemWork, view: BatchView) -> None:
    """Commits the item to every required store and then lets the catalogue know; safe to repeat.

    What an earlier, interrupted commit left in the first store is finished first. Nothing is written when the item is
    held by then as it arrived, and no text has come to it.
    """
    paths = {page.id: path for page in work.described.pages if (path := alto_of(shop, work, page))}
    adopt(shop, work.described.id, derived=work.derived)
    if is_held(shop, work, texts=len(paths)):
        clear_stage(shop.required[0], work.described.id)
        return
    work.item = replace(work.described, access=_access(work, view), batch=view.id, batch_name=view.name)
    item, number = work.item, (work.held.version if work.held else 0) + 1
    texts = {page_id: read_alto(path.read_bytes()) for page_id, path in paths.items()}
    with work_folder(shop, item.id) as folder:
        parts = submitted_parts(work, paths, folder)
        engine = next((text.engine for text in texts.values()), None)
        at = datetime.now(UTC)
        told = history.ingest_events(work, number=number, at=at, agent=view.agent, engine=engine, texts=paths)
        committed = commit_everywhere(
            shop,
            item,
            parts,
            told,
            number=number,
            agent=view.agent,
            message=_message(view, number),
            folder=folder,
            engine=engine,
        )
    write_manifest(shop.home, item, texts)
    items.save(shop.catalog, _entry(shop, work, item, committed, texts))
    tell(shop, item.id, told)
    clear_stage(shop.required[0], item.id)


def is_held(shop: Workshop, work: ItemWork, *, texts: int) -> bool:
    """True when the item is in as it arrived, with as many texts as there are now; `work.held` is fresh afterwards.

    It may have come in while this one was on its way: by another batch, or by a try that was cut short.
    """
    work.held = items.held(shop.catalog, work.described.source_key)
    if work.held is None or not work.unchanged:
        return False
    files = items.files(shop.catalog, work.held.item.id)
    return texts <= sum(file.logical.startswith("text/") for file in files)


def commit_everywhere(
    shop: Workshop,
    item: Item,
    parts: Sequence[AipPart],
    told: Sequence[PremisEvent],
    *,
    number: int,
    agent: str,
    message: str,
    folder: Path,
    engine: Engine | None = None,
) -> Committed:
    """The version, committed in the first required store and then, the same to the byte, in the others."""
    first, *others = shop.required
    earlier, people = _earlier(first, item.id) if number > 1 else ((), ())
    created = datetime.now(UTC)
    known = {one.id: one for one in (*people, *history.agents(agent, engine))}
    written = reports(item, parts, folder=folder, created=created, events=(*earlier, *told), agents=known.values())
    version = NewVersion(
        object_id=object_id(item.id),
        files=tuple(part.version_file() for part in (*parts, *written)),
        message=message,
        agent=agent,
        created=created,
        expected_head=number - 1,
    )
    committed = commit(first, version)
    for store in others:
        replicate(first, store, version.object_id, scratch=folder)
    return committed


def standing_premis(store: Store, item_id: str) -> bytes:
    """The `premis.xml` of the item's newest version in the store.

    Raises:
        ObjectNotFoundError: the store does not hold the item.
    """
    inventory = read_inventory(store, object_id(item_id))
    if inventory is None:
        raise ObjectNotFoundError(store.name, object_id(item_id))
    key = f"{object_root(object_id(item_id))}/{inventory.manifest[inventory.state()['premis.xml']]}"
    return store.get(key)


@contextmanager
def work_folder(shop: Workshop, item_id: str) -> Iterator[Path]:
    """A folder of its own for one package; gone afterwards."""
    shop.home.work.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{item_id}-", dir=shop.home.work))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _earlier(store: Store, item_id: str) -> tuple[tuple[PremisEvent, ...], tuple[PremisAgent, ...]]:
    """The events of the versions before, out of the standing `premis.xml`."""
    return read_history(standing_premis(store, item_id), object_id(item_id))


def _access(work: ItemWork, view: BatchView) -> Access:
    """Who may see the item: what held before, unless it was a draft; then what the batch says. Alike at every try."""
    if work.held and work.held.item.access.state is not AccessState.DRAFT:
        return work.held.item.access  # what a person decided about the item stands until a person decides otherwise
    state = AccessState.PUBLISHED if view.publish else AccessState.DRAFT
    return Access(state=state, by=view.agent, at=view.created.isoformat())


def _message(view: BatchView, number: int) -> str:
    return f'{"Delivered" if number == 1 else "Delivered anew"} in batch {view.id} ("{view.name}")'


def _entry(
    shop: Workshop, work: ItemWork, item: Item, committed: Committed, texts: Mapping[str, PageText]
) -> ItemEntry:
    return ItemEntry(
        item=item,
        version=committed.head,
        fingerprint=work.fingerprint,
        image_fingerprint=work.image_fingerprint,
        files=committed.files,
        stores=tuple(store.name for store in shop.required),
        derived=work.derived,
        texts=texts,
        at=datetime.now(UTC),
    )


def tell(shop: Workshop, item_id: str, told: Sequence[PremisEvent]) -> None:
    """Adds the events to the catalogue's log."""
    for event in told:
        events.append(
            shop.catalog,
            kind=event.kind.value,
            item_id=item_id,
            agent=event.agents[-1],
            outcome=event.outcome.value,
            detail=event.detail,
            at=event.at,
        )
