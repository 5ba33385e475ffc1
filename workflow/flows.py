"""The road of a batch as Prefect flows: they name the stations in order and nothing else.

What a station does stands in the module it is called from; a task is one sentence and one call. Prefect keeps the
queue, the tries and the record of runs; what is done is known by our catalogue and the stores alone.
"""

from typing import Any

from prefect import flow, tags, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.futures import PrefectFuture

from core.errors import PageProcessError, StorageError
from core.submission import Submission
from workflow import batchwork, pages, receiving, shelving
from workflow.batchwork import BatchWork
from workflow.itemwork import ItemWork
from workflow.progress import Progress
from workflow.workshop import workshop


@flow(name="ingest-batch", flow_run_name="ingest-batch-{batch_id}-{attempt}", validate_parameters=False)
def ingest_batch(batch_id: str, attempt: int) -> str:
    """How the batch ended: every item judged, the good ones taken in group by group, the others told why.

    Safe to repeat: what is in already is answered, what was done already is not done again.
    """
    with tags(f"batch:{batch_id}"), batchwork.opened(workshop(), batch_id, attempt) as batch:
        if batch is None:
            return "overtaken"
        checks = [check_item.submit(batch, submission) for submission in batch.submissions]
        good = batch.judge([check.result(raise_on_failure=False) for check in checks])
        published = [(work, publish_item.submit(batch, work)) for work in batch.drafts()]
        batch.progress = Progress(batch_id, pages=sum(work.pages for work in good))
        for group in batchwork.groups(good):
            ingest_item(batch_id, [work.folder for work in group])
        for work, future in published:
            batch.settle(work, [future])
        return batch.finish()


@flow(name="ingest-item", flow_run_name="ingest-item-{batch_id}", validate_parameters=False)
def ingest_item(batch_id: str, folders: list[str]) -> None:
    """Takes a group of items in: masters stored first, pages read long ones first, each item committed when whole."""
    batch = batchwork.current(batch_id)
    works = [batch.works[folder] for folder in folders]
    stored = {work.folder: reserve_item.submit(batch, work) for work in works}
    read: dict[str, list[PrefectFuture[Any]]] = {work.folder: [] for work in works}
    for work, number in batchwork.long_pages_first(works):
        after = [stored[work.folder]]
        read[work.folder].append(read_page.submit(batch, work, number, return_state=False, wait_for=after))
    shelved = []
    for work in works:
        after = [stored[work.folder], *read[work.folder]]
        shelved.append(shelve_item.submit(batch, work, return_state=False, wait_for=after))
    if batch.progress:
        batch.progress.follow([page for futures in read.values() for page in futures])
    for work, future in zip(works, shelved, strict=True):
        future.wait()
        batch.settle(work, [stored[work.folder], *read[work.folder], future])


def _store_may_answer_later(_: Any, __: TaskRun, state: State[Any]) -> bool:
    return isinstance(state.result(raise_on_failure=False), StorageError)


def _page_may_come_out_later(_: Any, __: TaskRun, state: State[Any]) -> bool:
    return isinstance(state.result(raise_on_failure=False), PageProcessError)


@task(
    name="publish-item",
    cache_policy=NO_CACHE,
    retries=3,
    retry_delay_seconds=[1, 5, 20],
    retry_condition_fn=_store_may_answer_later,
)
def publish_item(batch: BatchWork, work: ItemWork) -> None:
    """Publishes an item that came in as a draft before."""
    batch.publish(work)


@task(name="check-item", cache_policy=NO_CACHE)
def check_item(batch: BatchWork, submission: Submission) -> ItemWork:
    """Stations 1 to 3: the item with all that is known of it and all its problems."""
    return batch.checking(submission, lambda: receiving.check_item(workshop(), submission, batch.name))


@task(
    name="store-masters",
    cache_policy=NO_CACHE,
    retries=3,
    retry_delay_seconds=[1, 5, 20],
    retry_condition_fn=_store_may_answer_later,
)
def reserve_item(batch: BatchWork, work: ItemWork) -> None:
    """Station 4: lasting ids, and the masters in the first store, read back in full."""
    batch.reading(work)
    pages.reserve(workshop(), work)
    batch.reserved(work)
    pages.stage_masters(workshop(), work)


@task(
    name="read-page",
    task_run_name="read-page-{number}",
    cache_policy=NO_CACHE,
    retries=1,
    retry_condition_fn=_page_may_come_out_later,
)
def read_page(batch: BatchWork, work: ItemWork, number: int) -> None:
    """Stations 5 and 6: the page's text, access copy and thumbnail."""
    batch.page_done(work, lambda: pages.read_page(workshop(), work, work.described.pages[number - 1]))


@task(
    name="shelve-item",
    cache_policy=NO_CACHE,
    retries=3,
    retry_delay_seconds=[1, 5, 20],
    retry_condition_fn=_store_may_answer_later,
)
def shelve_item(batch: BatchWork, work: ItemWork) -> None:
    """Stations 7 to 10: manifest, OCFL version, the other stores, the catalogue."""
    batch.storing(work)
    shelving.shelve(workshop(), work, batch.view)
