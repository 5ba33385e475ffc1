"""Commands that keep the holdings alive: rebuild, replicate, purge, backup, restore, export."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from catalog import people
from catalog.values import Person, Role
from core.errors import ConfigurationError
from core.item import REASON_CLASSES
from workflow import speaking
from workflow.speaking import Json, leave, say, show, tell
from workflow.workshop import Workshop

STEWARDS = (Role.STEWARD, Role.ADMINISTRATOR)
Destination = Annotated[Path, typer.Argument(metavar="DEST", help="A new or empty folder.")]
Item = Annotated[str, typer.Argument(metavar="ITEM")]


def register(app: typer.Typer) -> None:
    """Nothing; the application knows these commands from now on."""
    for command in (rebuild, replicate, purge, backup, restore, export):
        app.command()(command)


def rebuild(as_json: Json = False) -> None:
    """Make the catalogue anew from the stores alone; safe to repeat."""
    from workflow import rebuilding

    found = rebuilding.rebuild(speaking.running_workshop(), tell=tell)
    show(found.as_json()) if as_json else rebuilding.print_rebuilt(found, say)
    leave(found.needs_somebody)


def replicate(
    to: Annotated[str, typer.Option("--to", metavar="STORE", help="The store to fill.")],
    source: Annotated[str, typer.Option("--from", metavar="STORE", help="Read from this store alone.")] = "",
    accept: Annotated[
        bool, typer.Option("--accept", help="Take an emptied or exchanged store as the new one.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Fill a new or emptied store from the others; safe to repeat."""
    from workflow import replicating

    shop = speaking.running_workshop()
    found = replicating.replicate(shop, to=to, source=source, accept=accept, tell=tell)
    show(found.as_json()) if as_json else replicating.print_replicated(found, say)
    leave(bool(found.failed))


def purge(
    item: Item,
    reason: Annotated[str, typer.Option(help="A reason class: " + ", ".join(REASON_CLASSES) + ".")],
    authority: Annotated[str, typer.Option(help="Who decided it, and in which document.")],
    steward: Annotated[str, typer.Option(help="The steward who asks.")],
    second: Annotated[str, typer.Option(help="Another steward, who agrees.")],
) -> None:
    """Erase an item everywhere, for ever; a tombstone stays. Two stewards give their passwords."""
    from workflow import purging

    shop = speaking.running_workshop()
    asks, agrees = _steward(shop, steward), _steward(shop, second)
    if asks.agent_id == agrees.agent_id:
        raise ConfigurationError("A purge needs two stewards: name two different people.")
    purging.ask(shop, item, reason=reason, authority=authority, agent=asks.agent_id)
    say(purging.agree(shop, item, agent=agrees.agent_id))


def backup(destination: Destination) -> None:
    """Write what the stores lack to a folder: people, settings, keys, batches, messages."""
    from workflow import backup as backups

    say(f'The backup is in "{backups.backup(speaking.workshop(), destination.absolute())}": keep it as you keep keys.')


def restore(
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="A folder that `muniment backup` wrote.")],
    replace: Annotated[bool, typer.Option("--replace", help="Even where there are people already.")] = False,
) -> None:
    """Put a backup into a new home; then start `muniment run`."""
    from workflow import backup as backups

    say(backups.restore(speaking.workshop(), source.absolute(), replace=replace))


def export(
    item: Item,
    destination: Destination,
    form: Annotated[str, typer.Option("--as", help="bag (BagIt 1.0) or ocfl (the object as it is).")] = "bag",
) -> None:
    """Write an item to a folder that needs no Muniment to be understood."""
    from workflow import exporting

    place = exporting.export(speaking.running_workshop(), item, destination.absolute(), form=form)
    say(f'"{item}" was written to "{place}", every byte verified.')


def _steward(shop: Workshop, name: str) -> Person:
    """The person of this name, who has just given their password: at the terminal, or as the next line of input."""
    if sys.stdin.isatty():
        password = str(typer.prompt(f"Password of {name}", hide_input=True))
    else:
        password = sys.stdin.readline().rstrip("\n")
    person = people.authenticate(shop.catalog, name, password)
    if person is None:
        raise ConfigurationError(f'"{name}" and this password do not go together: nothing was purged.')
    if person.role not in STEWARDS:
        raise ConfigurationError(f'"{name}" is {person.role}, and a purge needs two stewards: nothing was purged.')
    return person
