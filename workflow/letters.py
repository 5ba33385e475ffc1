"""The digest letter of an audit run: written into the outbox when it is worth sending."""

from datetime import UTC, datetime, timedelta

from catalog import audits, outbox
from catalog.fixity_values import Run
from fixity.due import Promise, promise
from fixity.messages import digest, worth_sending
from workflow import places
from workflow.audit_report import AuditReport
from workflow.workshop import Workshop


def write(shop: Workshop, run: Run, report: AuditReport) -> bool:
    """True when a letter about this run waits in the outbox now; quiet when nobody needs it."""
    now = datetime.now(UTC)
    if not worth_sending(run, report.cases, now=now.astimezone()):
        return False
    letter = digest(
        run,
        report.cases,
        promise=kept_promise(shop, now),
        canaries=canary_sentence(run),
        head=run.head,
        desk=f"{(shop.settings.public_url or shop.settings.address)}/fixity",
        places=places.shared(shop),
        house=shop.settings.institution,
    )
    outbox.put(shop.catalog, letter.subject, letter.body, now)
    return True


def kept_promise(shop: Workshop, now: datetime) -> Promise:
    """How much of all stores was read within their periods."""
    fresh = total = overdue = never = 0
    for store in shop.stores:
        since = now - timedelta(days=store.terms.days or shop.settings.audit_days)
        for one in audits.coverage(shop.catalog, since, store.name):
            fresh, total = fresh + one.fresh, total + one.files
            overdue, never = overdue + one.overdue, never + one.never
    return promise(fresh=fresh, total=total, overdue=overdue, never=never, days=shop.settings.audit_days)


def canary_sentence(run: Run) -> str:
    """What the canaries said, store by store."""
    return " ".join(f"{name}: {said['canaries']}." for name, said in run.stores.items()) or "none were read."
