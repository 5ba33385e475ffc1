"""What `muniment doctor` finds out about audits and alerts: the schedule, who is told, what is late, the event log."""

from collections.abc import Iterator
from datetime import UTC, datetime

from catalog import chain, outbox, runs
from core.errors import MunimentError
from core.events import is_sound
from fixity.chain import head
from fixity.words import count, listing, moment
from workflow import places, queueing, runfile, watchman
from workflow.channels import channels
from workflow.checks import Check
from workflow.workshop import Workshop

LATE = frozenset({"nobody-told"})  # told by the check of the mail


def checks(shop: Workshop) -> Iterator[Check]:
    """All of them; nothing is changed and no message is sent."""
    yield from schedule(shop)
    yield from audits(shop)
    yield mail(shop)
    yield event_log(shop)
    yield Check("places", True, places.shared(shop))


def schedule(shop: Workshop) -> Iterator[Check]:
    """Whether Prefect will start the next night's audit; nothing where Muniment does not run."""
    run = runfile.read(shop.home)
    if run is None or not run.alive:
        return
    try:
        planned = queueing.next_audit(run.prefect_api)
    except MunimentError as error:
        yield Check("schedule", False, str(error))
        return
    if planned:
        yield Check("schedule", True, f"The next audit begins on {moment(planned.astimezone())}.")
    else:
        sentence = (
            "No audit is planned: restart `muniment run`, and look into the logs of worker and Prefect if it lasts."
        )
        yield Check("schedule", False, sentence)


def audits(shop: Workshop) -> Iterator[Check]:
    """What the dead-man's switch says, or when the last audit ended."""
    try:
        late = [one for one in watchman.warnings(shop, datetime.now(UTC)) if one.code not in LATE]
    except MunimentError as error:
        yield Check("audit", False, str(error))
        return
    yield from (Check("audit" if one.code != "heartbeat" else "heartbeat", False, one.sentence) for one in late)
    if not late:
        last = runs.last_finished(shop.catalog)
        said = f"The last audit ended on {moment(last.finished.astimezone())}" if last and last.finished else ""
        sentence = f"{said} and read {count(last.read, 'file')}." if said and last else "No audit has ended yet."
        yield Check("audit", True, sentence)


def mail(shop: Workshop) -> Check:
    """Whether every address of MUNIMENT_ALERTS can be understood; whether it answers shows when it is used."""
    known = channels(shop.settings.channels)
    if not known:
        kept = len(outbox.undelivered(shop.catalog))
        waiting = f" {count(kept, 'message')} went to nobody so far." if kept else ""
        return Check("mail", True, f"Nobody is told when a file is damaged: set MUNIMENT_ALERTS.{waiting}")
    wrong = [one.words for one in known if one.plugin is None]
    if wrong:
        return Check("mail", False, " ".join(wrong))
    return Check("mail", True, f"Alerts go to {listing([one.words for one in known])}.")


def event_log(shop: Workshop) -> Check:
    """Whether the newest event of the log is sound; `muniment audit --chain` reads all of it."""
    newest = chain.head(shop.catalog)
    if newest is None:
        return Check("event log", True, "The event log is empty: nothing was taken in yet.")
    if not is_sound(newest):
        sentence = f"Event {newest.number} was changed after it was written: run `muniment audit --chain`."
        return Check("event log", False, sentence)
    return Check("event log", True, f"The event log has {count(newest.number, 'event')}; its head is {head(newest)}.")
