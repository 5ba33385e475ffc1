"""`muniment doctor`: tries what must work, and says in plain sentences what does not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from catalog import known_stores
from core.errors import MunimentError, StorageError
from ocr.tesseract import TesseractEngine
from storage.probe import probe
from workflow import engines, fixity_checks, queueing, runfile
from workflow.checks import Check
from workflow.storekeeping import SWAPPED
from workflow.workshop import Workshop

SILENT_SECONDS = 15.0  # the worker gives a sign of life every two


@dataclass(frozen=True, slots=True)
class Examination:
    """Everything that was tried."""

    checks: tuple[Check, ...]

    @property
    def well(self) -> bool:
        """True when all of it works."""
        return all(check.ok for check in self.checks)

    def as_json(self) -> dict[str, Any]:
        """The contract's document."""
        checks = [{"name": one.name, "ok": one.ok, "sentence": one.sentence} for one in self.checks]
        return {"well": self.well, "checks": checks}


def examine(shop: Workshop) -> Examination:
    """Services, stores, audits, alerts and languages; stores are tried in a place of their own, cleared afterwards."""
    return Examination((*_services(shop), *_stores(shop), *fixity_checks.checks(shop), *_languages(shop)))


def print_examination(found: Examination, say: Callable[[str], None]) -> None:
    """One line a check."""
    for check in found.checks:
        say(f"{'ok  ' if check.ok else 'BAD '} {check.name}: {check.sentence}")
    say("All is well." if found.well else "Something needs you.")


def _services(shop: Workshop) -> Iterator[Check]:
    try:
        run = runfile.running(shop.home)
    except MunimentError as error:
        yield Check("services", False, str(error))
        return
    yield Check("services", True, f"Muniment runs as process {run.pid} at {run.viewer}.")
    up = queueing.deployed(run.prefect_api)
    said = "takes batches" if up else "knows no worker: look into the worker's log and start again"
    yield Check("queue", up, f"Prefect at {run.prefect_api} {said}.")
    alive = shop.home.worker_silence < SILENT_SECONDS
    said = "is alive" if alive else "gives no sign of life: look into its log and start again"
    yield Check("worker", alive, f"The worker {said}.")


def _stores(shop: Workshop) -> Iterator[Check]:
    try:
        stores = shop.stores
    except MunimentError as error:
        yield Check("stores", False, str(error))
        return
    for store in stores:
        known = known_stores.get(shop.catalog, store.name)
        if known and known.state == SWAPPED:
            yield Check(store.name, False, known.sentence)  # another store stands there: nothing is written to it
            continue
        try:
            yield from (Check(f"{store.name}: {one.name}", one.ok, one.sentence) for one in probe(store))
        except StorageError as error:
            yield Check(store.name, False, str(error))


def _languages(shop: Workshop) -> Iterator[Check]:
    engine, reader = shop.engine, shop.reader
    if engine is None or reader is None:
        yield Check("text", False, "No Tesseract was found: install it, or set MUNIMENT_TESSERACT to its program.")
        return
    known = ", ".join(engine.available)
    try:
        version = reader.version or _version(engine)
    except MunimentError as error:
        yield Check("text", False, str(error))
        return
    what = "built into tesserocr" if reader.name == engines.LIBRARY else f'"{engine.program}"'
    said = f"Tesseract {version} ({what}: {reader.why}) reads: {known or 'no language at all'}."
    yield Check("text", reader.works and bool(engine.available), said)


def _version(engine: engines.Engine) -> str:
    """The program's version; also tells whether the program and a model are there at all."""
    if not engine.available:
        return "of unknown version"
    return TesseractEngine(engine.program, engine.tessdata).described(engine.available[:1]).version
