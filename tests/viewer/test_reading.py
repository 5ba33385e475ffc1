"""Home, search, collections and the item page, as they are sent without any script."""

import re
from typing import Any

from flask.testing import FlaskClient

from catalog.values import Answer, Question
from viewer.reading import Pager, in_words, results_pager


def test_home_shows_the_newest_items_and_the_collections(reader: FlaskClient, report: Any) -> None:
    text = reader.get("/").text
    assert f'href="/items/{report.id}"' in text
    assert f'src="/thumbs/{report.pages[0].image_id}.jpg"' in text
    assert 'href="/collections/Town"' in text


def test_a_collection_shows_what_is_in_it(reader: FlaskClient) -> None:
    outer, inner = reader.get("/collections/Town").text, reader.get("/collections/Town/Harbour").text
    assert 'href="/collections/Town/Harbour"' in outer
    assert "Harbour report" in outer
    assert 'href="/collections/Town"' in inner
    assert reader.get("/collections/Nowhere").status_code == 404


def test_a_hit_leads_to_its_page_with_a_strip_of_the_scan_and_a_mark(reader: FlaskClient, report: Any) -> None:
    text = reader.get("/search?q=zephyrine").text
    third = report.pages[2]
    assert "“zephyrine”: 1 page in 1 item" in text
    assert f'href="/items/{report.id}/pages/{third.id}?q=zephyrine"' in text
    assert "<mark>Zephyrine</mark>" in text
    strip = re.search(rf'src="(/iiif/image/3/{third.image_id}/[^"]+)"', text)
    assert strip is not None
    assert reader.get(strip[1]).status_code == 200


def test_a_search_says_what_it_did_not_find(reader: FlaskClient) -> None:
    answer = reader.get("/search?q=nowhereatall&collection=Town")
    assert answer.status_code == 200
    assert "Nothing was found for “nowhereatall” in Town." in answer.text
    assert "/search?q=nowhereatall" in answer.text


def test_whatever_is_typed_is_answered(reader: FlaskClient) -> None:
    for text in ('"', "*", "AND OR NOT", "a" * 2000, "%00", "'; drop table items", "(", "page=-1&q=a", "\u200b"):
        assert reader.get("/search", query_string={"q": text, "page": text[:3]}).status_code == 200


def test_the_item_page_has_image_text_and_record_without_scripts(reader: FlaskClient, report: Any) -> None:
    third = report.pages[2]
    text = reader.get(f"/items/{report.id}/pages/{third.id}?q=zephyrine").text
    assert 'data-box="' in text
    assert "<mark>Zephyrine</mark> saw the lights" in text
    assert "from the old harbour wall" in text
    assert len(re.findall('<rect class="hit"', text)) == 1
    assert re.search(rf'<img src="/iiif/image/3/{third.image_id}/full/\d+,\d+/0/default.jpg"', text)
    for words in ("Page 3 of 3", "Berg, Ida", "Kept in a tin.", "CC0 1.0", "1 match on 1 page", "Read by machine"):
        assert words in text
    assert f'rel="prev" href="/items/{report.id}/pages/{report.pages[1].id}?q=zephyrine"' in text
    assert 'rel="next"' not in text


def test_the_mark_lies_where_the_word_was_drawn(reader: FlaskClient, shelf: Any, report: Any) -> None:
    from catalog import items

    page = report.pages[2]
    drawn = items.text(shelf.catalog, page.id)
    assert drawn is not None
    word = next(drawn.words()).box
    text = reader.get(f"/items/{report.id}/pages/{page.id}?q=zephyrine").text
    found = re.search(r'<rect class="hit" x="(-?\d+)" y="(-?\d+)" width="(\d+)" height="(\d+)"', text)
    assert found is not None
    x, y, w, h = (int(part) for part in found.groups())
    assert 0 < word.x - x <= 8
    assert 0 < word.y - y <= 8
    assert 0 < x + w - word.x - word.w <= 8
    assert 0 < y + h - word.y - word.h <= 8


def test_a_search_in_the_item_opens_its_first_hit(reader: FlaskClient, report: Any) -> None:
    answer = reader.get(f"/items/{report.id}?q=zephyrine")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/items/{report.id}/pages/{report.pages[2].id}?q=zephyrine"


def test_a_number_leads_to_the_lasting_address(reader: FlaskClient, report: Any) -> None:
    answer = reader.get(f"/items/{report.id}/pages/2?q=lamps")
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        f"/items/{report.id}/pages/{report.pages[1].id}?q=lamps",
    )
    assert reader.get(f"/items/{report.id}/pages/4").status_code == 404
    assert reader.get("/items/nowhere").status_code == 404


def test_the_citation_names_the_lasting_address_under_the_public_one(reader: FlaskClient, report: Any) -> None:
    page = report.pages[1]
    text = re.sub(r"<[^>]+>", "", reader.get(f"/items/{report.id}/pages/{page.id}").text)
    assert "Berg, Ida, Harbour report, 1905, page 2. Muniment, Town › Harbour." in text
    assert f"http://127.0.0.1:8080/items/{report.id}/pages/{page.id}" in text


def test_a_page_that_is_not_there_offers_the_search(reader: FlaskClient) -> None:
    answer = reader.get("/nowhere")
    assert answer.status_code == 404
    assert 'action="/search"' in answer.text


def test_what_is_not_counted_to_its_end_is_said_so() -> None:
    asked = Question(text="salt", page=2)
    many = Answer(question=asked, pages_found=1000, items_found=3, hits=(), counted=False, goes_on=True)
    records = Answer(question=asked, pages_found=7, items_found=1000, hits=(), counted=False)
    assert in_words(many) == "“salt”: more than 1,000 pages, the best first"
    assert in_words(records) == "“salt”: more than 1,000 items, the best first"
    assert results_pager(many) == Pager(previous="?q=salt&page=1", next="?q=salt&page=3", sentence="Part 2")
    assert results_pager(records) == Pager(previous="?q=salt&page=1", next="", sentence="Part 2")
    counted = Answer(question=asked, pages_found=60, items_found=21, hits=(), goes_on=True)
    assert in_words(counted) == "“salt”: 60 pages in 21 items"
    assert results_pager(counted) == Pager(previous="?q=salt&page=1", next="?q=salt&page=3", sentence="Part 2 of 3")
