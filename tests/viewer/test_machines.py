"""The addresses for machines: IIIF documents, pictures, files, health."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import etree

from core.errors import CatalogError
from manifests.addresses import PLACEHOLDER
from viewer import pdf
from viewer.app import create_app
from viewer.errors import OTHER

BASE = "http://127.0.0.1:8080"


def document(client: FlaskClient, path: str) -> Any:
    """The JSON document at this address."""
    return client.get(path).json


def test_the_manifest_is_served_from_its_file_under_the_public_address(
    reader: FlaskClient, report: Any, config: Any
) -> None:
    config.manifests.mkdir()
    stored = {"id": f"{PLACEHOLDER}/iiif/presentation/3/{report.id}/manifest"}
    (config.manifests / f"{report.id}.json").write_text(json.dumps(stored))
    answer = reader.get(f"/iiif/presentation/3/{report.id}/manifest")
    assert answer.json == {"id": f"{BASE}/iiif/presentation/3/{report.id}/manifest"}


def test_a_manifest_that_was_thrown_away_is_made_again(reader: FlaskClient, report: Any) -> None:
    answer = reader.get(f"/iiif/presentation/3/{report.id}/manifest", headers={"Accept": "application/ld+json"})
    assert answer.content_type.startswith("application/ld+json;profile=")
    data: Any = answer.json
    assert data["type"] == "Manifest"
    assert [canvas["id"] for canvas in data["items"]] == [
        f"{BASE}/iiif/presentation/3/{report.id}/canvas/{page.id}" for page in report.pages
    ]
    assert "muniment.invalid" not in answer.text
    again = reader.get(f"/iiif/presentation/3/{report.id}/manifest", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_every_address_in_the_manifest_answers(reader: FlaskClient, report: Any) -> None:
    text = reader.get(f"/iiif/presentation/3/{report.id}/manifest").text
    found = {part.partition('"')[0] for part in text.split('"id": "')[1:]}
    ours = {address.removeprefix(BASE) for address in found if address.startswith(BASE) and "/canvas/" not in address}
    assert len(ours) > 15
    for address in ours:
        assert reader.get(address, follow_redirects=True).status_code == 200, address


def test_annotations_and_searches_point_at_the_words(reader: FlaskClient, report: Any) -> None:
    page = report.pages[2]
    canvas = f"{BASE}/iiif/presentation/3/{report.id}/canvas/{page.id}"
    lines = document(reader, f"/iiif/presentation/3/{report.id}/annotations/{page.id}")
    assert [line["body"]["value"] for line in lines["items"]] == [
        "Zephyrine saw the lights",
        "from the old harbour wall",
    ]
    second = document(reader, f"/iiif/search/2/{report.id}?q=zephyrine&user=x")
    assert second["type"] == "AnnotationPage"
    assert second["ignored"] == ["user"]
    assert second["items"][0]["target"].startswith(f"{canvas}#xywh=")
    first = document(reader, f"/iiif/search/1/{report.id}?q=zephyrine")
    assert first["resources"][0]["on"].startswith(f"{canvas}#xywh=")
    assert document(reader, f"/iiif/search/2/{report.id}")["items"] == []
    assert reader.get(f"/iiif/search/3/{report.id}?q=a").status_code == 404


def test_collections_name_items_and_each_other(reader: FlaskClient, report: Any) -> None:
    top = document(reader, "/iiif/presentation/3/collection")
    assert f"{BASE}/iiif/presentation/3/collection/Town" in [part["id"] for part in top["items"]]
    inner = document(reader, "/iiif/presentation/3/collection/Town/Harbour")
    assert [part["id"] for part in inner["items"]] == [f"{BASE}/iiif/presentation/3/{report.id}/manifest"]


def test_the_image_api_answers_as_it_should(reader: FlaskClient, report: Any) -> None:
    image = f"/iiif/image/3/{report.pages[0].image_id}"
    base = reader.get(image)
    assert (base.status_code, base.headers["Location"]) == (303, f"{image}/info.json")
    info = reader.get(f"{image}/info.json", headers={"Accept": "application/ld+json"})
    told: Any = info.json
    assert info.content_type.startswith('application/ld+json;profile="http://iiif.io/api/image/3/context.json"')
    assert (told["id"], told["width"], told["height"]) == (BASE + image, 1000, 1400)
    assert reader.get(f"{image}/square/90,90/0/gray.png").content_type == "image/png"
    assert reader.get(f"{image}/full/90,/0/default.jpg").content_type == "image/jpeg"
    assert reader.get(f"{image}/nonsense/90,/0/default.jpg").status_code == 400
    assert reader.get(f"{image}/full/90,/0/default.gif").status_code in (400, 501)
    assert reader.get("/iiif/image/3/unknown.1/info.json").status_code == 404


def test_a_picture_that_is_being_made_again_is_announced(
    reader: FlaskClient, shelf: Any, config: Any, actions: Any
) -> None:
    page = shelf.items["report"].pages[0]
    bare = create_app(replace(config, derived=Path("/nonexistent")), shelf.catalog, actions).test_client()
    answer = bare.get(f"/iiif/image/3/{page.image_id}/full/90,/0/default.jpg")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert actions.asked[-1] == ("make again", shelf.items["report"].id)
    assert bare.get(f"/items/{shelf.items['report'].id}/item.pdf").status_code == 503


def test_texts_alto_and_hocr_are_handed_out(reader: FlaskClient, report: Any) -> None:
    place = f"/items/{report.id}/pages/{report.pages[1].id}"
    plain = reader.get(f"{place}/text.txt")
    assert (plain.content_type, plain.text) == (
        "text/plain; charset=utf-8",
        "Nobody came ashore\nand the lamps were lit\n",
    )
    whole = reader.get(f"/items/{report.id}/text").text
    assert whole.startswith("Harbour report\n\n[Page 1]\n\nThe harbour was quiet\n")
    alto = etree.fromstring(reader.get(f"{place}/alto.xml").data)
    assert [word.get("CONTENT") for word in alto.iter("{*}String")][:2] == ["Nobody", "came"]
    hocr = reader.get(f"{place}/hocr.html")
    assert hocr.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "ocrx_word" in hocr.text


def test_the_pdf_is_made_once_a_version(reader: FlaskClient, report: Any, config: Any) -> None:
    answer = reader.get(f"/items/{report.id}/item.pdf")
    assert (answer.content_type, answer.data[:5]) == ("application/pdf", b"%PDF-")
    made = list((config.cache / "pdf").iterdir())
    assert [file.name for file in made] == [f"{report.id}-v1.pdf"]
    stamp = made[0].stat().st_mtime_ns
    assert reader.get(f"/items/{report.id}/item.pdf").data == answer.data
    assert made[0].stat().st_mtime_ns == stamp


def test_while_another_pdf_is_made_nobody_waits_for_a_thread(reader: FlaskClient, report: Any, config: Any) -> None:
    address = f"/items/{report.id}/item.pdf"
    with pdf._making:
        answer = reader.get(address)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "20")
        assert answer.text == "Another PDF is being made at this moment: ask for this one again in half a minute.\n"
    assert reader.get(address).status_code == 200
    with pdf._making:
        assert reader.get(address).status_code == 200


def test_a_new_pdf_takes_the_place_of_the_item_s_other_versions_alone(
    reader: FlaskClient, report: Any, config: Any
) -> None:
    folder = config.cache / "pdf"
    folder.mkdir(parents=True)
    for name in (f"{report.id}-v0.pdf", f"{report.id}-v12.pdf", "another-v0.pdf"):
        (folder / name).touch()
    assert reader.get(f"/items/{report.id}/item.pdf").status_code == 200
    assert sorted(file.name for file in folder.iterdir()) == sorted([f"{report.id}-v1.pdf", "another-v0.pdf"])


def test_why_a_store_fails_is_told_to_staff_alone(
    reader: FlaskClient, staff: FlaskClient, report: Any, actions: Any
) -> None:
    actions.well = False
    address = f"/items/{report.id}/masters/0001.tif"
    assert [client.get(address).status_code for client in (reader, staff)] == [503, 503]
    assert ("The store does not answer" in reader.get(address).text, "10.0.0.7" in reader.get(address).text) == (
        True,
        False,
    )
    assert "10.0.0.7" in staff.get(address).text
    assert document(reader, "/healthz") == {"ok": False, "parts": {"store": "the store does not answer"}}
    assert "10.0.0.7" in document(staff, "/healthz")["parts"]["store"]


def test_what_went_wrong_inside_is_told_to_staff_alone(
    reader: FlaskClient, staff: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise CatalogError("The table is locked.")

    monkeypatch.setattr("viewer.reading.items.newest", broken)
    for client, sentence in ((reader, OTHER), (staff, "The table is locked.")):
        answer = client.get("/")
        assert answer.status_code == 500
        assert f"<p>{sentence}</p>" in answer.text


def test_readers_are_not_told_how_many_items_are_hidden(reader: FlaskClient, staff: FlaskClient) -> None:
    assert "muniment_items_public 2\n" in reader.get("/metrics").text
    assert "muniment_items " not in reader.get("/metrics").text
    assert "muniment_items 6\n" in staff.get("/metrics").text


def test_a_master_is_handed_out_byte_for_byte_or_not_at_all(reader: FlaskClient, report: Any, actions: Any) -> None:
    answer = reader.get(f"/items/{report.id}/masters/0001.tif")
    assert answer.data == actions.master.read_bytes()
    assert answer.headers["Content-Disposition"] == f"attachment; filename={report.id}-0001.tif"
    for name in ("0009.tif", "../metadata/record.json", "%2e%2e/premis.xml"):
        assert reader.get(f"/items/{report.id}/masters/{name}").status_code == 404


def test_health_is_told_with_reasons(reader: FlaskClient, actions: Any) -> None:
    assert (reader.get("/healthz").status_code, document(reader, "/healthz")) == (
        200,
        {"ok": True, "parts": {"store": "ok"}},
    )
    actions.well = False
    answer = reader.get("/healthz")
    told: Any = answer.json
    assert (answer.status_code, told["parts"]) == (503, {"store": "the store does not answer"})
