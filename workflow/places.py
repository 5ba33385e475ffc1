"""What one fire or theft would take, said in plain words, and what is known here for the NDSA levels."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations

from catalog import audits, copies, known_stores, people, runs
from core.errors import MunimentError
from fixity.levels import LevelFacts
from fixity.words import listing
from workflow.stands import Stand, houses, stands, tie
from workflow.workshop import Workshop

LOST = {2: "both", 3: "all three", 4: "all four"}
FIXED = timedelta(days=2)  # two nights


def shared(shop: Workshop) -> str:
    """What one fire or theft would take, in plain words that end in what to do about it."""
    try:
        found = stands(shop)
    except MunimentError as error:
        return f"Where the stores lie cannot be told: {error}"
    return " ".join(filter(None, (_told(found), _away(found))))


def level_facts(shop: Workshop, now: datetime | None = None) -> LevelFacts:
    """What the NDSA levels are judged by, from settings, catalogue and this machine; no store is asked.

    Raises:
        ConfigurationError: the stores cannot be opened.
    """
    found = stands(shop)
    apart = houses(found)
    whole = [one for one in found if next(copies.lacking(shop.catalog, [one.name]), None) is None]
    well = {store.name for store in known_stores.listing(shop.catalog) if store.state == "well"}
    return LevelFacts(
        copies=len(whole),
        places=len(apart),
        threats=len({words for house in apart if (words := _threats(shop, house))}),
        media=len({one.medium for one in found if one.spot}),
        fixed_interval=_by_the_schedule(shop, now or datetime.now(UTC)),
        log_stores=len(well & {one.name for one in found}),
        staff=sum(not person.disabled for person in people.everyone(shop.catalog)),
    )


def _told(found: Sequence[Stand]) -> str:
    if len(found) == 1:
        return f'There is one store only, "{found[0].name}": one fire or theft loses everything. Add a second one.'
    near, *others = houses(found)
    if len(near) == 1:
        return _apart(found)
    ties = {said for pair in combinations(near, 2) if (said := tie(*pair))}
    how = ties.pop() if len(ties) == 1 else "too close together"
    leaves = f", and leaves {_names([one for house in others for one in house])}" if others else ""
    lost = LOST.get(len(near), "all of them")
    broken = "broken disk, fire or theft" if how == "on one disk" else "fire or theft"
    remedy = "Put one of them on another disk, in another house."
    return f"The stores {_names(near)} lie {how}: one {broken} loses {lost}{leaves}. {remedy}"


def _apart(found: Sequence[Stand]) -> str:
    if all(one.words for one in found):
        return f"The stores {_names(found)} lie in different places: no single fire or theft takes all of them."
    return (
        f"The stores {_names(found)} lie on different machines, as far as can be told from here: "
        "say with ?place= in MUNIMENT_STORES where each stands."
    )


def _away(found: Sequence[Stand]) -> str:
    away = [one for one in found if one.spot is None]
    return f"Where {_names(away)} lies cannot be told while it is away." if away else ""


def _names(found: Sequence[Stand]) -> str:
    return listing([f'"{one.name}"' for one in found])


def _threats(shop: Workshop, house: Sequence[Stand]) -> str:
    """The threats that are told for the stores of one house, as one word to compare."""
    names = {one.name for one in house}
    return " ".join(sorted({store.terms.threats.casefold() for store in shop.stores if store.name in names})).strip()


def _by_the_schedule(shop: Workshop, now: datetime) -> bool:
    """True when the last night's audit came to its end, and no copy is overdue by the period of its store."""
    run = runs.last_finished(shop.catalog)
    if run is None or run.finished is None or not now - FIXED <= run.finished <= now:
        return False
    days = {store.name: store.terms.days or shop.settings.audit_days for store in shop.stores}
    held = (audits.coverage(shop.catalog, now - timedelta(days=number), name) for name, number in days.items())
    return not any(store.overdue for covered in held for store in covered)
