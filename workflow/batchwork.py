"""One batch while it is worked on: its lease, its items, and what the catalogue is told of each step."""

import contextlib
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from catalog import batches, items
from catalog.values import BatchView, JobSeed
from core.errors import MunimentError, StoreUnavailableError, SubmissionError
from core.item import AccessState
from core.submission import Submission
from ingest.batches import read_batch
from workflow import leases, parking, receiving, storekeeping, visibility
from workflow.itemwork import ItemWork
from workflow.pages import PageDone
from workflow.reports import count
from workflow.workshop import Workshop

LEASE_SECONDS = 5.0
GROUP_PAGES = 200  # items are taken together up to so many pages: one flow run costs about a second
_open: dict[str, "BatchWork"] = {}
log = logging.getLogger(__name__)


class Settled(Protocol):
    """A task that has ended: Prefect's future, as far as it is needed here."""

    def result(self, timeout: float | None = None, raise_on_failure: bool = True) -> Any:
        """What it came back with: an exception, where it failed and is not raised."""


class Follower(Protocol):
    """Whoever shows how far the pages are."""

    def follow(self, futures: Sequence[Any]) -> None:
        """Waits for all of them and shows each that ended."""


class BatchWork:
    """The batch and the items in it, by folder."""

    def __init__(self, shop: Workshop, view: BatchView, submissions: Sequence[Submission], name: str) -> None:
        self.shop, self.view, self.submissions, self.name = shop, view, submissions, name
        self.works: dict[str, ItemWork] = {}
        self.progress: Follower | None = None

    def checking(self, submission: Submission, check: Callable[[], ItemWork]) -> ItemWork:
        """The checked item."""
        batches.update_job(self.shop.catalog, self.view.id, submission.folder, state="checking")
        return check()

    def judge(self, checked: Sequence[Any]) -> list[ItemWork]:
        """The items to take in; those refused, held already or not checkable are told to the catalogue at once."""
        for submission, result in zip(self.submissions, checked, strict=True):
            if _failed(result):
                self._fail(submission.folder, result)
        works = [result for result in checked if not _failed(result)]
        receiving.check_together(works)
        self.works = {work.folder: work for work in works}
        for work in works:
            if not self.view.new_version:
                receiving.refuse_held(work)
            self._tell(work)
        return [work for work in works if not work.refused and not work.complete]

    def _tell(self, work: ItemWork) -> None:
        state, item_id = "queued", None
        if work.refused:
            state = "refused"
        elif work.complete and work.held:
            state, item_id = job_state(work.held.state, waiting=work.held.waiting), work.held.item.id
        batches.update_job(
            self.shop.catalog,
            self.view.id,
            work.folder,
            state=state,
            item_id=item_id,
            pages=work.pages,
            problems=work.problems,
            sentence="",
        )

    def drafts(self) -> list[ItemWork]:
        """The items that are held as they arrived, as drafts, where this delivery is to be published."""
        held = [work for work in self.works.values() if work.complete and not work.refused]
        return [work for work in held if self.view.publish and work.held and work.held.state is AccessState.DRAFT]

    def publish(self, work: ItemWork) -> None:
        """Publishes an item that is held as a draft."""
        assert work.held is not None
        visibility.publish(self.shop, work.held.item.id, agent=self.view.agent)

    def reading(self, work: ItemWork) -> None:
        """Marks that the item's pages are being worked on."""
        batches.update_job(self.shop.catalog, self.view.id, work.folder, state="reading")

    def reserved(self, work: ItemWork) -> None:
        """Notes the item's id before anything is written to a store under it."""
        batches.update_job(self.shop.catalog, self.view.id, work.folder, item_id=work.described.id)

    def storing(self, work: ItemWork) -> None:
        """Marks that the item's package is being written to the stores."""
        batches.update_job(self.shop.catalog, self.view.id, work.folder, state="storing", item_id=work.described.id)

    def page_done(self, work: ItemWork, step: Callable[[], PageDone]) -> None:
        """Does the step and counts the page."""
        done = step()
        batches.page_done(
            self.shop.catalog,
            self.view.id,
            work.folder,
            done.number,
            seconds=done.seconds,
            problem=done.problem,
        )
        if done.problem and done.problem not in work.problems:
            work.problems.append(done.problem)

    def settle(self, work: ItemWork, steps: Sequence[Settled]) -> None:
        """Tells the catalogue how the item ended."""
        trouble = next((one for one in (step.result(raise_on_failure=False) for step in steps) if _failed(one)), None)
        if trouble is not None:
            self._fail(work.folder, trouble)
            return
        view = items.get(self.shop.catalog, work.held.item.id if work.held else work.described.id)
        state = job_state(view.item.access.state, waiting=view.waiting) if view else "failed"
        sentence = storekeeping.waits_for(self.shop, view.item.id) if view and state == "stored" else ""
        batches.update_job(
            self.shop.catalog, self.view.id, work.folder, state=state, sentence=sentence, problems=work.problems
        )

    def _fail(self, folder: str, trouble: BaseException) -> None:
        """We could not: the other items go on. When it was for want of a store, the batch is taken up again."""
        if isinstance(trouble, StoreUnavailableError):
            parking.park(self.shop.home, self.view.id)
        log.error('"%s" of batch %s could not be taken in.', folder, self.view.id, exc_info=trouble)
        sentence = sentence_of(trouble, folder)
        batches.update_job(self.shop.catalog, self.view.id, folder, state="failed", sentence=sentence)

    def finish(self) -> str:
        """Ends the batch in the catalogue and answers its state."""
        view = batches.get(self.shop.catalog, self.view.id)
        failed = sum(job.state == "failed" for job in view.jobs) if view else 0
        parked = parking.is_parked(self.shop.home, self.view.id)
        remedy = "no store took them; this is tried again by itself." if parked else "retry the batch."
        sentence = f"{count(failed, 'item')} could not be taken in: {remedy}" if failed else ""
        state = "failed" if failed else "done"
        batches.finish(self.shop.catalog, self.view.id, state=state, sentence=sentence)
        return state


def current(batch_id: str) -> BatchWork:
    """The batch that this process is working on."""
    return _open[batch_id]


@contextlib.contextmanager
def opened(shop: Workshop, batch_id: str, attempt: int) -> Iterator[BatchWork | None]:
    """The batch, held under a lease; None when it is somebody else's or this attempt is not the current one.

    A process that dies loses the lease with its life, so the batch can be taken up again at once.
    """
    with leased(shop, batch_id, patience=LEASE_SECONDS) as mine:
        if not mine or not batches.begin(shop.catalog, batch_id, attempt):
            yield None
            return
        try:
            _open[batch_id] = _read(shop, batch_id)
            yield _open[batch_id]
        except (MunimentError, OSError) as error:
            batches.finish(shop.catalog, batch_id, state="failed", sentence=sentence_of(error, batch_id))
            raise
        finally:
            _open.pop(batch_id, None)


def leased(shop: Workshop, batch_id: str, *, patience: float = 0.0) -> AbstractContextManager[bool]:
    """True while this process alone holds the batch's lock file; waits for it up to `patience` seconds."""
    return leases.leased(shop.home, batch_id, patience=patience)


def groups(works: Sequence[ItemWork]) -> Iterator[list[ItemWork]]:
    """The items in order, together up to `GROUP_PAGES` pages; a larger item stands alone."""
    group: list[ItemWork] = []
    for work in works:
        if group and sum(one.pages for one in group) + work.pages > GROUP_PAGES:
            yield group
            group = []
        group.append(work)
    if group:
        yield group


def long_pages_first(works: Sequence[ItemWork]) -> list[tuple[ItemWork, int]]:
    """Every page (from 1) of the items, those that are read for text first, the largest of them first.

    A long page that starts last would keep one core busy while the others idle.
    """
    pages = [(work, number, facts.megapixels) for work in works for number, (_, facts) in enumerate(work.images(), 1)]
    pages.sort(key=lambda page: (not page[0].models, -page[2]))
    return [(work, number) for work, number, _ in pages]


def job_state(access: AccessState, *, waiting: bool = False) -> str:
    """The state of an item that is in, in the words of a job; `waiting` says that a required store lacks it."""
    if waiting and access is not AccessState.WITHDRAWN:
        return "stored"
    return str(access) if access in (AccessState.PUBLISHED, AccessState.WITHDRAWN) else "awaiting"


def sentence_of(error: BaseException, name: str) -> str:
    """What a person is told about an error: our own sentences as they are, anything else without its innards."""
    if isinstance(error, MunimentError):
        return str(error)
    return f'"{name}" could not be taken in ({type(error).__name__}): retry the batch; the log has the details.'


def storing(shop: Workshop) -> set[str]:
    """The ids of the items that unfinished batches have come to."""
    return {job.item_id for view in batches.unfinished(shop.catalog) for job in view.jobs if job.item_id}


def _failed(result: Any) -> bool:
    return isinstance(result, BaseException)


def _read(shop: Workshop, batch_id: str) -> BatchWork:
    view = batches.get(shop.catalog, batch_id)
    assert view is not None
    batch = read_batch(_path(view))
    seeds = [JobSeed(submission.folder, place) for place, submission in enumerate(batch.submissions)]
    batches.set_jobs(shop.catalog, batch_id, seeds)
    return BatchWork(shop, view, batch.submissions, batch.name)


def _path(view: BatchView) -> Path:
    path = Path(view.path)
    if not path.is_dir():
        raise SubmissionError(f'The folder "{view.path}" is not there any more: put it back and retry the batch.')
    return path
