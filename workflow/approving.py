"""A whole batch published: asked for in the reading room, done by the caretaker, item by item.

Each item is a new version in every store, so a batch of a thousand takes many minutes: longer than a request may. The
wish lies in a folder until all of it is done, so killing any process loses none of it.
"""

import logging

from catalog import batches
from core.errors import MunimentError
from workflow import visibility
from workflow.homes import Home
from workflow.workshop import Workshop

log = logging.getLogger(__name__)


def ask(home: Home, batch_id: str, *, agent: str) -> None:
    """Asks for every draft of the batch to be published by this agent; asking twice is asking once."""
    home.approved.mkdir(parents=True, exist_ok=True)
    wish = home.approved / f".{batch_id}.new"
    wish.write_text(agent)
    wish.replace(home.approved / batch_id)


def asked(home: Home, batch_id: str) -> bool:
    """True while drafts of the batch are being published."""
    return (home.approved / batch_id).exists()


def publish_approved(shop: Workshop) -> None:
    """Publishes what was asked for; what could not be published says so on its batch's page, and is asked for anew."""
    for wish in sorted(shop.home.approved.glob("[!.]*")):
        _publish(shop, wish.name, agent=wish.read_text())
        wish.unlink(missing_ok=True)


def _publish(shop: Workshop, batch_id: str, *, agent: str) -> None:
    for item_id in visibility.drafts_of(shop, batch_id):
        try:
            visibility.publish(shop, item_id, agent=agent)
        except MunimentError as error:
            log.warning("An item of batch %s could not be published: %s", batch_id, error)
            _tell(shop, batch_id, item_id, str(error))


def _tell(shop: Workshop, batch_id: str, item_id: str, sentence: str) -> None:
    view = batches.get(shop.catalog, batch_id)
    for job in view.jobs if view else ():
        if job.item_id == item_id:
            batches.update_job(shop.catalog, batch_id, job.folder, sentence=sentence)
