"""The audit as a Prefect flow: started every night by its schedule, and by whoever asks for one."""

import logging
from datetime import datetime

from prefect import flow
from prefect.runtime import flow_run
from prefect.schedules import Cron, Schedule
from tzlocal import get_localzone_name

from catalog import runs
from catalog.database import Catalog
from workflow import auditing, heartbeat
from workflow.workshop import workshop

NIGHTLY = "nightly"
log = logging.getLogger(__name__)


@flow(name="audit", flow_run_name="audit-{kind}", validate_parameters=False)
def audit(kind: str = NIGHTLY, everything: bool = False) -> str:
    """How the audit ended; a night that a later audit has made good is not audited again."""
    shop = workshop()
    if kind == NIGHTLY and made_good(shop.catalog, flow_run.scheduled_start_time):
        return "overtaken"
    report = auditing.audit(shop, everything=everything, kind=kind, tell=log.info)
    if report.void:
        return "void"
    return heartbeat.beat(shop) or "done"


def made_good(catalog: Catalog, planned: datetime) -> bool:
    """True when an audit that began after this planned time has come to its end.

    After days off all the nights that were missed are started one after another: the first one is enough.
    """
    last = runs.last_finished(catalog)
    return last is not None and last.started > planned


def schedule(time: str) -> Schedule:
    """Every night at this time (HH:MM) of this machine's time zone."""
    hour, minute = time.split(":")
    return Cron(f"{int(minute)} {int(hour)} * * *", timezone=_zone())


def _zone() -> str:
    try:
        return get_localzone_name() or "UTC"
    except (LookupError, ValueError, OSError):  # a machine whose settings name a zone that it does not have
        return "UTC"
