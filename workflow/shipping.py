"""The event chain on its way between catalogue and stores: each store keeps all of it, in segments written once.

What a store lacks is found from what it has, so whoever is killed on the way has only left work. A log that is not the
beginning of ours is one case, and nothing is added to it; one that was cut is one case too, and is made whole.
"""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime

from catalog import cases, chain, known_stores
from catalog.fixity_values import Case, CaseKind, CaseState
from core.errors import StorageError
from core.events import Event
from fixity.chain import read_segment, segments
from storage import events as logs
from storage.layout import EVENTS, NOTES, case_id, segment_key
from storage.stores import Store
from workflow import crashing, storekeeping
from workflow.history import program_id
from workflow.leases import leased
from workflow.workshop import Workshop

MOST = 1000  # events in a segment
PATIENCE = 30.0  # seconds that an event may wait for others, so that a busy day does not make a file an item
log = logging.getLogger(__name__)


def ship(shop: Workshop, *, patience: float = 0.0) -> int:
    """How many segments were written: every store that answers has the whole chain and its notes afterwards.

    Events wait for company until the oldest is `patience` seconds old. Only one process ships at a time; another one
    does nothing.
    """
    with leased(shop.home, "shipping") as free:
        if not free:
            return 0
        return sum(_ship(shop, store, patience) for store in storekeeping.standing(shop))


def import_missing(shop: Workshop) -> int:
    """How many events the catalogue took from the stores' logs: for a start, before anything is appended.

    A catalogue that was lost, or put back from a backup, is behind. Where a log does not link to it, that is a case.
    """
    return sum(_import(shop, store) for store in shop.stores if storekeeping.is_ours(shop, store))


def shipped(shop: Workshop, store: Store) -> int:
    """The number of the last event that the store was seen to have, 0 when it never had any."""
    return _span(_last_segment(shop, store))[1]


def _last_segment(shop: Workshop, store: Store) -> str:
    """The name of the newest segment that the store was seen to have, "" when it never had any."""
    known = known_stores.get(shop.catalog, store.name)
    try:
        store_id, name = (shop.home.shipped / store.name).read_text().split()
    except (FileNotFoundError, ValueError):
        return ""
    return name if known and known.store_id == store_id else ""


def _ship(shop: Workshop, store: Store, patience: float) -> int:
    try:
        if _is_quiet(shop, shipped(shop, store), patience):
            return 0
        if not agrees(shop, store):
            return 0
        return _send(shop, store)
    except StorageError as error:
        log.warning('The event log could not be brought to the store "%s": %s', store.name, error)
        return 0


def _is_quiet(shop: Workshop, last: int, patience: float) -> bool:
    """True when nothing is to be sent, or what is may wait."""
    oldest = chain.get(shop.catalog, last + 1)
    return oldest is None or (datetime.now(UTC) - oldest.deed.at).total_seconds() < patience


def _send(shop: Workshop, store: Store) -> int:
    """Notes first: an event in a store never names words that the store has not."""
    newest, made = _newest_name(store), 0
    _send_notes(shop, store)
    for name, text in segments(chain.events(shop.catalog, after=_span(newest)[1]), MOST):
        made += logs.put_segment(store, name, text)
        crashing.step("ship.segment")
        newest = name
    _remember(shop, store, newest)
    return made


def _send_notes(shop: Workshop, store: Store) -> None:
    held = {listed.key.rpartition("/")[2].removesuffix(".txt") for listed in store.listing(f"{EVENTS}/{NOTES}/")}
    for digest, text in chain.notes(shop.catalog):
        if digest not in held:
            logs.put_note(store, digest, text)


def agrees(shop: Workshop, store: Store) -> bool:
    """True when the newest event that the store has is ours, or it has none; else a case is open.

    That all of its log is ours is for `muniment audit --chain` to say.
    """
    last = last_number(store)
    if last < shipped(shop, store):
        if store.size(segment_key(_last_segment(shop, store))) is not None:
            return False  # the listing lags behind: it decides nothing, and the next look may see more
        _open(shop, store, f"The log ended at event {last}, and {shipped(shop, store):,} had been written to it")
    if not last:
        return True
    try:
        their = _newest(store)
    except ValueError as error:
        return _open(shop, store, str(error))
    our = chain.get(shop.catalog, their.number)
    if our is None or our.digest != their.digest:
        return _open(shop, store, f"Event {their.number} is not the one of the catalogue")
    return True


def last_number(store: Store) -> int:
    """The number of the newest event in the store, by the names of its segments."""
    return _span(_newest_name(store))[1]


def _newest_name(store: Store) -> str:
    return max(logs.segments(store), key=lambda one: _span(one)[1], default="")


def _newest(store: Store) -> Event:
    name = _newest_name(store)
    return read_segment(name, store.get(f"{EVENTS}/{name}").decode(errors="replace"))[-1]


def _import(shop: Workshop, store: Store) -> int:
    head = chain.head(shop.catalog)
    known = head.number if head else 0
    try:
        last = last_number(store)
        if last <= known:
            return 0
        new = chain.import_events(shop.catalog, _after(store, known))
        for _, text in logs.notes(store):
            if text:
                chain.note(shop.catalog, text)
    except StorageError as error:
        log.warning('The event log of the store "%s" could not be read: %s', store.name, error)
        return 0
    except ValueError as error:
        _open(shop, store, str(error))
        return 0
    log.info('%s events were taken from the log of the store "%s".', new, store.name)
    return new


def _after(store: Store, number: int) -> Iterator[Event]:
    for name, text in logs.read_segments(store):
        if _span(name)[1] > number:
            yield from read_segment(name, text)


def _span(name: str) -> tuple[int, int]:
    """First and last number of a segment; a file of another name is none, and is told by the audit."""
    first, _, last = name.removesuffix(logs.ENDING).partition("-")
    return (int(first), int(last)) if first.isdigit() and last.isdigit() else (0, 0)


def _remember(shop: Workshop, store: Store, name: str) -> None:
    known = known_stores.get(shop.catalog, store.name)
    shop.home.shipped.mkdir(parents=True, exist_ok=True)
    new = shop.home.shipped / f".{store.name}.new"
    new.write_text(f"{known.store_id if known else ''} {name}")
    new.replace(shop.home.shipped / store.name)


def _open(shop: Workshop, store: Store, sentence: str) -> bool:
    """A case about this store's log; False, as nothing may be added to it."""
    now = datetime.now(UTC)
    case = Case(
        id=case_id(store.name, f"\0{CaseKind.CHAIN}"),
        kind=CaseKind.CHAIN,
        state=CaseState.OPEN,
        store=store.name,
        key="",
        item="",
        file="",
        hint=f'The event log in the store "{store.name}" is not ours: {sentence}. Run `muniment audit --chain`.',
        opened=now,
        changed=now,
    )
    cases.open_or_reopen(shop.catalog, case, agent=program_id(), run="")
    return False
