"""The command line: each command parses, calls one function, and prints what came back.

With `--json` one document goes to standard output and nothing else; what is meant for people goes to standard error.
What only one command needs is imported by it: nobody waits a second for the libraries of the others.
"""

import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from core.errors import MunimentError
from core.item import REASON_CLASSES
from core.settings import Settings
from workflow import cli_fixity, cli_keeping
from workflow.speaking import COMMAND_LINE, Json, leave, running_workshop, say, show, tell, workshop

USAGE = 2  # the exit status of a command line that cannot be parsed

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="From the scanner to the reading room, and proof ever after that nothing was lost.",
)
user_app = typer.Typer(no_args_is_help=True, help="People who may log in.")
demo_app = typer.Typer(no_args_is_help=True, help="The sample batch.")
app.add_typer(user_app, name="user")
app.add_typer(demo_app, name="demo")

Batch = Annotated[Path, typer.Argument(help="A folder with one folder an item and, if you like, metadata.csv.")]


def main() -> None:
    """Runs the command; what we could not do becomes one sentence and an exit status."""
    try:
        _speak_to_this_machine_directly()
        app()
    except MunimentError as error:
        _could_not(error)
    except (OSError, UnicodeError) as error:
        _could_not(MunimentError(f"Something on this machine is in the way ({error}): mend it and try again."))
    except SystemExit as leaving:
        answered = isinstance(leaving, cli_fixity.Answered)
        if leaving.code == USAGE and "--json" in sys.argv and not answered:
            sentence = "The command is not understood: `muniment COMMAND --help` tells how it is used."
            show({"error": {"code": "usage", "sentence": sentence}})
        raise


def _speak_to_this_machine_directly() -> None:
    """Keeps a proxy, where one is set, away from our own services; they inherit the environment."""
    for name in ("no_proxy", "NO_PROXY"):
        known = [one for one in os.environ.get(name, "").split(",") if one]
        os.environ[name] = ",".join(dict.fromkeys([*known, "127.0.0.1", "localhost", "::1"]))


@app.command()
def run(with_demo: Annotated[bool, typer.Option("--demo", help="Take the sample batch in.")] = False) -> None:
    """Start everything and keep it running until Ctrl-C."""
    from workflow.supervisor import Supervisor

    settings = Settings.from_environment()
    # A relative path must mean the same to services, which stand in folders of their own.
    os.environ |= {"MUNIMENT_HOME": str(settings.home_folder), "MUNIMENT_INBOX": str(settings.inbox_folder)}
    Supervisor(settings, with_demo=with_demo, say=say).run()


@app.command()
def check(folder: Batch, as_json: Json = False) -> None:
    """Read and judge a batch; nothing is stored."""
    from workflow import receiving, reports

    shop = workshop()
    try:
        batch, works = receiving.check_batch(shop, folder.absolute())
    finally:
        shop.close()
    found = reports.checked_json(works)
    if as_json:
        problems = [reports.problem_json(problem) for problem in batch.problems]
        show({"batch": None, "items": found, "problems": problems})
    else:
        reports.print_items(found, say)
        reports.print_problems(batch.problems, say)
    leave(any(work.refused for work in works) or any(problem.refuses for problem in batch.problems))


@app.command()
def ingest(
    folder: Batch,
    wait: Annotated[bool, typer.Option("--wait", help="Show progress until the batch ends.")] = False,
    publish: Annotated[bool, typer.Option("--publish", help="Let readers see the items at once.")] = False,
    new_version: Annotated[
        bool, typer.Option("--new-version", help="Replace what is held under the same key.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Queue a batch; safe to repeat."""
    from workflow import ingesting, reports

    shop = workshop()
    view, odd = ingesting.ingest(
        shop, folder.absolute(), publish=publish, new_version=new_version, agent=COMMAND_LINE, wait=wait, tell=tell
    )
    found = reports.ingested_json(view, ingesting.public_url(shop))
    if as_json:
        show({"batch": view.id, "items": found, "problems": [reports.problem_json(problem) for problem in odd]})
    else:
        say(f"Batch {view.id}: {view.state}.{' ' + view.sentence if view.sentence else ''}")
        reports.print_items(found, say)
        reports.print_problems(odd, say)
    refused = any(job.state in ("refused", "failed") for job in view.jobs)
    leave(view.state == "failed" or refused or any(problem.refuses for problem in odd))


@app.command()
def status(
    batch: Annotated[str, typer.Argument(help="A batch's id; all when left out.")] = "", as_json: Json = False
) -> None:
    """Show batches, pages, problems and alarms."""
    from workflow import statuses

    shop = workshop()
    found = statuses.status_json(shop, batch)
    show(found) if as_json else statuses.print_status(found, say)


@app.command()
def publish(name: Annotated[str, typer.Argument(metavar="ITEM|BATCH")]) -> None:
    """Let readers see an item, or all items of a batch."""
    from workflow import ingesting, visibility

    shop = running_workshop()
    for item_id in visibility.drafts_of(shop, name):
        visibility.publish(shop, item_id, agent=COMMAND_LINE)
        say(f'"{item_id}" is published: {ingesting.public_url(shop)}/items/{item_id}')


@app.command()
def withdraw(
    name: Annotated[str, typer.Argument(metavar="ITEM|BATCH")],
    reason: Annotated[str, typer.Option(help="A reason class: " + ", ".join(REASON_CLASSES) + ".")] = "other",
) -> None:
    """Hide an item, or all items of a batch; their addresses say that they were withdrawn."""
    from workflow import visibility

    shop = running_workshop()
    for item_id in visibility.items_of(shop, name):
        visibility.withdraw(shop, item_id, reason=reason, agent=COMMAND_LINE)
        say(f'"{item_id}" is withdrawn; its address shows a tombstone.')


@app.command(name="doctor")
def examine(as_json: Json = False) -> None:
    """Try stores, languages and services, and say what is wrong with them."""
    from workflow import doctor

    found = doctor.examine(workshop())
    show(found.as_json()) if as_json else doctor.print_examination(found, say)
    leave(not found.well)


@user_app.command("add")
def user_add(
    name: str, role: Annotated[str, typer.Option(help="reader, archivist, steward or administrator.")]
) -> None:
    """Give somebody a login."""
    from catalog import people

    people.add(workshop().catalog, name, _password(), role)
    say(f'"{name}" can log in now, as {role}.')


@user_app.command("password")
def user_password(name: str) -> None:
    """Set somebody's password anew."""
    from catalog import people

    people.set_password(workshop().catalog, name, _password())
    say(f'The password of "{name}" is changed.')


@user_app.command("role")
def user_role(name: str, role: str) -> None:
    """Change what somebody may do."""
    from catalog import people

    people.set_role(workshop().catalog, name, role)
    say(f'"{name}" is {role} now.')


@user_app.command("disable")
def user_disable(name: str, enable: Annotated[bool, typer.Option("--enable", help="Undo it.")] = False) -> None:
    """Keep somebody out; what they did stays on record."""
    from catalog import people

    people.set_disabled(workshop().catalog, name, not enable)
    say(f'"{name}" {"can log in again" if enable else "cannot log in any more"}.')


@demo_app.command("remove")
def demo_remove() -> None:
    """Take the samples out of stores, catalogue and caches."""
    from workflow import demo, reports

    shop = running_workshop()
    ids = demo.item_ids(shop.catalog, shop.home)
    for item_id in ids:
        demo.remove_item(shop, item_id)
    demo.mark_removed(shop.home)
    say(f"{reports.count(len(ids), 'sample item')} removed; no later start brings them back.")


def _could_not(error: MunimentError) -> NoReturn:
    if "--json" in sys.argv:
        show({"error": {"code": error.code, "sentence": str(error)}})
    else:
        tell(str(error))
    sys.exit(error.exit_code)


def _password() -> str:
    """The password from a terminal, asked twice, or the first line of standard input."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")


cli_fixity.register(app)
cli_keeping.register(app)
