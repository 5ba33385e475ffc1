"""The road of a batch as Prefect flows: they name the stations in order and nothing else.

What a station does stands in `workflow.batchwork`; a task is one sentence and one call, for a handful of small items
or of pages. Prefect keeps the queue, the tries and the record of runs; what is done is known by our catalogue and the
stores alone. The trouble of one item is no other's: a task that failed stops none that follows it.
"""

from collections.abc import Sequence
from typing import Any

from prefect import allow_failure, flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.futures import PrefectFuture, wait

from core.errors import PageProcessError, StorageError
from core.submission import Submission
from workflow import batchwork
from workflow.batchwork import BatchWork
from workflow.handfuls import Handful, handfuls, pages_of
from workflow.itemwork import ItemWork
from workflow.progress import Progress
from workflow.workshop import workshop


@flow(name="ingest-batch", flow_run_name="ingest-batch-{batch_id}-{attempt}", validate_parameters=False)
def ingest_batch(batch_id: str, attempt: int) -> str:
    """How the batch ended: every item judged, the good ones taken in, the others told why.

    Safe to repeat: what is in already is answered, what was done already is not done again.
    """
    with batchwork.opened(workshop(), batch_id, attempt) as batch:
        if batch is None:
            return "overtaken"
        wait([check_items.submit(batch, few) for few in batch.submitted()])
        good = batch.judge()
        published = [publish_items.submit(batch, few) for few in batch.drafts()]
        wait([*published, *take_in(batch, good)])
        return batch.finish()


def take_in(batch: BatchWork, works: Sequence[ItemWork]) -> list[PrefectFuture[None]]:
    """The last task of every item: masters stored first, pages read long ones first, each item shelved when whole."""
    pages: dict[PrefectFuture[None], int] = {}
    shelved = []
    for few in handfuls(works, pages=lambda work: work.pages):
        after = [allow_failure(store_masters.submit(batch, few))]
        for some in pages_of(few):
            future = read_pages.submit(batch, some, return_state=False, wait_for=after[:1])
            pages[future] = len(some)
            after.append(allow_failure(future))
        shelved.append(shelve_items.submit(batch, few, return_state=False, wait_for=after))
    if pages:
        Progress(batch.view.id, pages=sum(pages.values())).follow(pages)
    return shelved


def _store_may_answer_later(_: Any, __: TaskRun, state: State[Any]) -> bool:
    return isinstance(state.result(raise_on_failure=False), StorageError)


def _page_may_come_out_later(_: Any, __: TaskRun, state: State[Any]) -> bool:
    return isinstance(state.result(raise_on_failure=False), PageProcessError)


@task(name="check-items", task_run_name="check {few}", cache_policy=NO_CACHE)
def check_items(batch: BatchWork, few: Handful[Submission]) -> None:
    """Stations 1 to 3: each item with all that is known of it and all its problems."""
    batch.check(few)


@task(
    name="publish-items",
    task_run_name="publish {few}",
    cache_policy=NO_CACHE,
    retries=3,
    retry_delay_seconds=[1, 5, 20],
    retry_condition_fn=_store_may_answer_later,
)
def publish_items(batch: BatchWork, few: Handful[ItemWork]) -> None:
    """Publishes items that came in as drafts before."""
    batch.publish(few)


@task(
    name="store-masters",
    task_run_name="store {few}",
    cache_policy=NO_CACHE,
    retries=3,
    retry_delay_seconds=[1, 5, 20],
    retry_condition_fn=_store_may_answer_later,
)
def store_masters(batch: BatchWork, few: Handful[ItemWork]) -> None:
    """Station 4: lasting ids, and the masters in the first store, read back in full."""
    batch.store(few)


@task(
    name="read-pages",
    task_run_name="read {some}",
    cache_policy=NO_CACHE,
    retries=1,
    retry_condition_fn=_page_may_come_out_later,
)
def read_pages(batch: BatchWork, some: Handful[tuple[ItemWork, int]]) -> None:
    """Stations 5 and 6: each page's text, access copy and thumbnail."""
    batch.read(some)


@task(
    name="shelve-items",
    task_run_name="shelve {few}",
    cache_policy=NO_CACHE,
    retries=3,
    retry_delay_seconds=[1, 5, 20],
    retry_condition_fn=_store_may_answer_later,
)
def shelve_items(batch: BatchWork, few: Handful[ItemWork]) -> None:
    """Stations 7 to 10: manifest, OCFL version, the other stores, the catalogue."""
    batch.shelve(few)
