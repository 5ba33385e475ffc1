"""The sample batch of `muniment run --demo`: taken in once, and taken out by `muniment demo remove`."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from catalog import audits, batches, items
from catalog.database import Catalog
from catalog.values import BatchView, ItemView
from core.errors import ConfigurationError
from core.events import Deed
from fixity.vocabulary import EventType
from storage.layout import object_id
from storage.ocfl import remove_object
from workflow import queueing
from workflow.homes import Home
from workflow.workshop import Workshop

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "batch"
AGENT = "muniment-demo"


def ensure(catalog: Catalog, home: Home, prefect_api: str) -> None:
    """Queues the samples, unless they came in before or were taken out on purpose."""
    if not home.demo.exists() and SAMPLES.is_dir():
        path = str(SAMPLES)
        batch_id = batches.create(catalog, name="samples", path=path, publish=True, new_version=False, agent=AGENT)
        home.demo.write_text(batch_id)
        queueing.queue(catalog, prefect_api, batch_id)


def state(catalog: Catalog, home: Home) -> str:
    """How the samples are: "absent", "waiting", "published", "failed" or "removed"."""
    view = batch(catalog, home)
    if view is None:
        return "removed" if home.demo.exists() else "absent"
    if view.state in ("queued", "running"):
        return "waiting"
    return "published" if all(job.state == "published" for job in view.jobs) else "failed"


def batch(catalog: Catalog, home: Home) -> BatchView | None:
    """The batch of the samples; None before it was queued and after it was taken out."""
    batch_id = home.demo.read_text() if home.demo.exists() else ""
    return batches.get(catalog, batch_id) if batch_id else None


def item_ids(catalog: Catalog, home: Home) -> tuple[str, ...]:
    """The ids of the samples that are in."""
    view = batch(catalog, home)
    if view and view.state in ("queued", "running"):
        raise ConfigurationError("The samples are still being taken in: wait until they are, then remove them.")
    return tuple(job.item_id for job in view.jobs if job.item_id) if view else ()


def mark_removed(home: Home) -> None:
    """Remembers that the samples are not wanted, so that no later start brings them back."""
    home.demo.write_text("")


def remove_item(shop: Workshop, item_id: str) -> None:
    """Takes one sample out of the catalogue, the stores and the local folders, in this order: hidden first."""
    view = items.get(shop.catalog, item_id)
    items.remove(shop.catalog, item_id, deeds=(_deletion(shop, view),) if view else ())
    for store in shop.stores:
        remove_object(store, object_id(item_id))
    for key in view.derived.values() if view else ():
        shutil.rmtree(shop.home.derived_folder(key), ignore_errors=True)
    (shop.home.manifests / f"{item_id}.json").unlink(missing_ok=True)


def _deletion(shop: Workshop, view: ItemView) -> Deed:
    """That the sample was taken out, and every file of it that goes."""
    names = [store.name for store in shop.stores]
    held = {copy.key: copy.sha512 for name in names for copy in audits.of_item(shop.catalog, view.item.id, name)}
    return Deed(
        kind=EventType.DELETION.value,
        agent=AGENT,
        at=datetime.now(UTC),
        item=view.item.id,
        detail="A sample was taken out",
        facts={
            "item": view.item.id,
            "title": view.item.title,
            "source_key": view.item.source_key,
            "reason": "sample",
            "authority": "",
            "agents": [AGENT],
            "files": [list(pair) for pair in sorted(held.items())],
            "stores": names,
        },
    )
