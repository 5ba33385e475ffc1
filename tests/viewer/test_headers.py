"""Headers and protection of every route."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from viewer.app import create_app

POLICY = {
    "default-src 'self'",
    "img-src 'self' data: blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
}


def filled(app: Flask, shelf: Any) -> list[tuple[str, str, str]]:
    """Method, address and blueprint of every route, with the report's ids put in."""
    item = shelf.items["report"]
    values = {
        "item_id": item.id,
        "page_id": item.pages[0].id,
        "image_id": item.pages[0].image_id,
        "batch_id": "0123456789ab",
        "path": "Town",
        "name": "0001.tif",
        "version": 2,
        "region": "full",
        "size": "90,",
        "rotation": "0",
        "quality_format": "default.jpg",
        "filename": "css/base.css",
        "case_id": "000000000001",
        "store": "s3",
        "run_id": "000000000002",
    }
    adapter = app.url_map.bind("localhost")
    found = []
    for rule in app.url_map.iter_rules():
        given = {name: values[name] for name in rule.arguments if name in values}
        address = adapter.build(rule.endpoint, given, method=sorted(rule.methods or ())[0])
        found += [
            (method, address, rule.endpoint.partition(".")[0]) for method in (rule.methods or set()) & {"GET", "POST"}
        ]
    return found


def test_every_route_answers_with_its_headers(app: Flask, shelf: Any, reader: FlaskClient) -> None:
    for method, address, room in filled(app, shelf):
        if method != "GET":
            continue
        answer = reader.get(address)
        assert answer.status_code < 500, address
        assert answer.headers["X-Content-Type-Options"] == "nosniff", address
        assert answer.headers["Referrer-Policy"] == "same-origin", address
        assert "camera=()" in answer.headers["Permissions-Policy"], address
        assert "Cache-Control" in answer.headers, address
        if not address.endswith("hocr.html"):
            assert set(answer.headers["Content-Security-Policy"].split("; ")) == POLICY, address
        is_open = answer.headers.get("Access-Control-Allow-Origin") == "*"
        assert is_open == (room in ("iiif", "images", "files", "thumbnails")), address


def test_every_unsafe_route_refuses_without_a_token(app: Flask, shelf: Any, staff: FlaskClient, actions: Any) -> None:
    posts = [address for method, address, _ in filled(app, shelf) if method == "POST"]
    assert len(posts) == 16
    for address in posts:
        assert staff.post(address, data={"reason": "other"}).status_code == 400, address
    assert actions.asked == []


def test_unsafe_routes_of_the_desk_are_closed_to_readers(app: Flask, shelf: Any, enter: Any, csrf: Any) -> None:
    rolf = enter("rolf")
    token = csrf(rolf, "/")
    for method, address, room in filled(app, shelf):
        if method == "POST" and room in ("desk", "fixity", "cases", "purges"):
            assert rolf.post(address, data={"csrf_token": token}).status_code == 403, address


def test_pages_hold_no_inline_script_or_style(reader: FlaskClient, staff: FlaskClient, report: Any) -> None:
    item = f"/items/{report.id}?q=harbour"
    for path in ("/", "/search?q=harbour", item, "/help", "/nowhere", "/inbox", "/batches", "/fixity", "/fixity/runs"):
        for client in (reader, staff):
            text = client.get(path, follow_redirects=True).text
            assert " style=" not in text
            assert "<style" not in text
            assert " onclick=" not in text
            assert "<script>" not in text


def test_pictures_are_kept_for_a_day_and_recognised_again(reader: FlaskClient, report: Any) -> None:
    for path in (
        f"/iiif/image/3/{report.pages[0].image_id}/full/90,/0/default.jpg",
        f"/thumbs/{report.pages[0].id}.1.jpg",
    ):
        answer = reader.get(path)
        assert answer.headers["Cache-Control"] == "public, max-age=86400"
        again = reader.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


def test_staff_pages_are_never_kept(staff: FlaskClient) -> None:
    for path in ("/", "/inbox", "/batches", "/fixity", "/fixity/cases", "/fixity/events.csv"):
        assert staff.get(path).headers["Cache-Control"].endswith("no-store")


@pytest.mark.parametrize(("url", "secure"), [("https://scans.example.org", True), ("http://127.0.0.1:8080", False)])
def test_the_cookie_is_secure_where_the_house_is(url: str, secure: bool, shelf: Any, config: Any, actions: Any) -> None:
    app = create_app(replace(config, public_url=url), shelf.catalog, actions)
    assert app.config["SESSION_COOKIE_SECURE"] is secure
