"""People get in with their password only, and their names stay here."""

import pytest

from catalog import passwords, people
from catalog.database import Catalog
from catalog.tables import people as table
from catalog.values import Person, Role
from core.errors import ConfigurationError, NotFoundError
from core.ids import is_id


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(passwords.COST, "n", 16)
    people._nobody.cache_clear()


def test_a_person_gets_in_with_the_right_password_only(cat: Catalog) -> None:
    person = people.add(cat, "María Huber", "secret", "archivist")
    assert is_id(person.agent_id)
    assert person == Person(agent_id=person.agent_id, name="María Huber", role=Role.ARCHIVIST, disabled=False)
    assert people.authenticate(cat, "maría huber ", "secret") == person
    assert people.authenticate(cat, "María Huber", "Secret") is None
    assert people.authenticate(cat, "nobody", "secret") is None
    assert people.authenticate(cat, "nobody", "") is None
    assert people.find(cat, person.agent_id) == person
    assert people.find(cat, "x") is None


def test_the_password_itself_is_nowhere(cat: Catalog) -> None:
    people.add(cat, "a", "s3cret-words", "reader")
    people.add(cat, "b", "s3cret-words", "reader")
    with cat.reading() as connection:
        first, second = connection.execute(table.select().with_only_columns(table.c.password)).scalars()
    assert first.startswith("scrypt$16$8$3$")
    assert first != second
    assert "s3cret" not in first


def test_changes_take_effect(cat: Catalog) -> None:
    person = people.add(cat, "a", "old", "reader")
    people.set_password(cat, "A", "new")
    people.set_role(cat, "a", "steward")
    assert people.authenticate(cat, "a", "old") is None
    assert people.authenticate(cat, "a", "new") == Person(
        agent_id=person.agent_id, name="a", role=Role.STEWARD, disabled=False
    )
    people.set_disabled(cat, "a", True)
    assert people.authenticate(cat, "a", "new") is None
    assert [(one.name, one.disabled) for one in people.everyone(cat)] == [("a", True)]
    people.set_disabled(cat, "a", False)
    assert people.authenticate(cat, "a", "new") is not None


def test_senseless_people_are_refused(cat: Catalog) -> None:
    people.add(cat, "a", "x", "reader")
    for name, password, role, told in (
        ("A", "x", "reader", "already"),
        (" ", "x", "reader", "needs a name"),
        ("b", "", "reader", "is empty"),
        ("b", "x", "king", "no role"),
    ):
        with pytest.raises(ConfigurationError, match=told):
            people.add(cat, name, password, role)
    with pytest.raises(NotFoundError, match='called "b"'):
        people.set_role(cat, "b", "reader")
    assert len(people.everyone(cat)) == 1
