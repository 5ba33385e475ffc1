"""The first administrator: made at the first start, with no default password."""

import secrets
import sys
from collections.abc import Callable

from catalog import people
from catalog.database import Catalog
from catalog.values import Role
from core.errors import ConfigurationError
from core.settings import Settings
from workflow.homes import Home
from workflow.runfile import write_private

NAME = "admin"


def ensure_administrator(catalog: Catalog, settings: Settings, home: Home, say: Callable[[str], None]) -> None:
    """Makes the person "admin" when there is nobody yet.

    The password is the one set; else a random one, shown once on a terminal, or written to a file of mode 600 whose
    place alone is printed.
    """
    if people.everyone(catalog):
        return
    given = _given(settings)
    password = given or secrets.token_urlsafe(12)
    people.add(catalog, NAME, password, Role.ADMINISTRATOR)
    if given:
        say(f'The first administrator is "{NAME}" with the password that was set.')
    elif sys.stdout.isatty():
        say(f'The first administrator is "{NAME}", the password (shown this once): {password}')
    else:
        write_private(home.first_password, password + "\n")
        say(f'The first administrator is "{NAME}"; the password lies in "{home.first_password}" until the first login.')


def _given(settings: Settings) -> str:
    if settings.admin_password_file is None:
        return settings.admin_password
    try:
        return settings.admin_password_file.read_text().strip()
    except OSError as error:
        raise ConfigurationError(
            f'The file "{settings.admin_password_file}" in MUNIMENT_ADMIN_PASSWORD_FILE cannot be read '
            f"({error.strerror}): correct it."
        ) from error
