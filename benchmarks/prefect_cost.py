"""What Prefect costs beside the work: a batch whose pages are read, and the processor time that went into its running.

The batch's cost is that of `muniment run`'s whole tree and of the command, above idle, until everything has come to
rest; so is the server's and the worker's part, each by its own process. What Prefect costs in the process of the run
cannot be told from the work there: it is measured in a rehearsal, a flow with the same tasks as ours, on the same
server, whose stations do nothing.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.deliveries import small_batch, standard
from benchmarks.installation import Installation, running
from benchmarks.pictures import pictures, sources
from benchmarks.tables import save, table
from workflow import runfile
from workflow.homes import Home

COLUMNS = ("pages", "items", "batch CPU s", "server CPU s", "worker CPU s", "client CPU s", "Prefect CPU s", "share %")
ROOT = Path(__file__).resolve().parents[1]
REHEARSAL = """
import sys, resource
from types import SimpleNamespace
from prefect import flow
from prefect.futures import wait
from workflow import flows
from workflow.handfuls import handfuls
items, pages = int(sys.argv[1]), int(sys.argv[2])
def spent():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
class Nothing:
    view = SimpleNamespace(id="rehearsal")
    def check(self, few): pass
    store = read = shelve = check
class Work:
    models = ()
    def __init__(self, number):
        self.folder, self.pages = f"item-{number}", pages
    def images(self):
        return iter(())
@flow(name="rehearsal", validate_parameters=False)
def rehearsal():
    batch, works = Nothing(), [Work(number) for number in range(items)]
    wait([flows.check_items.submit(batch, few) for few in handfuls(works, pages=lambda work: work.pages)])
    wait(flows.take_in(batch, works))
    return "done"
before = spent()
rehearsal()
print(spent() - before)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Processor seconds of a batch, and of Prefect's three parts in it."""

    pages: int
    items: int
    batch: float
    server: float
    worker: float
    client: float

    @property
    def prefect(self) -> float:
        """All that Prefect spent."""
        return self.server + self.worker + self.client

    @property
    def share(self) -> float:
        """Prefect's part of the batch, in percent."""
        return 100 * self.prefect / self.batch


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure one batch and print one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.prefect_cost", description=__doc__)
    parser.add_argument("--scans", type=Path, default=standard(), help="a folder with page images of English text")
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--item", type=int, default=10, help="pages an item")
    chosen = parser.parse_args(arguments)
    scans = sources(chosen.scans)
    if not scans:
        raise SystemExit(f'There are no page images in "{chosen.scans}": name a folder of scans with --scans.')
    with tempfile.TemporaryDirectory(prefix="muniment-prefect-") as scratch, running(Path(scratch) / "home") as made:
        made.ingest(small_batch(Path(scratch) / "warm-up"))
        folder = pictures(
            scans, Path(scratch) / "batch", pages=chosen.pages, pages_an_item=chosen.item, first=0, kind="Text"
        )
        costs = measure(made, folder, pages=chosen.pages, pages_an_item=chosen.item)
    report(costs)


def measure(made: Installation, folder: Path, *, pages: int, pages_an_item: int) -> Costs:
    """What the batch cost, and Prefect in it.

    Raises:
        RuntimeError: not all pages came in.
    """
    run = runfile.running(Home(made.home))
    found = made.ingest_and_settle(folder, parts=[run.pids["prefect"], run.pids["worker"]])
    items = found.answer["items"]
    taken = sum(item["pages"] for item in items if item["state"] == "published")
    if taken != pages:
        raise RuntimeError(f"{taken} of {pages} pages came in.")
    server, worker = found.parts
    return Costs(
        pages=pages,
        items=len(items),
        batch=found.cost.cpu_seconds,
        server=server,
        worker=worker,
        client=rehearse(made, run.prefect_api, items=len(items), pages_an_item=pages_an_item),
    )


def rehearse(made: Installation, api: str, *, items: int, pages_an_item: int) -> float:
    """Processor seconds of a process that runs the same tasks with nothing in them, its imports left out."""
    quiet = {"PREFECT_API_URL": api, "PREFECT_HOME": str(made.home / "prefect"), "PREFECT_LOGGING_LEVEL": "WARNING"}
    quiet |= {"PREFECT_LOGGING_TO_API_ENABLED": "false", "PREFECT_TASK_RUNNER_THREAD_POOL_MAX_WORKERS": "18"}
    command = [sys.executable, "-c", REHEARSAL, str(items), str(pages_an_item)]
    done = subprocess.run(
        command, env={**made.environment, **quiet}, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    return float(done.stdout.split()[-1])


def report(costs: Costs) -> None:
    """Print the table and save it."""
    row = (costs.pages, costs.items, costs.batch, costs.server, costs.worker, costs.client, costs.prefect, costs.share)
    print(table(COLUMNS, [row]))
    result = asdict(costs) | {"prefect": costs.prefect, "share": costs.share, "cores": os.cpu_count()}
    print(f"Saved as {save('prefect_cost', result)}.")


if __name__ == "__main__":
    main()
