"""Batches on their way: what was queued, how far it is, and what was wrong with it."""

from catalog.inbox import inbox, inbox_drop, inbox_put
from catalog.progress import begin, create, finish, note, page_done, raise_attempt, set_jobs, tell_item, update_job
from catalog.watching import count, get, left_out, listing, minutes_left, unfinished

__all__ = [
    "begin",
    "count",
    "create",
    "finish",
    "get",
    "inbox",
    "inbox_drop",
    "inbox_put",
    "left_out",
    "listing",
    "minutes_left",
    "note",
    "page_done",
    "raise_attempt",
    "set_jobs",
    "tell_item",
    "unfinished",
    "update_job",
]
