"""How far batches are."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, case, func, select

from catalog.columns import now
from catalog.database import Catalog
from catalog.tables import batches, job_pages, jobs
from catalog.values import BatchView, JobView
from core.problems import Problem

UNFINISHED = ("queued", "running")
LEFT_OUT = ("refused", "failed")

Place = tuple[str, str]  # batch id and folder


def get(cat: Catalog, batch_id: str) -> BatchView | None:
    """The batch with its jobs in order, or None when there is no such batch."""
    return next(iter(_views(cat, select(batches).where(batches.c.id == batch_id))), None)


def listing(cat: Catalog, *, limit: int = 50, offset: int = 0) -> tuple[BatchView, ...]:
    """The newest batches after the first `offset`, newest first."""
    query = select(batches).order_by(batches.c.created.desc(), batches.c.id)
    return _views(cat, query.limit(limit).offset(offset))


def count(cat: Catalog) -> int:
    """How many batches `listing` can list."""
    with cat.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(batches)).scalar_one())


def unfinished(cat: Catalog) -> tuple[BatchView, ...]:
    """The batches that are queued or running, oldest first."""
    return _views(cat, select(batches).where(batches.c.state.in_(UNFINISHED)).order_by(batches.c.created, batches.c.id))


def left_out(cat: Catalog, batch_ids: Sequence[str]) -> dict[str, tuple[JobView, ...]]:
    """What was refused or failed in those of these batches that have ended, by batch; batches without are left out."""
    query = (
        select(jobs)
        .join(batches, batches.c.id == jobs.c.batch_id)
        .where(batches.c.id.in_(batch_ids), batches.c.state.not_in(UNFINISHED), jobs.c.state.in_(LEFT_OUT))
        .order_by(jobs.c.position, jobs.c.folder)
    )
    found: dict[str, tuple[JobView, ...]] = {}
    with cat.reading() as connection:
        for row in connection.execute(query):
            found[row.batch_id] = (*found.get(row.batch_id, ()), _job(row, 0, []))
    return found


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
        counts, told = _counts(connection, ids), _told(connection, ids)
        rows = connection.execute(
            select(jobs).where(jobs.c.batch_id.in_(ids)).order_by(jobs.c.position, jobs.c.folder)
        ).all()
    listed: dict[str, list[JobView]] = {}
    before: Counter[str] = Counter()
    for row in rows:
        place = (row.batch_id, row.folder)
        done, earlier = counts.get(place, (0, 0))
        listed.setdefault(row.batch_id, []).append(_job(row, done, told.get(place, [])))
        before[row.batch_id] += earlier
    return tuple(
        BatchView(**row, jobs=tuple(listed.get(row["id"], ())), pages_before=before[row["id"]]) for row in found
    )


def _counts(connection: Connection, batch_ids: list[str]) -> dict[Place, tuple[int, int]]:
    """How many pages of each job are done, and how many were before the attempt began."""
    earlier = func.sum(case((job_pages.c.at < batches.c.started, 1), else_=0))
    query = (
        select(job_pages.c.batch_id, job_pages.c.folder, func.count(), earlier)
        .join(batches, batches.c.id == job_pages.c.batch_id)
        .where(job_pages.c.batch_id.in_(batch_ids))
        .group_by(job_pages.c.batch_id, job_pages.c.folder)
    )
    return {(batch_id, folder): (done, before) for batch_id, folder, done, before in connection.execute(query)}


def _told(connection: Connection, batch_ids: list[str]) -> dict[Place, list[dict[str, Any]]]:
    """The problems that pages brought, by job and in page order."""
    query = (
        select(job_pages.c.batch_id, job_pages.c.folder, job_pages.c.problem)
        .where(job_pages.c.batch_id.in_(batch_ids), job_pages.c.problem.is_not(None))
        .order_by(job_pages.c.number)
    )
    found: dict[Place, list[dict[str, Any]]] = {}
    for batch_id, folder, problem in connection.execute(query):
        found.setdefault((batch_id, folder), []).append(problem)
    return found


def _job(row: Row[Any], done: int, told: list[dict[str, Any]]) -> JobView:
    problems: list[Problem] = []
    for problem in map(Problem.from_json, [*row.problems, *told]):
        if problem not in problems:
            problems.append(problem)
    return JobView(
        folder=row.folder,
        position=row.position,
        item_id=row.item_id,
        state=row.state,
        pages=row.pages,
        pages_done=done,
        problems=tuple(problems),
        sentence=row.sentence,
    )
