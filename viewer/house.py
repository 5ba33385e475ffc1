"""What every view function reaches for: the settings, the catalogue and the deeds of this application."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask import Flask, current_app

from catalog.database import Catalog
from viewer.config import Actions, ViewerConfig
from viewer.copies import AccessCopies

KEY = "muniment"


@dataclass(frozen=True, slots=True)
class House:
    """The three things the viewer was handed, and the access copies that it has verified."""

    config: ViewerConfig
    catalog: Catalog
    actions: Actions
    copies: AccessCopies


def move_in(app: Flask, house: House) -> None:
    """Nothing; the application keeps the house for its view functions."""
    app.extensions[KEY] = house


def house() -> House:
    """The house of the application that answers the present request."""
    found = current_app.extensions[KEY]
    assert isinstance(found, House)
    return found


def today() -> date:
    """The day by which embargoes are judged (UTC)."""
    return datetime.now(UTC).date()
