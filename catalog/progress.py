"""How batches move on: every step is one transaction and safe to repeat."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from catalog.columns import now
from catalog.database import Catalog
from catalog.rows import put, put_new
from catalog.tables import batches, job_pages, jobs
from catalog.values import BATCH_STATES, JOB_STATES, JobSeed
from core import ids
from core.errors import NotFoundError
from core.problems import Problem

BROUGHT_IN = ("awaiting", "published", "withdrawn", "stored")


def create(cat: Catalog, *, name: str, path: str, publish: bool, new_version: bool, agent: str) -> str:
    """The id of a new batch, which is queued and was never started: its attempt is 0."""
    row = {
        "id": ids.mint(),
        "name": name,
        "path": path,
        "publish": publish,
        "new_version": new_version,
        "state": "queued",
        "sentence": "",
        "attempt": 0,
        "created": now(),
        "agent": agent,
    }
    with cat.writing() as connection:
        connection.execute(insert(batches), row)
    return str(row["id"])


def raise_attempt(cat: Catalog, batch_id: str) -> int:
    """The number of the new attempt, from 1; the batch is queued again and every earlier attempt is void.

    Raises:
        NotFoundError: there is no such batch.
    """
    raised = {"attempt": batches.c.attempt + 1, "state": "queued", "sentence": "", "finished": None}
    with cat.writing() as connection:
        _change_batch(connection, batch_id, raised)
        return int(connection.execute(select(batches.c.attempt).where(batches.c.id == batch_id)).scalar_one())


def begin(cat: Catalog, batch_id: str, attempt: int) -> bool:
    """True when this attempt is the current one, and then the batch is running; False: the caller stops.

    Raises:
        NotFoundError: there is no such batch.
    """
    with cat.writing() as connection:
        current = connection.execute(select(batches.c.attempt).where(batches.c.id == batch_id)).scalar()
        if current is not None and current != attempt:
            return False
        _change_batch(connection, batch_id, {"state": "running", "started": now(), "finished": None})
        return True


def set_jobs(cat: Catalog, batch_id: str, seeds: Sequence[JobSeed]) -> None:
    """Gives the batch its submissions; those it has already keep their state and may get another place.

    Jobs whose submission is gone go with their pages, but for those that brought an item in.

    Raises:
        NotFoundError: there is no such batch.
    """
    fresh: dict[str, Any] = {"state": "queued", "pages": 0, "sentence": "", "problems": []}
    rows = [{"batch_id": batch_id, "folder": seed.folder, "position": seed.position} for seed in seeds]
    with cat.writing() as connection:
        _change_batch(connection, batch_id, {"id": batch_id})
        put_new(connection, jobs, [{**row, **fresh} for row in rows])
        for row in rows:
            _change_job(connection, batch_id, str(row["folder"]), {"position": row["position"]})
        _drop_jobs(connection, batch_id, {seed.folder for seed in seeds})


def update_job(
    cat: Catalog,
    batch_id: str,
    folder: str,
    *,
    state: str | None = None,
    item_id: str | None = None,
    pages: int | None = None,
    problems: Sequence[Problem] | None = None,
    sentence: str | None = None,
) -> None:
    """Changes what is given and leaves the rest; `problems` replaces all but those that `page_done` brought.

    Raises:
        NotFoundError: there is no such job.
        ValueError: the state is not one of `JOB_STATES`.
    """
    if state is not None and state not in JOB_STATES:
        raise ValueError(f'A job cannot be "{state}".')
    told = None if problems is None else [problem.as_json() for problem in problems]
    given = {"state": state, "item_id": item_id, "pages": pages, "problems": told, "sentence": sentence}
    with cat.writing() as connection:
        _change_job(connection, batch_id, folder, {name: value for name, value in given.items() if value is not None})


def tell_item(cat: Catalog, item_id: str, *, state: str) -> None:
    """Notes with every job that brought this item how it is now, and forgets what could not be done before.

    Raises:
        ValueError: the state is not one of `JOB_STATES`.
    """
    if state not in JOB_STATES:
        raise ValueError(f'A job cannot be "{state}".')
    with cat.writing() as connection:
        connection.execute(update(jobs).where(jobs.c.item_id == item_id).values(state=state, sentence=""))


def page_done(
    cat: Catalog, batch_id: str, folder: str, number: int, *, seconds: float, problem: Problem | None = None
) -> None:
    """Notes that a page (counted from 1) is done, how long it took, and what was wrong; a later note replaces it."""
    row = {
        "batch_id": batch_id,
        "folder": folder,
        "number": number,
        "seconds": seconds,
        "at": now(),
        "problem": problem.as_json() if problem else None,
    }
    with cat.writing() as connection:
        put(connection, job_pages, [row])


def finish(cat: Catalog, batch_id: str, *, state: str, sentence: str = "") -> None:
    """Ends the batch as "done" or "failed", with a sentence on why it failed.

    Raises:
        NotFoundError: there is no such batch.
        ValueError: the state is neither.
    """
    if state not in BATCH_STATES[2:]:
        raise ValueError(f'A batch cannot end as "{state}".')
    with cat.writing() as connection:
        _change_batch(connection, batch_id, {"state": state, "sentence": sentence, "finished": now()})


def note(cat: Catalog, batch_id: str, sentence: str) -> None:
    """Tells something of a batch that goes on; its next attempt that ends says how it ended."""
    with cat.writing() as connection:
        _change_batch(connection, batch_id, {"sentence": sentence})


def _drop_jobs(connection: Connection, batch_id: str, wanted: Collection[str]) -> None:
    """Drops the jobs of all other folders, but for those that brought an item in."""
    brought = jobs.c.state.in_(BROUGHT_IN) & jobs.c.item_id.is_not(None)
    found = connection.execute(select(jobs.c.folder).where(jobs.c.batch_id == batch_id, ~brought)).scalars().all()
    gone = [{"gone": folder} for folder in found if folder not in wanted]
    for table in (job_pages, jobs) if gone else ():
        place = (table.c.batch_id == batch_id) & (table.c.folder == bindparam("gone"))
        connection.execute(delete(table).where(place), gone)


def _change_batch(connection: Connection, batch_id: str, values: dict[str, Any]) -> None:
    if not connection.execute(update(batches).where(batches.c.id == batch_id).values(**values)).rowcount:
        raise NotFoundError(f'There is no batch "{batch_id}": run `muniment status` to see which there are.')


def _change_job(connection: Connection, batch_id: str, folder: str, values: dict[str, Any]) -> None:
    place = (jobs.c.batch_id == batch_id) & (jobs.c.folder == folder)
    if not connection.execute(update(jobs).where(place).values(values or {"folder": folder})).rowcount:
        raise NotFoundError(f'The batch "{batch_id}" has no folder "{folder}": run `muniment status {batch_id}`.')
