"""`muniment ingest`: queues a batch and, if asked, watches it to its end."""

import time
from collections.abc import Callable
from pathlib import Path

from catalog import batches
from catalog.values import BatchView, JobSeed
from core.errors import NotFoundError
from core.problems import Problem
from ingest.batches import read_batch
from workflow import queueing, runfile
from workflow.reports import count
from workflow.workshop import Workshop

LOOK_SECONDS, LONGEST_LOOK_SECONDS = 0.1, 1.0
PATIENCE = 0.02  # of the time that went by: nobody waits noticeably longer for having waited long


def ingest(
    shop: Workshop,
    folder: Path,
    *,
    publish: bool,
    new_version: bool,
    agent: str,
    wait: bool,
    tell: Callable[[str], None],
) -> tuple[BatchView, tuple[Problem, ...]]:
    """The batch as it was queued or, after waiting, as it ended, and what is odd about the drop folder itself.

    Raises:
        SubmissionError: the folder is no batch.
        NotRunningError: the services are not there.
    """
    run = runfile.running(shop.home)
    batch = read_batch(folder)
    batch_id = batches.create(
        shop.catalog, name=batch.name, path=str(folder), publish=publish, new_version=new_version, agent=agent
    )
    seeds = [JobSeed(submission.folder, place) for place, submission in enumerate(batch.submissions)]
    batches.set_jobs(shop.catalog, batch_id, seeds)
    queueing.queue(shop.catalog, run.prefect_api, batch_id)
    if worker := run.pids.get("worker"):
        queueing.ring(worker)
    view = _view(shop, batch_id)
    said, begun = "", time.monotonic()
    while wait and view.state in ("queued", "running"):
        if (sentence := progress_sentence(view)) != said:
            tell(sentence)
            said = sentence
        time.sleep(min(max(LOOK_SECONDS, PATIENCE * (time.monotonic() - begun)), LONGEST_LOOK_SECONDS))
        runfile.running(shop.home)
        view = _view(shop, batch_id)
    return view, batch.problems


def progress_sentence(view: BatchView) -> str:
    """How far the batch is, in words."""
    if view.state == "queued" or not view.pages:
        return f'Batch {view.id} ("{view.name}") is being checked.' if view.jobs else f"Batch {view.id} is queued."
    return f"{view.pages_done:,} of {count(view.pages, 'page')} are read."


def public_url(shop: Workshop) -> str:
    """Where readers find the viewer."""
    return shop.settings.public_url or shop.settings.address


def _view(shop: Workshop, batch_id: str) -> BatchView:
    view = batches.get(shop.catalog, batch_id)
    if view is None:
        raise NotFoundError(f'There is no batch "{batch_id}": queue it again.')
    return view
