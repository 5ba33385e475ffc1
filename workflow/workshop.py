"""What a process that works on batches has at hand: settings, catalogue, stores and page processes."""

import functools
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path

from catalog.database import Catalog, open_catalog
from core.errors import EngineMissingError
from core.settings import Settings
from ocr import models
from storage.opening import open_stores
from storage.stores import Store
from workflow import crashing, engines, runfile
from workflow.engines import Engine, Reader
from workflow.homes import Home
from workflow.pool import PagePool


class Workshop:
    """One process's clients, each made when it is first needed; never handed from process to process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.home = Home(settings.home_folder)

    @cached_property
    def catalog(self) -> Catalog:
        """The catalogue, migrated to this version."""
        self.home.make()
        return open_catalog(self.settings.catalog_url)

    @cached_property
    def stores(self) -> Sequence[Store]:
        """All stores, the one that is staged in first."""
        run = runfile.read(self.home)
        stores = open_stores(self.settings.stores, home=self.home.folder, s3=run.s3 if run else None)
        for store in stores if crashing.wanted() else ():
            crashing.announce(store)
        return stores

    @property
    def required(self) -> tuple[Store, ...]:
        """The stores that must hold an item before it can be seen."""
        return tuple(store for store in self.stores if store.role == "required")

    @cached_property
    def pool(self) -> PagePool:
        """The page processes."""
        return PagePool(self.settings.workers, self.settings.limits)

    @cached_property
    def threads(self) -> ThreadPoolExecutor:
        """Threads that wait for page processes and disks."""
        return ThreadPoolExecutor(self.settings.workers + 1, thread_name_prefix="workshop")

    @cached_property
    def engine(self) -> Engine | None:
        """The OCR engine, or None when this machine has none."""
        try:
            program = Path(self.settings.tesseract) if self.settings.tesseract else models.find_program()
        except EngineMissingError:
            return None
        models.gather(self.home.tessdata)
        return Engine(program, self.home.tessdata, models.available(self.home.tessdata))

    @cached_property
    def reader(self) -> Reader | None:
        """Which way the engine is used for reading pages; trying it out takes a second, so only for who will read."""
        return engines.choose(self.settings, self.engine, self.pool) if self.engine else None

    def close(self) -> None:
        """Ends the page processes and threads that were started."""
        for name in ("pool", "threads"):
            if name in self.__dict__:
                getattr(self, name).close() if name == "pool" else getattr(self, name).shutdown()


_lock = threading.Lock()


def workshop() -> Workshop:
    """The workshop of this process, made from the environment at the first call (tasks of a flow share it)."""
    with _lock:
        return _workshop()


@functools.cache
def _workshop() -> Workshop:
    return Workshop(Settings.from_environment())
