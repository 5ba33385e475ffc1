"""Logging in and out."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from catalog import people
from catalog.database import open_catalog
from viewer import backoff as patience
from viewer.app import create_app
from viewer.backoff import Backoff
from viewer.people import safe_path


def log_in(client: FlaskClient, csrf: Any, **fields: str) -> Any:
    form = {"name": "anna", "password": "a long secret", "csrf_token": csrf(client, "/login"), **fields}
    return client.post("/login", data=form)


def test_the_right_password_leads_to_where_the_visitor_was_going(reader: FlaskClient, csrf: Any) -> None:
    answer = log_in(reader, csrf, next="/batches")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/batches")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert reader.get("/inbox").status_code == 200


def test_a_wrong_password_is_told_in_a_sentence(reader: FlaskClient, csrf: Any) -> None:
    answer = log_in(reader, csrf, password="wrong")
    assert answer.status_code == 401
    assert "do not belong together" in answer.text
    assert reader.get("/inbox").status_code == 302


def test_wrong_passwords_cost_patience_even_for_the_right_one(reader: FlaskClient, csrf: Any) -> None:
    for _ in range(3):
        log_in(reader, csrf, password="wrong")
    answer = log_in(reader, csrf)
    assert answer.status_code == 429
    assert "wait" in answer.text


def test_logging_out_ends_the_session(staff: FlaskClient, csrf: Any) -> None:
    assert staff.post("/logout", data={"csrf_token": csrf(staff, "/inbox")}).status_code == 303
    assert staff.get("/inbox").status_code == 302


def test_who_does_not_work_here_is_led_home_and_not_to_a_desk(
    config: Any, actions: Any, tmp_path: Path, csrf: Any
) -> None:
    with closing(open_catalog(f"sqlite:///{tmp_path / 'people.db'}")) as catalog:
        app = create_app(config, catalog, actions)
        for name, role in (("rolf", "reader"), ("stella", "steward")):
            people.add(catalog, name, "a long secret", role)
        led = [log_in(app.test_client(), csrf, name=name).headers["Location"] for name in ("rolf", "stella")]
    assert led == ["/", "/inbox"]


@pytest.mark.parametrize(("name", "forgotten"), [("anna", False), ("admin", True), (" ADMIN", True)])
def test_the_first_password_is_forgotten_when_the_first_administrator_has_used_it(
    name: str, forgotten: bool, config: Any, actions: Any, tmp_path: Path, csrf: Any
) -> None:
    file = tmp_path / "first-password"
    file.write_text("a long secret")
    with closing(open_catalog(f"sqlite:///{tmp_path / 'people.db'}")) as catalog:
        people.add(catalog, "admin", "a long secret", "administrator")
        people.add(catalog, "anna", "a long secret", "archivist")
        app: Flask = create_app(replace(config, first_password_file=file), catalog, actions)
        assert log_in(app.test_client(), csrf, name="admin", password="wrong").status_code == 401
        assert file.exists()
        assert log_in(app.test_client(), csrf, name=name).status_code == 303
    assert file.exists() is not forgotten


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nb", "javascript:1"]
)
def test_a_login_leads_nowhere_outside(path: str) -> None:
    assert safe_path(path) == ""


def test_patience_doubles_and_is_forgiven() -> None:
    now = [0.0]
    backoff = Backoff(lambda: now[0])
    waits = []
    for _ in range(6):
        backoff.failed("anna")
        waits.append(backoff.seconds("anna"))
    assert waits == [0, 0, 2, 4, 8, 16]
    now[0] = 17.0
    assert backoff.seconds("anna") == 0
    backoff.failed("anna")
    backoff.succeeded("anna")
    assert backoff.seconds("anna") == 0


def test_a_name_has_one_slate_however_it_is_written() -> None:
    backoff = Backoff(lambda: 0.0)
    for name in ("Jos\u00e9", " jose\u0301", "JOS\u00c9 "):
        backoff.failed(name)
    assert [backoff.seconds(name) for name in ("jos\u00e9", "Jose\u0301", "jose")] == [2, 2, 0]
    backoff.succeeded("JOSE\u0301")
    assert backoff.seconds("jos\u00e9") == 0


def test_a_flood_of_names_sets_nobody_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "REMEMBERED", 4)
    backoff = Backoff(lambda: 0.0)
    for _ in range(3):
        backoff.failed("anna")
    for number in range(20):
        backoff.failed(f"invented {number}")
    assert backoff.seconds("anna") == 2
    assert len(backoff._failures) == 4
