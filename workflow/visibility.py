"""Publishing and withdrawing: a new version of the AIP first, the catalogue after it, so that no rebuild forgets it."""

import hashlib
import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from catalog import batches, items
from catalog.values import ItemView
from core.errors import ConfigurationError, NotFoundError, StorageError
from core.fixity import Digests, StoredFile
from core.item import REASON_CLASSES, Access, AccessState
from core.record import access_json
from fixity.premis import PremisFile
from fixity.premis_reading import read_files
from storage.layout import object_id
from storage.stores import Store
from workflow import crashing, history, intents, storekeeping
from workflow.adopting import adopt
from workflow.committing import commit_everywhere, standing_premis, work_folder
from workflow.packaging import AipPart, access_part, media_type
from workflow.workshop import Workshop

RETRY_SECONDS = 60.0
REPORTS = ("premis.xml", "mets.xml", "metadata/access.json")


def publish(shop: Workshop, item_id: str, *, agent: str) -> None:
    """Lets every reader see the item; nothing is done when they do already."""
    _change(shop, item_id, AccessState.PUBLISHED, agent=agent)


def withdraw(shop: Workshop, item_id: str, *, reason: str, agent: str) -> None:
    """Hides the item everywhere; its address answers with a tombstone from now on.

    Raises:
        ConfigurationError: the reason is none of `REASON_CLASSES`; nothing was changed.
    """
    if reason not in REASON_CLASSES:
        raise ConfigurationError(f'"{reason}" is no reason class: use one of {", ".join(REASON_CLASSES)}.')
    _known(shop, item_id)
    wish = _wish(shop, item_id, {"reason": reason, "agent": agent})
    try:
        _change(shop, item_id, AccessState.WITHDRAWN, agent=agent, reason=reason)
    except StorageError as error:
        sentence = f'"{item_id}" is hidden already, but the stores do not all say so yet'
        raise StorageError(f"{sentence} ({error}) This is tried again by itself.") from error
    wish.unlink(missing_ok=True)


def finish_withdrawals(shop: Workshop, *, patience: float = RETRY_SECONDS) -> None:
    """Tells the stores of withdrawals that they do not all know of; each is tried again after `patience` seconds.

    A person who published the item since then has decided anew: that withdrawal is forgotten.
    """
    for wish in sorted(shop.home.withdrawn.glob("[!.]*")):
        if time.time() - wish.stat().st_mtime < patience:
            continue
        wish.touch()
        view, asked = items.get(shop.catalog, wish.name), json.loads(wish.read_text())
        if view and view.item.access.state is AccessState.WITHDRAWN:
            _change(shop, wish.name, AccessState.WITHDRAWN, agent=asked["agent"], reason=asked["reason"])
        wish.unlink(missing_ok=True)


def _wish(shop: Workshop, item_id: str, asked: dict[str, str]) -> Path:
    """A note of what is to be done, which outlives this process."""
    shop.home.withdrawn.mkdir(parents=True, exist_ok=True)
    new = shop.home.withdrawn / f".{item_id}.new"
    new.write_text(json.dumps(asked))
    return new.replace(shop.home.withdrawn / item_id)


def items_of(shop: Workshop, name: str) -> tuple[str, ...]:
    """The ids meant by an item's or a batch's id.

    Raises:
        NotFoundError: neither is known.
    """
    if items.get(shop.catalog, name):
        return (name,)
    if view := batches.get(shop.catalog, name):
        ids = tuple(job.item_id for job in view.jobs if job.item_id and items.get(shop.catalog, job.item_id))
        return tuple(dict.fromkeys(ids))
    raise NotFoundError(f'There is no item or batch "{name}": look at `muniment status` for what there is.')


def drafts_of(shop: Workshop, name: str) -> tuple[str, ...]:
    """The ids to publish by an item's or a batch's id: of a batch only drafts, so that no withdrawal is undone with it.

    Raises:
        NotFoundError: neither is known.
    """
    if items.get(shop.catalog, name):
        return (name,)
    views = [items.get(shop.catalog, item_id) for item_id in items_of(shop, name)]
    return tuple(view.item.id for view in views if view and view.item.access.state is AccessState.DRAFT)


def _change(shop: Workshop, item_id: str, state: AccessState, *, agent: str, reason: str = "") -> None:
    at = datetime.now(UTC)
    if state is AccessState.WITHDRAWN:
        _hide(shop, item_id, Access(state=state, reason=reason, by=agent, at=at.isoformat()))
    if adopt(shop, item_id) and state is AccessState.WITHDRAWN:
        _hide(shop, item_id, Access(state=state, reason=reason, by=agent, at=at.isoformat()))
    view = _known(shop, item_id)
    pending = not _kept_in_aip(shop, view)
    if view.item.access.state is state and not pending:
        return
    access = Access(state=state, reason=reason, by=agent, at=at.isoformat(), warning=view.item.access.warning)
    item = replace(view.item, access=access)
    number = view.version + 1
    told = [history.access_event(item, number=number, at=at, agent=agent)]
    first = storekeeping.first_for(shop, item_id, storekeeping.standing(shop))
    with work_folder(shop, item_id) as folder:
        parts = [*_kept(shop, first, view), access_part(item, folder)]
        message = f"Access state {state}"
        shelved = commit_everywhere(shop, item, parts, told, number=number, agent=agent, message=message, folder=folder)
    crashing.step("access.stored")
    items.set_access(
        shop.catalog,
        item_id,
        access,
        shelved.version,
        shelved.files,
        stores=shelved.stores,
        bookkeeping=shelved.bookkeeping,
        deeds=shelved.deeds,
    )
    crashing.step("access.saved")
    intents.done(shop.home, item_id)
    _tell_jobs(shop, view, _job_state(view, state))


def _hide(shop: Workshop, item_id: str, access: Access) -> None:
    """Hides the item at once, and even while a store is away; its AIP follows. A withdrawal that stands is left."""
    view = _known(shop, item_id)
    if view.item.access.state is not AccessState.WITHDRAWN:
        crashing.step("access.asked")
        items.hide(shop.catalog, item_id, replace(access, warning=view.item.access.warning))
        crashing.step("access.hidden")
        _tell_jobs(shop, view, "withdrawn")


def _known(shop: Workshop, item_id: str) -> ItemView:
    view = items.get(shop.catalog, item_id)
    if view is None:
        raise NotFoundError(f'There is no item "{item_id}": look at `muniment status` for what there is.')
    return view


def _kept_in_aip(shop: Workshop, view: ItemView) -> bool:
    """False when the catalogue hid the item and its AIP could not be told yet."""
    file = items.file(shop.catalog, view.item.id, "metadata/access.json")
    return file is not None and file.sha512 == hashlib.sha512(access_json(view.item).encode()).hexdigest()


def _job_state(view: ItemView, state: AccessState) -> str:
    """How the jobs that brought the item call it now."""
    if state is AccessState.WITHDRAWN:
        return "withdrawn"
    return "stored" if view.waiting else "published"


def _kept(shop: Workshop, store: Store, view: ItemView) -> list[AipPart]:
    """All files of the version before that stay as they are; the stores hold their bytes already."""
    told = read_files(standing_premis(store, view.item.id), object_id(view.item.id))
    known = {file.logical: file for file in told}
    kept = [file for file in items.files(shop.catalog, view.item.id) if file.logical not in REPORTS]
    return [_part(file, known.get(file.logical)) for file in kept]


def _part(file: StoredFile, told: PremisFile | None) -> AipPart:
    """The file with everything that the version before told of it."""
    part = AipPart(
        logical=file.logical,
        source=None,
        digests=Digests(file.size, {"sha512": file.sha512, "sha256": file.sha256}),
        media_type=media_type(Path(file.logical)),
    )
    if told is None:
        return part
    return replace(
        part,
        pronom=told.pronom,
        original_name=told.original_name,
        supplied=told.supplied,
        made_from=told.sources,
    )


def _tell_jobs(shop: Workshop, view: ItemView, state: str) -> None:
    """The pages of all batches that brought the item tell how it is now."""
    batches.tell_item(shop.catalog, view.item.id, state=state)
