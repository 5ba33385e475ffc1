"""Audit runs: when there was one, and what it proved."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, select, update

from catalog.columns import now
from catalog.database import Catalog
from catalog.fixity_values import Run, RunState
from catalog.rows import put
from catalog.tables import runs
from core import ids

DRILL = "drill"


def begin(cat: Catalog, kind: str, at: datetime) -> str:
    """The id of a new run, which is running."""
    run = Run(id=ids.mint(), kind=kind, state=RunState.RUNNING, started=at, finished=None)
    finish(cat, run)
    return run.id


def finish(cat: Catalog, run: Run) -> None:
    """Keeps how the run is or how it ended; what was kept of it before is replaced."""
    with cat.writing() as connection:
        put(connection, runs, [asdict(run)])


def break_open(cat: Catalog, at: datetime) -> tuple[Run, ...]:
    """The runs that were left running, oldest first; they are broken now, and finished at this moment."""
    running = runs.c.state == RunState.RUNNING
    with cat.writing() as connection:
        left = connection.execute(select(runs.c.id).where(running)).scalars().all()
        connection.execute(update(runs).where(running).values(state=RunState.BROKEN, finished=at))
        query = select(runs).where(runs.c.id.in_(left)).order_by(runs.c.started, runs.c.id)
        return tuple(_run(row) for row in connection.execute(query))


def get(cat: Catalog, run_id: str) -> Run | None:
    """The run, or None when there was none with this id."""
    return next(iter(_runs(cat, select(runs).where(runs.c.id == run_id))), None)


def latest(cat: Catalog, n: int = 90) -> tuple[Run, ...]:
    """The newest runs, newest first."""
    return _runs(cat, select(runs).order_by(runs.c.started.desc(), runs.c.id).limit(n))


def last_finished(cat: Catalog) -> Run | None:
    """The newest run that proved something: it is done, no drill, and not of a time to come, when a clock was wrong."""
    done = and_(runs.c.state == RunState.DONE, runs.c.kind != DRILL, runs.c.started <= now(), runs.c.finished <= now())
    return next(iter(_runs(cat, select(runs).where(done).order_by(runs.c.started.desc()).limit(1))), None)


def _runs(cat: Catalog, query: Select[Any]) -> tuple[Run, ...]:
    with cat.reading() as connection:
        return tuple(_run(row) for row in connection.execute(query))


def _run(row: Row[Any]) -> Run:
    return Run(**{**row._mapping, "state": RunState(row.state)})
