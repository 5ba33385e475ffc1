"""What `check` and `ingest` answer about items: the JSON of the contract, and the same in words for people."""

from collections.abc import Callable, Sequence
from typing import Any

from catalog.values import BatchView, JobView
from core.problems import Problem
from workflow.itemwork import ItemWork


def problem_json(problem: Problem) -> dict[str, Any]:
    """One problem as the contract has it."""
    return {
        "code": problem.code,
        "severity": str(problem.severity),
        "page": problem.page,
        "sentence": problem.sentence,
    }


def checked_json(works: Sequence[ItemWork]) -> list[dict[str, Any]]:
    """The items of a checked batch."""
    return [
        {
            "item": work.folder,
            "id": work.held.item.id if work.held else None,
            "state": "refused" if work.refused else "ok",
            "pages": work.pages,
            "manifest": None,
            "problems": [problem_json(problem) for problem in work.problems],
        }
        for work in works
    ]


def ingested_json(batch: BatchView, public_url: str) -> list[dict[str, Any]]:
    """The items of an ingested batch."""
    return [_job_json(job, public_url) for job in batch.jobs]


def _job_json(job: JobView, public_url: str) -> dict[str, Any]:
    state = "stored" if job.state == "withdrawn" else job.state  # in, and not to be seen
    held = state in ("published", "awaiting", "stored")
    problems = [problem_json(problem) for problem in job.problems]
    return {
        "item": job.folder,
        "id": job.item_id,
        "state": state if held or state in ("refused", "failed") else "queued",
        "pages": job.pages,
        "manifest": f"{public_url}/iiif/presentation/3/{job.item_id}/manifest" if held else None,
        "problems": problems,
        **({"sentence": job.sentence} if job.sentence else {}),
    }


def print_problems(problems: Sequence[Problem], say: Callable[[str], None]) -> None:
    """What is odd about the drop folder itself, a line each."""
    for problem in problems:
        say(f"{problem.severity}: {problem.sentence}")


def count(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: 1 item, 27 items."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def print_items(found: Sequence[dict[str, Any]], say: Callable[[str], None]) -> None:
    """The items of `check` or `ingest` as lines of text, problems under the item they belong to."""
    for item in found:
        held = f"  {item['id']}" if item["id"] else ""
        say(f"{item['state']:10} {item['item']}  ({count(item['pages'], 'page')}){held}")
        if item.get("sentence"):
            say(f"    {item['sentence']}")
        for problem in item["problems"]:
            say(f"    {problem['severity']}: {problem['sentence']}")
    refused = sum(item["state"] in ("refused", "failed") for item in found)
    pages = sum(item["pages"] for item in found)
    rest = f"{count(refused, 'item')} refused." if refused else "nothing refused."
    say(f"{count(len(found), 'item')}, {count(pages, 'page')}; {rest}")
