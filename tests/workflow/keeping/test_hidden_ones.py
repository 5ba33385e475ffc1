"""After a rebuild no hidden or purged item is reachable by any public route."""

import json
from collections.abc import Iterator
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from catalog import items
from viewer.app import create_app
from workflow import purging, rebuilding
from workflow.doors import Doors
from workflow.serve import config

HIDDEN = ("draft", "embargoed", "staff", "withdrawn", "purged")
SAID: list[str] = []


def lost_and_rebuilt(kept: Any) -> Any:
    purging.ask(kept.shop, kept.ids["purged"], reason="legal", authority="Court order 7/26", agent="a")
    purging.agree(kept.shop, kept.ids["purged"], agent="b")
    kept.shop.catalog.close()
    for path in kept.shop.home.folder.glob("catalog.db*"):
        path.unlink()
    again = kept.anew()
    rebuilding.rebuild(again.shop, tell=SAID.append)
    return again


def application(shop: Any) -> Flask:
    shop.home.secrets.write_text(json.dumps({"web": "a key"}))
    return create_app(config(shop), shop.catalog, Doors(shop))


def addresses(app: Flask, facts: dict[str, Any]) -> Iterator[str]:
    """Every address of a GET route that can be filled with what is known of an item."""
    values = {"region": "full", "size": "max", "rotation": "0", "quality_format": "default.jpg", "version": 2, **facts}
    with app.test_request_context():
        adapter = app.url_map.bind("127.0.0.1")
        for rule in app.url_map.iter_rules():
            wanted = rule.arguments - set(rule.defaults or {})
            if "GET" in (rule.methods or ()) and wanted and wanted <= set(values):
                yield adapter.build(rule.endpoint, {name: values[name] for name in wanted})


def status(client: FlaskClient, url: str) -> int:
    with client.get(url) as response:
        return response.status_code


def test_no_public_route_shows_them(kept: Any) -> None:
    views = {name: items.get(kept.shop.catalog, kept.ids[name]) for name in ("published", *HIDDEN)}
    again = lost_and_rebuilt(kept)
    app = application(again.shop)
    client: FlaskClient = app.test_client()
    answers: dict[str, list[tuple[str, int]]] = {}
    for name, view in views.items():
        assert view is not None
        page = view.item.pages[0]
        facts = {"item_id": view.item.id, "page_id": page.id, "image_id": page.image_id, "name": "0001.tif"}
        answers[name] = [(url, status(client, url)) for url in addresses(app, facts)]
    assert len(answers["published"]) >= 12
    assert [url for url, code in answers["published"] if code == 200]
    for name in HIDDEN:
        seen = {code for _, code in answers[name]}
        assert seen <= {302, 404, 410}, [pair for pair in answers[name] if pair[1] not in (302, 404, 410)]
    for name in ("withdrawn", "purged"):
        item = [code for url, code in answers[name] if url == f"/items/{views[name].item.id}"]  # type: ignore[union-attr]
        assert item == [410]


def test_no_list_and_no_search_names_them(kept: Any) -> None:
    again = lost_and_rebuilt(kept)
    client = application(again.shop).test_client()
    listing = ["/", "/search?q=letter", "/collections/Unsorted", "/iiif/presentation/3/collection"]
    listing += ["/iiif/presentation/3/collection/Unsorted", "/search?q=" + "+".join(HIDDEN[:1])]
    for url in listing:
        text = client.get(url).text
        assert [name for name in HIDDEN if kept.ids[name] in text] == [], url
    assert kept.ids["published"] in client.get("/search?q=letter").text
