"""People with a login. Names stay here; chain and AIP know a person by an opaque agent id."""

import unicodedata
from dataclasses import asdict
from functools import cache

from sqlalchemy import RowMapping, exists, insert, select, update

from catalog import passwords
from catalog.database import Catalog
from catalog.tables import people
from catalog.values import Person, Role
from core import ids
from core.errors import ConfigurationError, NotFoundError


def add(cat: Catalog, name: str, password: str, role: str) -> Person:
    """The new person. Names differ in more than capital letters.

    Raises:
        ConfigurationError: the name is empty or taken, the password is empty, or there is no such role.
    """
    _require_password(name, password)
    person = Person(agent_id=ids.mint(), name=name.strip(), role=_role(role), disabled=False)
    if not person.name:
        raise ConfigurationError("A person needs a name: give one that is not empty.")
    row = {**asdict(person), "login": _login(name)}
    kept = passwords.keep(password)
    with cat.writing() as connection:
        if connection.execute(select(exists().where(people.c.login == row["login"]))).scalar():
            raise ConfigurationError(f'There is a person called "{person.name}" already: choose another name.')
        connection.execute(insert(people), {**row, "password": kept})
    return person


def authenticate(cat: Catalog, name: str, password: str) -> Person | None:
    """The person, when the password is theirs and they are not disabled; as slow for a name that nobody has."""
    with cat.reading() as connection:
        row = connection.execute(select(people).where(people.c.login == _login(name))).mappings().first()
    fits = passwords.fits(password, row["password"] if row else _nobody())
    return _person(row) if row and fits and not row["disabled"] else None


def set_password(cat: Catalog, name: str, password: str) -> None:
    """Gives a person another password.

    Raises:
        NotFoundError: nobody has this name.
        ConfigurationError: the password is empty.
    """
    _require_password(name, password)
    _change(cat, name, password=passwords.keep(password))


def set_role(cat: Catalog, name: str, role: str) -> None:
    """Gives a person another role.

    Raises:
        NotFoundError: nobody has this name.
        ConfigurationError: there is no such role.
    """
    _change(cat, name, role=_role(role))


def set_disabled(cat: Catalog, name: str, disabled: bool) -> None:
    """Keeps a person out, or lets them in again; raises NotFoundError when nobody has this name."""
    _change(cat, name, disabled=disabled)


def find(cat: Catalog, agent_id: str) -> Person | None:
    """The person with this agent id, disabled or not."""
    with cat.reading() as connection:
        row = connection.execute(select(people).where(people.c.agent_id == agent_id)).mappings().first()
    return _person(row) if row else None


def everyone(cat: Catalog) -> tuple[Person, ...]:
    """All people by name."""
    with cat.reading() as connection:
        return tuple(_person(row) for row in connection.execute(select(people).order_by(people.c.login)).mappings())


def _change(cat: Catalog, name: str, **values: object) -> None:
    with cat.writing() as connection:
        changed = connection.execute(update(people).where(people.c.login == _login(name)).values(**values)).rowcount
    if not changed:
        raise NotFoundError(f'There is no person called "{name}": run `muniment user add {name}`.')


def _person(row: RowMapping) -> Person:
    return Person(agent_id=row["agent_id"], name=row["name"], role=Role(row["role"]), disabled=row["disabled"])


def _login(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip().casefold()


def _role(role: str) -> Role:
    if role not in tuple(Role):
        raise ConfigurationError(f'There is no role "{role}": use one of {", ".join(Role)}.')
    return Role(role)


def _require_password(name: str, password: str) -> None:
    if not password:
        raise ConfigurationError(f'The password for "{name}" is empty: give one with at least one character.')


@cache
def _nobody() -> str:
    return passwords.keep("")
