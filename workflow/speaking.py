"""What every command needs: a workshop, one JSON document on standard output, lines for people, an exit status."""

import json
import sys
from typing import Annotated, Any

import typer

from core.settings import Settings
from workflow import runfile
from workflow.workshop import Workshop

COMMAND_LINE = "command-line"  # the agent of what is done at the command line

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def show(document: dict[str, Any]) -> None:
    """Prints one JSON document."""
    print(json.dumps(document, ensure_ascii=False, indent=2))  # noqa: T201


def say(sentence: str) -> None:
    """Prints a line for people at once."""
    print(sentence, flush=True)  # noqa: T201


def tell(sentence: str) -> None:
    """Prints a line for people beside the answer."""
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201


def workshop() -> Workshop:
    """A workshop with the settings of this process."""
    return Workshop(Settings.from_environment())


def running_workshop() -> Workshop:
    """A workshop whose stores answer.

    Raises:
        NotRunningError: `muniment run` does not live for this home; the sentence says to start it.
    """
    shop = workshop()
    runfile.running(shop.home)
    return shop


def leave(bad: bool) -> None:
    """Ends the command with status 1 when something needs a person."""
    if bad:
        raise typer.Exit(1)
