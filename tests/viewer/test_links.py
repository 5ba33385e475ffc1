"""Addresses made by the hundred are those that Flask makes."""

import pytest
from flask import Flask, url_for

from viewer.links import link, with_query

CASES = (
    ("items.item", {"item_id": "0123456789bc"}),
    ("items.page", {"item_id": "0123456789bc", "page_id": "bcdfghjkmnpq"}),
    ("thumbnails.thumbnail", {"image_id": "bcdfghjkmnpq.2"}),
    ("reading.collection", {"path": "Fonds 1/Ärger & Co (50 %)/{0}"}),
    (
        "images.image",
        {
            "image_id": "bcdfghjkmnpq.2",
            "region": "1,2,30,40",
            "size": "30,",
            "rotation": "0",
            "quality_format": "default.jpg",
        },
    ),
)


@pytest.mark.parametrize(("endpoint", "values"), CASES)
@pytest.mark.parametrize("root", ["", "/muniment"])
def test_a_link_is_what_flask_makes(app: Flask, endpoint: str, values: dict[str, str], root: str) -> None:
    with app.test_request_context("/", base_url=f"http://localhost{root}"):
        assert link(endpoint, **values) == url_for(endpoint, _external=False, _anchor=None, **values)
        assert link(endpoint, **values).startswith(f"{root}/")


def test_a_search_is_kept_as_flask_keeps_it(app: Flask) -> None:
    values, query = {"item_id": "0123456789bc"}, {"q": '"zu Köln" a&b=c;d/e?*', "exact": "1"}
    with app.test_request_context("/"):
        assert with_query(link("items.item", **values), query) == url_for(
            "items.item", _external=False, _anchor=None, **values, **query
        )
        assert with_query("/items/x", {}) == "/items/x"
