"""The dead-man's switch as staff see it: a red line on every page as long as something that should happen does not."""

from flask import Flask, current_app, g

from core.errors import MunimentError
from viewer.fixity_actions import Warning
from viewer.house import house
from viewer.people import is_staff


def put_watch(app: Flask) -> None:
    """Nothing; every template can ask for the warnings from now on."""
    app.context_processor(lambda: {"warnings": shown})


def shown() -> tuple[Warning, ...]:
    """The warnings for staff, none for anybody else."""
    return warnings() if is_staff() else ()


def warnings() -> tuple[Warning, ...]:
    """What is late or silent, asked once a request; that nobody could look is a warning too."""
    if "warnings" not in g:
        g.warnings = looked()
    found: tuple[Warning, ...] = g.warnings
    return found


def looked() -> tuple[Warning, ...]:
    """The answer of those who watch."""
    try:
        return house().actions.warnings()
    except MunimentError as error:
        current_app.logger.error("%s", error)
        return (Warning(code="watch-blind", sentence=f"Nobody can tell whether the audits run. {error}"),)
