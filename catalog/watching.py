"""How far batches are."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Select, select

from catalog.columns import now
from catalog.database import Catalog
from catalog.tables import batches, job_pages, jobs
from catalog.values import BatchView, JobView
from core.problems import Problem

UNFINISHED = ("queued", "running")


def get(cat: Catalog, batch_id: str) -> BatchView | None:
    """The batch with its jobs in order, or None when there is no such batch."""
    return next(iter(_views(cat, select(batches).where(batches.c.id == batch_id))), None)


def listing(cat: Catalog, *, limit: int = 50) -> tuple[BatchView, ...]:
    """The newest batches, newest first."""
    return _views(cat, select(batches).order_by(batches.c.created.desc(), batches.c.id).limit(limit))


def unfinished(cat: Catalog) -> tuple[BatchView, ...]:
    """The batches that are queued or running, oldest first."""
    return _views(cat, select(batches).where(batches.c.state.in_(UNFINISHED)).order_by(batches.c.created, batches.c.id))


def minutes_left(view: BatchView) -> float | None:
    """How long the batch will take at the pace of its running attempt, or None when nothing can be said yet."""
    done = view.pages_done - view.pages_before
    if view.state != "running" or view.started is None or done <= 0:
        return None
    passed = (now() - view.started).total_seconds() / 60
    return max(0.0, passed / done * (view.pages - view.pages_done))


def _views(cat: Catalog, query: Select[Any]) -> tuple[BatchView, ...]:
    with cat.reading() as connection:
        found = connection.execute(query).mappings().all()
        ids = [row["id"] for row in found]
        done = _pages_done(connection, ids)
        jobs_of = _jobs(connection, ids, done)
    return tuple(
        BatchView(
            **row,
            jobs=tuple(jobs_of.get(row["id"], ())),
            pages_before=_before(row["started"], done, [(row["id"], job.folder) for job in jobs_of.get(row["id"], ())]),
        )
        for row in found
    )


def _pages_done(connection: Connection, batch_ids: list[str]) -> dict[tuple[str, str], list[Any]]:
    columns = (job_pages.c.batch_id, job_pages.c.folder, job_pages.c.at, job_pages.c.problem)
    query = select(*columns).where(job_pages.c.batch_id.in_(batch_ids)).order_by(job_pages.c.number)
    found: dict[tuple[str, str], list[Any]] = {}
    for row in connection.execute(query):
        found.setdefault((row.batch_id, row.folder), []).append(row)
    return found


def _jobs(
    connection: Connection, batch_ids: list[str], done: dict[tuple[str, str], list[Any]]
) -> dict[str, list[JobView]]:
    query = select(jobs).where(jobs.c.batch_id.in_(batch_ids)).order_by(jobs.c.position, jobs.c.folder)
    found: dict[str, list[JobView]] = {}
    for row in connection.execute(query):
        pages = done.get((row.batch_id, row.folder), [])
        told = [*row.problems, *(page.problem for page in pages if page.problem)]
        view = JobView(
            folder=row.folder,
            position=row.position,
            item_id=row.item_id,
            state=row.state,
            pages=row.pages,
            pages_done=len(pages),
            problems=_problems(told),
            sentence=row.sentence,
        )
        found.setdefault(row.batch_id, []).append(view)
    return found


def _problems(told: Iterable[dict[str, Any]]) -> tuple[Problem, ...]:
    once: list[Problem] = []
    for data in told:
        problem = Problem.from_json(data)
        if problem not in once:
            once.append(problem)
    return tuple(once)


def _before(started: Any, done: dict[tuple[str, str], list[Any]], places: list[tuple[str, str]]) -> int:
    return sum(started is None or page.at < started for place in places for page in done.get(place, ()))
