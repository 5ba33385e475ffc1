"""Commands of the steward: audit and repair."""

from typing import Annotated

import typer

from workflow import speaking
from workflow.speaking import COMMAND_LINE, Json, leave, say, show, tell
from workflow.workshop import Workshop


class Answered(SystemExit):
    """The end of a command that has said all there is to say, also with the status of one that is not understood."""


def register(app: typer.Typer) -> None:
    """Nothing; the application knows these commands from now on."""
    for command in (audit, repair):
        app.command()(command)


def audit(
    everything: Annotated[bool, typer.Option("--all", help="Read everything, not only what is due.")] = False,
    log: Annotated[bool, typer.Option("--chain", help="Verify the event log from its first event instead.")] = False,
    head: Annotated[
        str, typer.Option(metavar="NUMBER:DIGEST", help="A head that somebody kept: it must be in the log.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Read copies in full and compare them with what was recorded."""
    from workflow import audit_report, auditing

    shop = speaking.running_workshop()
    if log or head:
        leave(not _told_chain(shop, head, as_json=as_json))
        return
    found = auditing.audit(shop, everything=everything, tell=tell)
    show(found.as_json()) if as_json else audit_report.print_audit(found, say)
    if found.exit_code:
        raise Answered(found.exit_code)


def repair(alert: Annotated[str, typer.Argument(metavar="ALERT")], as_json: Json = False) -> None:
    """Restore a damaged copy from a good one, read anew in the same act."""
    from workflow import repairing

    done = repairing.repair(speaking.running_workshop(), alert, COMMAND_LINE)
    show(done.as_json()) if as_json else say(done.sentence)
    leave(not done.done)


def _told_chain(shop: Workshop, head: str, *, as_json: bool) -> bool:
    """True when the log is whole everywhere; what was found is told."""
    from workflow import chain_checking

    found = chain_checking.verify_chain(shop, head_given=head)
    if as_json:
        show({"chain": found.as_json()})
        return found.ok
    for where, one in found.breaks:
        say(f"{where}: {one.sentence}")
    for where, sentence in found.unread:
        say(f"{where}: not verified, {sentence}")
    say(f"{found.events:,} events, head {found.head}: {'the log is whole.' if found.ok else 'the log is BROKEN.'}")
    return found.ok
