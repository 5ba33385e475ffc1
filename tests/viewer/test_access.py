"""Who may see what, by every address of an item."""

from typing import Any

import pytest
from flask.testing import FlaskClient

ADDRESSES = (
    "/items/{item}",
    "/items/{item}/pages/{page}",
    "/items/{item}/text",
    "/items/{item}/pages/{page}/text.txt",
    "/items/{item}/pages/{page}/alto.xml",
    "/items/{item}/pages/{page}/hocr.html",
    "/items/{item}/item.pdf",
    "/items/{item}/masters/0001.tif",
    "/iiif/presentation/3/{item}/manifest",
    "/iiif/presentation/3/{item}/annotations/{page}",
    "/iiif/search/2/{item}?q=harbour",
    "/iiif/search/1/{item}?q=harbour",
    "/iiif/image/3/{page}.1/info.json",
    "/iiif/image/3/{page}.1/full/200,/0/default.jpg",
    "/thumbs/{page}.1.jpg",
)
EXPECTED = {
    "published": (200, 200),
    "draft": (404, 200),
    "staff": (404, 200),
    "embargoed": (404, 200),
    "withdrawn": (410, 410),
}


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("state", EXPECTED)
def test_each_address_follows_the_state_of_its_item(
    address: str, state: str, shelf: Any, reader: FlaskClient, staff: FlaskClient
) -> None:
    item = shelf.items[state]
    path = address.format(item=item.id, page=item.pages[0].id)
    assert (reader.get(path).status_code, staff.get(path).status_code) == EXPECTED[state]


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_that_readers_may_not_see_is_kept_by_a_cache(address: str, shelf: Any, staff: FlaskClient) -> None:
    item = shelf.items["draft"]
    answer = staff.get(address.format(item=item.id, page=item.pages[0].id))
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_reader_with_a_login_sees_what_all_readers_see(shelf: Any, enter: Any) -> None:
    rolf = enter("rolf")
    assert rolf.get(f"/items/{shelf.items['draft'].id}").status_code == 404
    assert rolf.get("/inbox").status_code == 403


def test_lists_and_searches_show_public_items_only(reader: FlaskClient) -> None:
    for path in ("/", "/search?q=harbour", "/collections/Unsorted", "/iiif/presentation/3/collection/Unsorted"):
        text = reader.get(path).text
        assert "An item, published" in text
        assert not any(f"An item, {state}" in text for state in EXPECTED if state != "published")


def test_a_tombstone_says_what_when_and_why(shelf: Any, reader: FlaskClient) -> None:
    item = shelf.items["withdrawn"]
    text = reader.get(f"/items/{item.id}").text
    for words in (item.id, "20 November 2026", "personal data", "desk@example.org"):
        assert words in text
    assert "An item, withdrawn" not in text


@pytest.mark.parametrize("path", ["/inbox", "/batches", "/batches/0123456789ab", "/batches/0123456789ab/progress"])
def test_the_workbench_asks_strangers_to_log_in(path: str, reader: FlaskClient) -> None:
    answer = reader.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/login?next={path}")


def test_readers_see_nothing_of_the_workbench(reader: FlaskClient, shelf: Any) -> None:
    for path in ("/", "/search?q=harbour", f"/items/{shelf.items['published'].id}"):
        text = reader.get(path).text
        assert not any(word in text for word in ("Inbox", "Batches", "Withdraw", "Addresses are not yet public"))
