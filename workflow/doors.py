"""The deeds that the viewer is handed: it shows and asks, we do."""

import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from catalog import batches
from core.errors import ConfigurationError, NotRunningError, ObjectNotFoundError, StorageError
from core.fixity import StoredFile
from storage.cache import VerifiedCache
from viewer.config import Health
from workflow import approving, batchwork, demo, queueing, rederiving, runfile, storekeeping, visibility
from workflow.fixity_doors import FixityDoors
from workflow.workshop import Workshop

STALE_SECONDS = 15


class Doors(FixityDoors):
    """Implements `viewer.config.Actions` for one installation."""

    def __init__(self, shop: Workshop) -> None:
        super().__init__(shop)
        self._cache = VerifiedCache(shop.home.cache / "files", shop.settings.cache_mb * 1_000_000)

    def queue(self, path: str, *, publish: bool, new_version: bool, agent: str) -> str:
        """The id of the batch that was queued from this folder."""
        run = runfile.running(self.shop.home)
        name = Path(path).name
        batch_id = batches.create(
            self.shop.catalog, name=name, path=path, publish=publish, new_version=new_version, agent=agent
        )
        # The card before the queue: a second click must find the batch, however long Prefect takes to answer.
        self._mark_inbox(path, batch_id)
        with suppress(NotRunningError):  # the batch waits in the catalogue, and recovery queues it when Prefect is back
            queueing.queue(self.shop.catalog, run.prefect_api, batch_id)
        return batch_id

    def _mark_inbox(self, path: str, batch_id: str) -> None:
        """The card in the inbox leads to the batch from now on."""
        for entry in batches.inbox(self.shop.catalog):
            if entry.path == path:
                batches.inbox_put(self.shop.catalog, replace(entry, state="queued", batch_id=batch_id))

    def retry(self, batch_id: str, *, agent: str) -> None:
        """Nothing; what failed in the batch is tried again, what is in is left alone."""
        del agent  # who asked is no part of what is done again
        with batchwork.leased(self.shop, batch_id) as free:
            if not free:
                raise ConfigurationError("This batch is being worked on: wait until it ends, then try again.")
        queueing.queue(self.shop.catalog, runfile.running(self.shop.home).prefect_api, batch_id)

    def publish(self, item_id: str, *, agent: str) -> None:
        """Nothing; the item is visible to everybody when this returns."""
        visibility.publish(self.shop, item_id, agent=agent)

    def publish_batch(self, batch_id: str, *, agent: str) -> None:
        """Nothing; the batch's drafts are published one by one from now on."""
        approving.ask(self.shop.home, batch_id, agent=agent)

    def is_publishing(self, batch_id: str) -> bool:
        """True while drafts of the batch are being published."""
        return approving.asked(self.shop.home, batch_id)

    def withdraw(self, item_id: str, *, reason: str, agent: str) -> None:
        """Nothing; the item is hidden when this returns."""
        visibility.withdraw(self.shop, item_id, reason=reason, agent=agent)

    def fetch_file(self, file: StoredFile) -> Path:
        """A local copy, verified in full, from the first store that has a good one.

        Raises:
            StorageError: no store has.
        """
        trouble: StorageError = ObjectNotFoundError("every store", file.key)
        for store in self.shop.stores:
            try:
                return self._cache.fetch(store, file)
            except StorageError as error:
                trouble = error
        raise trouble

    def make_again(self, item_id: str, key: str) -> None:
        """Nothing; what is lost or damaged of this page is made again from its master soon."""
        rederiving.ask(self.shop.home, item_id, key)

    def health(self) -> Health:
        """How store, Prefect, worker and viewer are, and the samples where they are wanted."""
        run = runfile.read(self.shop.home)
        parts = {"viewer": "ok"}
        if run is None or not run.alive:
            return Health(ok=False, parts={**parts, "supervisor": "`muniment run` is not running"})
        parts["store"] = storekeeping.trouble(self.shop)
        parts["prefect"] = "ok" if queueing.answers(run.prefect_api) else "Prefect does not answer yet"
        parts["worker"] = self._worker(run.prefect_api)
        state = demo.state(self.shop.catalog, self.shop.home) if run.demo else None
        if state == "waiting" or (state == "absent" and demo.SAMPLES.is_dir()):
            parts["demo"] = "the sample batch is being taken in"
        return Health(ok=all(said == "ok" for said in parts.values()), parts=parts, demo=state)

    def _worker(self, prefect_api: str) -> str:
        try:
            age = time.time() - self.shop.home.heartbeat.stat().st_mtime
        except FileNotFoundError:
            return "the worker has not started yet"
        if age > STALE_SECONDS:
            return f"the worker was last seen {age:.0f} seconds ago"
        return "ok" if queueing.deployed(prefect_api) else "the worker takes no batches yet"
