"""One batch while it is worked on: its lease, its items, and what the catalogue is told of each step."""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

from catalog import batches, items
from catalog.values import BatchView, JobSeed
from core.errors import MunimentError, StoreUnavailableError, SubmissionError
from core.item import AccessState
from core.submission import Submission
from ingest.batches import read_batch
from workflow import leases, pages, parking, receiving, shelving, storekeeping, visibility
from workflow.handfuls import Handful, handfuls, largest_first
from workflow.itemwork import ItemWork
from workflow.lanes import Lanes
from workflow.reports import count
from workflow.stations import Record, Step, by_hands
from workflow.workshop import Workshop

LEASE_SECONDS = 5.0
HANDS = 3  # items that are written to stores side by side; more gain nothing
log = logging.getLogger(__name__)


class BatchWork:
    """The batch and the items in it, by folder."""

    def __init__(self, shop: Workshop, view: BatchView, submissions: Sequence[Submission], name: str) -> None:
        self.shop, self.view, self.submissions, self.name = shop, view, submissions, name
        self.works: dict[str, ItemWork] = {}
        self.record = Record()
        self.lanes = Lanes(shop.settings.workers)
        self.hands = ThreadPoolExecutor(HANDS, thread_name_prefix="hand")
        self._order: dict[str, int] = {}  # the place of each item that is taken in
        self._left: dict[str, int] = {}  # how many of its pages are not done
        self._early: dict[str, Future[None]] = {}  # items that are shelved already while others are read
        self._lock = threading.Lock()

    def submitted(self) -> Sequence[Handful[Submission]]:
        """The submissions of the batch, small ones together."""
        return handfuls(self.submissions, pages=lambda submission: len(submission.files))

    def check(self, few: Handful[Submission]) -> None:
        """Stations 1 to 3: each item with all that is known of it and all its problems."""
        steps = [Step(one.folder, "check", partial(self._check, one)) for one in few]
        self.record.walk(steps, self.lanes.take)

    def judge(self) -> list[ItemWork]:
        """The items to take in, in their order; the others are told to the catalogue at once.

        Those with the largest pages to be read go first: a long page that starts last would keep one core busy while
        the others idle.
        """
        receiving.check_together(list(self.works.values()))
        for submission in self.submissions:
            if work := self.works.get(submission.folder):
                if not self.view.new_version:
                    receiving.refuse_held(work)
                self._tell(work)
        works = [self.works[one.folder] for one in self.submissions if one.folder in self.works]
        good = largest_first([work for work in works if not work.refused and not work.complete])
        self._order = {work.folder: place for place, work in enumerate(good)}
        return good

    def drafts(self) -> Sequence[Handful[ItemWork]]:
        """The items that are held as they arrived, as drafts, where this delivery is to be published."""
        held = [work for work in self.works.values() if work.complete and not work.refused]
        drafts = [work for work in held if work.held and work.held.state is AccessState.DRAFT]
        return handfuls(drafts if self.view.publish else [], pages=lambda _: 1)

    def publish(self, few: Handful[ItemWork]) -> None:
        """Publishes items that are held as drafts."""
        self._by_hands("publish", few, self._publish)

    def store(self, few: Handful[ItemWork]) -> None:
        """Station 4: lasting ids, and the masters in the first store, read back in full."""
        self._by_hands("store", few, self._store)

    def read(self, some: Handful[tuple[ItemWork, int]]) -> None:
        """Stations 5 and 6: each page's text, access copy and thumbnail; item by item, its largest pages first."""
        steps = []
        for work, number in some:
            rank = (self._order[work.folder], -work.described.pages[number - 1].facts.megapixels)
            steps.append(Step(work.folder, "read", partial(self._read, work, number), part=number, rank=rank))
        self.record.walk(steps, self.lanes.take)

    def shelve(self, few: Handful[ItemWork]) -> None:
        """Stations 7 to 10: manifest, OCFL version, the other stores, the catalogue."""
        self._by_hands("shelve", few, self._shelve)

    def close(self) -> None:
        """Nothing of the batch is worked on any more: pages that were not begun are given up, those in work ended."""
        self.lanes.close()
        self.hands.shutdown(wait=False, cancel_futures=True)
        self.shop.close()  # this process works on no other batch

    def _by_hands(self, station: str, few: Handful[Any], act: Callable[[Any], None]) -> None:
        self.record.walk([Step(one.folder, station, partial(act, one)) for one in few], by_hands(self.hands))

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

    def _check(self, submission: Submission) -> None:
        batches.update_job(self.shop.catalog, self.view.id, submission.folder, state="checking")
        self.works[submission.folder] = receiving.check_item(self.shop, submission, self.name, to_keep=True)

    def _publish(self, work: ItemWork) -> None:
        assert work.held is not None
        visibility.publish(self.shop, work.held.item.id, agent=self.view.agent)
        self._settle(work)

    def _store(self, work: ItemWork) -> None:
        pages.reserve(self.shop, work)
        # The id is known before anything is written to a store under it.
        self._change(work, state="reading", item_id=work.described.id)
        pages.stage_masters(self.shop, work)
        self._left[work.folder] = work.pages

    def _read(self, work: ItemWork, number: int) -> None:
        done = pages.read_page(self.shop, work, work.described.pages[number - 1])
        batches.page_done(
            self.shop.catalog, self.view.id, work.folder, done.number, seconds=done.seconds, problem=done.problem
        )
        if done.problem and done.problem not in work.problems:
            work.problems.append(done.problem)
        with self._lock:
            self._left[work.folder] -= 1
            if not self._left[work.folder]:  # beside the reading of others, not after it
                self._early[work.folder] = self.hands.submit(self._shelve_now, work)

    def _shelve(self, work: ItemWork) -> None:
        """Waits for the item where it is being shelved already; another try shelves it anew."""
        early = self._early.pop(work.folder, None)
        early.result() if early else self._shelve_now(work)

    def _shelve_now(self, work: ItemWork) -> None:
        self._change(work, state="storing", item_id=work.described.id)
        shelving.shelve(self.shop, work, self.view)
        self._settle(work)

    def _change(self, work: ItemWork, *, state: str, item_id: str) -> None:
        batches.update_job(self.shop.catalog, self.view.id, work.folder, state=state, item_id=item_id)

    def _settle(self, work: ItemWork) -> None:
        """Tells the catalogue how the item came in."""
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
        """Ends the batch in the catalogue and answers its state; an item that met with trouble has failed."""
        for submission in self.submissions:
            if trouble := self.record.trouble(submission.folder):
                self._fail(submission.folder, trouble)
        view = batches.get(self.shop.catalog, self.view.id)
        failed = sum(job.state == "failed" for job in view.jobs) if view else 0
        parked = parking.is_parked(self.shop.home, self.view.id)
        remedy = "no store took them; this is tried again by itself." if parked else "retry the batch."
        sentence = f"{count(failed, 'item')} could not be taken in: {remedy}" if failed else ""
        state = "failed" if failed else "done"
        batches.finish(self.shop.catalog, self.view.id, state=state, sentence=sentence)
        return state


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
            with contextlib.closing(_read(shop, batch_id)) as batch:
                yield batch
        except (MunimentError, OSError) as error:
            batches.finish(shop.catalog, batch_id, state="failed", sentence=sentence_of(error, batch_id))
            raise


def leased(shop: Workshop, batch_id: str, *, patience: float = 0.0) -> AbstractContextManager[bool]:
    """True while this process alone holds the batch's lock file; waits for it up to `patience` seconds."""
    return leases.leased(shop.home, batch_id, patience=patience)


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
