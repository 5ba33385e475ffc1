"""Batches on their way: what was queued, how far it is, and what was wrong with it."""

from catalog.inbox import inbox, inbox_drop, inbox_put
from catalog.progress import begin, create, finish, page_done, raise_attempt, set_jobs, update_job
from catalog.watching import get, listing, minutes_left, unfinished

__all__ = [
    "begin",
    "create",
    "finish",
    "get",
    "inbox",
    "inbox_drop",
    "inbox_put",
    "listing",
    "minutes_left",
    "page_done",
    "raise_attempt",
    "set_jobs",
    "unfinished",
    "update_job",
]
