"""The table of roles: every route has its line, and every role meets what its line says."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from catalog.values import Role
from viewer.app import create_app
from viewer.roles import EVERYBODY, STAFF, STEWARDS, STRANGER, TABLE

NAMES = {Role.READER: "rolf", Role.ARCHIVIST: "anna", Role.STEWARD: "stella", Role.ADMINISTRATOR: "aki"}
GONE = "000000000000"


def routes(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Endpoint, method and an address of every route; ids that lead to nothing."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        given = {name: 2 if name == "version" else GONE for name in rule.arguments}
        for method in (rule.methods or set()) & {"GET", "POST"}:
            yield rule.endpoint, method, adapter.build(rule.endpoint, given, method=method)


@pytest.fixture
def clients(app: Flask, enter: Callable[[str], FlaskClient]) -> dict[str, FlaskClient]:
    """A browser for each role."""
    app.config["WTF_CSRF_ENABLED"] = False
    return {STRANGER: app.test_client()} | {str(role): enter(name) for role, name in NAMES.items()}


def test_every_route_has_its_line_and_every_line_its_route(app: Flask) -> None:
    assert {endpoint for endpoint, _, _ in routes(app)} == set(TABLE)


def test_each_role_meets_what_the_table_says(app: Flask, clients: Any) -> None:
    wrong = []
    for endpoint, method, address in routes(app):
        if endpoint == "people.logout":
            continue  # it would end the sessions that the rest of the walk needs
        for role, client in clients.items():
            answer = client.open(address, method=method)
            asked = answer.status_code == 302 and answer.headers["Location"].startswith("/login?next=")
            refused = answer.status_code == 403 or asked
            if refused == (role in TABLE[endpoint]):
                wrong.append((endpoint, method, role, answer.status_code))
            if asked and (role, method) != (STRANGER, "GET"):
                wrong.append((endpoint, method, role, "was asked to log in"))
    assert wrong == []


def test_a_route_that_the_table_lacks_is_shut(config: Any, shelf: Any, actions: Any) -> None:
    app = create_app(config, shelf.catalog, actions)
    app.add_url_rule("/forgotten", endpoint="forgotten", view_func=lambda: "open")
    assert app.test_client().post("/forgotten").status_code == 405
    assert app.test_client().get("/forgotten").headers["Location"] == "/login?next=/forgotten"


def test_deeds_of_the_fixity_desk_are_for_stewards_and_its_pages_for_staff() -> None:
    rooms = ("fixity.", "cases.", "trail.", "purges.")
    found = {name: who for name, who in TABLE.items() if name.startswith(rooms)}
    deeds = {
        "fixity.audit",
        "fixity.drill",
        "cases.recheck",
        "cases.repair",
        "cases.close",
        "cases.decide",
        "purges.ask",
        "purges.agree",
        "purges.refuse",
    }
    assert {name for name, who in found.items() if who == STEWARDS} == deeds
    assert {who for name, who in found.items() if name not in deeds} == {STAFF}
    assert EVERYBODY not in found.values()


def test_a_disabled_person_is_a_stranger(app: Flask, shelf: Any, enter: Any) -> None:
    from catalog import people

    client = enter("stella")
    assert client.get("/fixity").status_code == 200
    people.set_disabled(shelf.catalog, "stella", True)
    try:
        assert client.get("/fixity").headers["Location"] == "/login?next=/fixity"
    finally:
        people.set_disabled(shelf.catalog, "stella", False)
