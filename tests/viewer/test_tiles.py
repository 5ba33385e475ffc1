"""Both doors are asked the same: the tiles' own, and the application behind it. Nobody can tell them apart."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from catalog import items
from catalog.database import Catalog, open_catalog
from catalog.values import ItemEntry
from core.errors import CatalogError
from core.item import Access, AccessState
from tests.viewer.deeds import ReadingClient
from viewer.app import create_app, door_of
from viewer.counting import KEY

TILES = (
    "0,0,256,256/256,256",
    "256,512,256,256/256,256",
    "0,0,512,512/256,",
    "512,0,256,256/max",
    "768,1280,232,120/232,120",
    "768,1280,256,256/232,120",
    "512,1024,488,376/244,188",
    "0,1024,1000,376/250,94",
    "full/125,175",
    "full/125,",
    "0,0,1000,1400/125,175",
)
OTHERS = (
    "full/250,",
    "full/max",
    "full/!90,90",
    "square/max",
    "10,20,300,300/256,256",
    "0,0,256,256/^300,300",
    "pct:0,0,50,50/100,",
    "5000,0,256,256/256,256",
    "0,0,256,256/300,300",
    "0,0,0,256/256,256",
    "0,0,256,256/0,256",
    "0,0,256,256/256,256,",
    "nonsense/256,256",
    "0,0,256,٣/256,256",
    "%30,0,256,256/256,256",
)
ENDINGS = ("0/default.jpg", "0/color.jpg", "00/default.jpg", "!0/default.jpg", "0/default.png", "0/default.gif")


@pytest.fixture
def inside(config: Any, shelf: Any, actions: Any) -> FlaskClient:
    """A browser at the application itself."""
    app = create_app(config, shelf.catalog, actions)
    app.wsgi_app = door_of(app).inside  # type: ignore[assignment]
    app.test_client_class = ReadingClient
    return app.test_client()


def told(client: FlaskClient, path: str, method: str = "GET", **headers: str) -> tuple[int, list[Any], bytes]:
    """All that an answer consists of."""
    answer = client.open(path, method=method, headers={name.replace("_", "-"): text for name, text in headers.items()})
    return answer.status_code, sorted(answer.headers), answer.data


def answered(app: Flask) -> dict[str, int]:
    """How many pictures each door has answered for."""
    counted = app.extensions[KEY].answers()
    return {door: sum(count for (name, _), count in counted if name == door) for door in ("tiles", "application")}


@pytest.mark.parametrize("part", TILES)
def test_a_public_tile_is_answered_by_the_door_as_by_the_application(
    part: str, app: Flask, reader: FlaskClient, inside: FlaskClient, report: Any
) -> None:
    path = f"/iiif/image/3/{report.pages[0].image_id}/{part}/0/default.jpg"
    status, headers, data = told(inside, path)
    tag = dict(headers)["ETag"]
    assert (status, data[:2]) == (200, b"\xff\xd8")
    for known in ("", tag, f"W/{tag}", f'"other", {tag}', "*", '"other"', "nonsense"):
        for method in ("GET", "HEAD"):
            asked = {"If_None_Match": known} if known else {}
            assert told(reader, path, method, **asked) == told(inside, path, method, **asked), (method, known)
    assert told(reader, f"{path}?x=1", Range="bytes=0-9") == (status, headers, data)
    assert answered(app) == {"tiles": 15, "application": 0}


@pytest.mark.parametrize("part", OTHERS)
def test_whatever_is_no_tile_is_left_to_the_application(
    part: str, app: Flask, reader: FlaskClient, inside: FlaskClient, report: Any
) -> None:
    path = f"/iiif/image/3/{report.pages[0].image_id}/{part}/0/default.jpg"
    for method in ("GET", "HEAD"):
        assert told(reader, path, method) == told(inside, path, method)
        assert told(reader, path, method, If_None_Match="*") == told(inside, path, method, If_None_Match="*")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_other_methods_are_left_to_the_application(
    method: str, app: Flask, reader: FlaskClient, inside: FlaskClient, report: Any
) -> None:
    path = f"/iiif/image/3/{report.pages[0].image_id}/{TILES[0]}/0/default.jpg"
    assert told(reader, path, method) == told(inside, path, method)
    assert answered(app)["tiles"] == 0


@pytest.mark.parametrize("ending", ENDINGS)
def test_turns_qualities_and_formats_are_the_application_s(
    ending: str, reader: FlaskClient, inside: FlaskClient, report: Any
) -> None:
    for start in (f"/iiif/image/3/{report.pages[0].image_id}", "/iiif/image/3/unknown.1", "/iiif//image/3/x.1"):
        path = f"{start}/{TILES[0]}/{ending}"
        assert told(reader, path) == told(inside, path)


@pytest.mark.parametrize("state", ["published", "draft", "staff", "embargoed", "withdrawn"])
@pytest.mark.parametrize("part", [TILES[0], TILES[4], OTHERS[0], OTHERS[6]])
def test_the_door_lets_nobody_see_what_the_application_hides(
    state: str, part: str, app: Flask, reader: FlaskClient, staff: FlaskClient, inside: FlaskClient, shelf: Any
) -> None:
    path = f"/iiif/image/3/{shelf.items[state].pages[0].image_id}/{part}/0/default.jpg"
    for method in ("GET", "HEAD"):
        assert told(reader, path, method) == told(inside, path, method)
        assert told(reader, path, method, If_None_Match="*") == told(inside, path, method, If_None_Match="*")
    assert state == "published" or answered(app)["tiles"] == 0
    told(staff, path)
    assert state == "published" or answered(app)["tiles"] == 0


def test_who_is_logged_in_gets_the_same_answer_of_what_is_public(
    staff: FlaskClient, inside: FlaskClient, report: Any
) -> None:
    path = f"/iiif/image/3/{report.pages[0].image_id}/{TILES[0]}/0/default.jpg"
    with staff.session_transaction() as session, inside.session_transaction() as same:
        same["_user_id"] = session["_user_id"]
    assert told(staff, path) == told(inside, path)


@pytest.fixture
def other(tmp_path: Path, shelf: Any) -> Iterator[Catalog]:
    """A catalogue of its own with the published item, as another process has it open."""
    catalog = open_catalog(f"sqlite:///{tmp_path / 'catalog.db'}")
    view = items.get(shelf.catalog, shelf.items["published"].id)
    assert view is not None
    entry = ItemEntry(
        item=view.item,
        version=1,
        fingerprint="f",
        image_fingerprint="f",
        files=(),
        stores=("s3",),
        derived=view.derived,
        texts={},
        at=datetime(2026, 11, 21, 12, 0, tzinfo=UTC),
    )
    items.save(catalog, entry)
    yield catalog
    catalog.close()


def test_what_another_process_hides_is_gone_at_the_next_request(
    other: Catalog, shelf: Any, config: Any, actions: Any, tmp_path: Path
) -> None:
    catalog, item = open_catalog(f"sqlite:///{tmp_path / 'catalog.db'}"), shelf.items["published"]
    app = create_app(config, catalog, actions)
    client, path = app.test_client(), f"/iiif/image/3/{item.pages[0].image_id}/{TILES[0]}/0/default.jpg"
    seen = [client.get(path).status_code]
    for number, state in enumerate(("withdrawn", "published", "staff", "published", "draft", "published"), 2):
        items.set_access(other, item.id, Access(state=AccessState(state), reason="error"), number, ())
        seen.append(client.get(path).status_code)
    items.hide(other, item.id, Access())
    seen.append(client.get(path, headers={"If-None-Match": "*"}).status_code)
    items.remove(other, item.id)
    seen.append(client.get(path, headers={"If-None-Match": "*"}).status_code)
    catalog.close()
    assert (seen, answered(app)["tiles"]) == ([200, 410, 200, 404, 200, 404, 200, 404, 404], 4)


def test_answers_are_counted_by_door_and_status(app: Flask, reader: FlaskClient, report: Any) -> None:
    start = f"/iiif/image/3/{report.pages[0].image_id}"
    tag = reader.get(f"{start}/{TILES[0]}/0/default.jpg").headers["ETag"]
    reader.get(f"{start}/{TILES[0]}/0/default.jpg", headers={"If-None-Match": tag})
    reader.get(f"{start}/square/90,90/0/default.jpg")
    reader.get(f"{start}/nonsense/90,90/0/default.jpg")
    text = reader.get("/metrics").text
    for door, status in (("tiles", 200), ("tiles", 304), ("application", 200), ("application", 400)):
        assert f'muniment_image_answers_total{{door="{door}",status="{status}"}} 1\n' in text


def test_a_catalogue_that_cannot_answer_is_the_application_s_to_tell(
    app: Flask, reader: FlaskClient, report: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise CatalogError("The table is locked.")

    monkeypatch.setattr("viewer.tiles.glance", broken)
    assert reader.get(f"/iiif/image/3/{report.pages[0].image_id}/{TILES[0]}/0/default.jpg").status_code == 200
    assert answered(app) == {"tiles": 0, "application": 1}
