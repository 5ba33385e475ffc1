"""The event chain, verified from its first event: in the catalogue, in every store, and against every anchored head."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from catalog import audits, chain
from core.errors import ConfigurationError, StorageError
from core.events import Event
from fixity.chain import Break, check_anchors, compare, head, read_segment, verify
from storage.events import read_segments
from storage.stores import Store
from workflow import shipping
from workflow.homes import Home
from workflow.workshop import Workshop

CATALOGUE = "catalogue"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """How many events the catalogue's log has, its head as "NUMBER:DIGEST", and where it breaks, by place.

    `unread` are the stores whose log could not be read, with the reason.
    """

    events: int
    head: str
    breaks: tuple[tuple[str, Break], ...]
    unread: tuple[tuple[str, str], ...] = ()

    @property
    def ok(self) -> bool:
        """True when no log breaks anywhere."""
        return not self.breaks

    @property
    def sentence(self) -> str:
        """The breaks in words; "" when there are none."""
        return " ".join(f"In the {_place(where)}: {one.sentence}" for where, one in self.breaks)

    def as_json(self) -> dict[str, Any]:
        """What `muniment audit --chain --json` tells."""
        return {
            "events": self.events,
            "head": self.head,
            "ok": self.ok,
            "breaks": [{"where": where, "number": one.number, "sentence": one.sentence} for where, one in self.breaks],
            "unread": [{"where": where, "sentence": sentence} for where, sentence in self.unread],
        }


def verify_chain(shop: Workshop, *, head_given: str = "", stores: tuple[Store, ...] | None = None) -> ChainReport:
    """What a walk through the whole log found. `head_given` is a head that somebody kept: it must be in the log.

    Raises:
        ConfigurationError: the head given is none.
    """
    breaks: list[tuple[str, Break]] = []
    unread: list[tuple[str, str]] = []
    seen = _Counted(shop)
    if found := seen.verified() or _anchored(shop, head_given):
        breaks.append((CATALOGUE, found))
    for store in shop.stores if stores is None else stores:
        try:
            if found := _store_break(shop, store, seen.count):
                breaks.append((store.name, found))
        except StorageError as error:
            unread.append((store.name, str(error)))
    return ChainReport(events=seen.count, head=seen.head, breaks=tuple(breaks), unread=tuple(unread))


def anchor(home: Home, head: str) -> None:
    """Adds the head to the file `anchors`, which lies outside catalogue and stores."""
    with (home.folder / "anchors").open("a") as file:
        file.write(f"{datetime.now(UTC).isoformat(timespec='seconds')} {head}\n")


def present_head(shop: Workshop) -> str:
    """The head of the catalogue's log as it is now, unverified."""
    number, digest = chain.end(shop.catalog)
    return f"{number}:{digest}"


class _Counted:
    """The catalogue's log, verified once; its length and head are known afterwards."""

    def __init__(self, shop: Workshop) -> None:
        self._shop = shop
        self._last: Event | None = None
        self.count = 0

    @property
    def head(self) -> str:
        """The last event that was gone over."""
        return head(self._last)

    def verified(self) -> Break | None:
        """Where it breaks first, None when it does not."""
        try:
            return verify(self._events())
        except ValueError as error:
            return Break(self.count + 1, str(error))

    def _events(self) -> Iterator[Event]:
        for event in chain.events(self._shop.catalog):
            yield event
            self._last, self.count = event, self.count + 1


def _anchored(shop: Workshop, head_given: str) -> Break | None:
    """Where the log is not the one that was anchored: in the file, at the end of each run, or by the head given."""
    file = shop.home.folder / "anchors"
    kept = file.read_text().splitlines() if file.exists() else []
    runs = [run.head for run in audits.latest(shop.catalog) if run.head]
    if head_given and (wrong := check_anchors((), [head_given])) and wrong.number == 0:
        raise ConfigurationError(f'"{head_given}" is no head of the log: write NUMBER:DIGEST as in the digest mail.')
    return check_anchors(chain.events(shop.catalog), [*kept, *runs, *([head_given] if head_given else [])])


def _store_break(shop: Workshop, store: Store, ours: int) -> Break | None:
    """Where the store's log parts from the catalogue's; one that has events that the catalogue lacks is a break too."""
    last = 0

    def theirs() -> Iterator[Event]:
        nonlocal last
        for name, text in read_segments(store):
            for event in read_segment(name, text):
                last = max(last, event.number)
                yield event

    try:
        found = compare(_readable(shop), theirs(), shipped=shipping.shipped(shop, store))
    except ValueError as error:
        return Break(last + 1, str(error))
    if found is None and last > ours and last > chain.end(shop.catalog)[0]:
        return Break(
            ours + 1,
            f"The catalogue's log ends at event {ours}, this one goes on to event {last}: the catalogue lost events.",
        )
    return found


def _readable(shop: Workshop) -> Iterator[Event]:
    """The catalogue's events up to the first line that is none: that one is its own break, and no store's."""
    with contextlib.suppress(ValueError):
        yield from chain.events(shop.catalog)


def _place(where: str) -> str:
    return "catalogue" if where == CATALOGUE else f'store "{where}"'
