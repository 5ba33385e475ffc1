"""How far the alarm of a drill has come: planted, read, case opened, letter taken."""

from catalog import audits, cases, outbox
from catalog.fixity_values import Run, RunState
from viewer.fixity_actions import Waypoint
from workflow import drilling
from workflow.workshop import Workshop


def travel(shop: Workshop, run_id: str) -> tuple[Waypoint, ...]:
    """The waypoints in their order, without a time where the alarm has not come yet; () when it was no drill."""
    run = audits.get(shop.catalog, run_id)
    if run is None or run.kind != drilling.KIND:
        return ()
    opened, store = _case(shop, run)
    return (_planted(run, store), _read(run, store, opened), opened, _mail(shop, run))


def _case(shop: Workshop, run: Run) -> tuple[Waypoint, str]:
    """The case that the sentinel opened, and the store it was planted in."""
    for store in shop.stores:
        name = drilling.case_of(run.id, store.name)
        for deed in cases.timeline(shop.catalog, name):
            if deed.deed == "opened":
                return Waypoint(code="case", sentence="A case was opened for it.", at=deed.at, place=name), store.name
    return Waypoint(code="case", sentence="No case was opened for it yet.", at=None), ""


def _planted(run: Run, store: str) -> Waypoint:
    where = f' in the store "{store}"' if store else ""
    return Waypoint(code="planted", sentence=f"A damaged file was planted{where}.", at=run.started, place=store)


def _read(run: Run, store: str, opened: Waypoint) -> Waypoint:
    if run.state is RunState.VOID:
        return Waypoint(code="read", sentence=f"It was read and not flagged: {run.sentence}", at=None, place=store)
    if opened.at is None:
        return Waypoint(code="read", sentence="The audit has not read it yet.", at=None)
    return Waypoint(code="read", sentence="The audit read it in full and flagged it.", at=opened.at, place=store)


def _mail(shop: Workshop, run: Run) -> Waypoint:
    letters = [one for one in outbox.since(shop.catalog, run.started) if one.subject.startswith("[Drill]")]
    if not letters:
        return Waypoint(code="mail", sentence="The letter is not written yet.", at=None)
    letter = letters[0]
    if letter.sent:
        return Waypoint(code="mail", sentence="The letter was handed over.", at=letter.sent)
    if not shop.settings.channels:
        sentence = "The letter is written, and nobody is to get it: set MUNIMENT_ALERTS."
    else:
        sentence = f"The letter waits to be handed over. {letter.trouble}".strip()
    return Waypoint(code="mail", sentence=sentence, at=None)
