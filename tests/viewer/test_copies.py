"""Only pixels of verified files are shown; what is damaged is made again, and nothing wrong is shown meanwhile."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from catalog import items
from images.pyramid import AccessCopy, ChangedError, Pyramid, read_pyramid
from tests.viewer.deeds import ReadingClient
from viewer import copies
from viewer.app import create_app
from viewer.copies import AccessCopies, LostCopyError
from viewer.counting import KEY


@pytest.fixture
def page(shelf: Any, report: Any, config: Any, tmp_path: Path) -> Path:
    """A folder with the derived files of the report's first page, free to be damaged."""
    view = items.get(shelf.catalog, report.id)
    assert view is not None
    key = view.derived[report.pages[0].id]
    return Path(shutil.copytree(config.derived_folder(key), tmp_path / "derived" / key[:2] / key))


@pytest.fixture
def clock() -> list[float]:
    return [1000.0]


@pytest.fixture
def held(page: Path, clock: list[float]) -> AccessCopies:
    """The verified copies of a viewer, by a clock that is set by hand."""
    return AccessCopies(lambda _: page, clock=lambda: clock[0])


def flip(file: Path, *places: int, hidden: bool = False) -> None:
    """Another bit in these bytes of the file; `hidden` leaves its time of change as it was."""
    about = file.stat()
    with file.open("r+b") as stream:
        for place in places:
            stream.seek(place)
            byte = stream.read(1)
            stream.seek(place)
            stream.write(bytes([byte[0] ^ 16]))
    if hidden:
        os.utime(file, ns=(about.st_atime_ns, about.st_mtime_ns))


def tiles_of(copy: AccessCopy) -> list[bytes]:
    """All tiles of the copy."""
    return [
        copy.tile(level, number % level.across, number // level.across)
        for level in copy.pyramid.levels
        for number in range(len(level.offsets))
    ]


def all_tiles(held: AccessCopies) -> list[bytes]:
    with held.opened("k") as copy:
        return tiles_of(copy)


def test_a_copy_is_read_in_full_once(held: AccessCopies, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = all_tiles(held)
    monkeypatch.setattr(copies, "read_pyramid", None)
    assert all_tiles(held) == first


def test_a_copy_that_was_written_to_is_read_anew(held: AccessCopies, page: Path) -> None:
    first = all_tiles(held)
    for hidden in (False, True):
        flip(page / "access.tif", 900, hidden=hidden)
        with pytest.raises(LostCopyError), held.opened("k"):
            pass
        flip(page / "access.tif", 900, hidden=hidden)
        assert all_tiles(held) == first


def test_a_copy_is_read_anew_after_an_hour(held: AccessCopies, clock: list[float], page: Path) -> None:
    all_tiles(held)
    record = page / "done.json"
    record.write_text(record.read_text().replace('"access.tif": "', '"access.tif": "0'))
    clock[0] += copies.GOOD_SECONDS - 1
    all_tiles(held)
    clock[0] += 1
    with pytest.raises(LostCopyError), held.opened("k"):
        pass


def test_a_damaged_copy_is_not_read_again_and_again(
    held: AccessCopies, clock: list[float], page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flip(page / "access.tif", 900)
    read: list[int] = []

    def counted(descriptor: int) -> Pyramid:
        read.append(descriptor)
        return read_pyramid(descriptor)

    monkeypatch.setattr(copies, "read_pyramid", counted)
    for _ in range(5):
        with pytest.raises(LostCopyError), held.opened("k"):
            pass
    clock[0] += copies.BAD_SECONDS
    with pytest.raises(LostCopyError), held.opened("k"):
        pass
    assert len(read) == 2


@pytest.mark.parametrize("record", ["", "{", "[]", "{}", '{"files": []}', '{"files": {"thumb.jpg": "0"}}', "\xff"])
def test_without_a_record_nothing_is_shown(record: str, held: AccessCopies, page: Path) -> None:
    (page / "done.json").write_text(record, encoding="latin-1")
    with pytest.raises(LostCopyError), held.opened("k"):
        pass
    with pytest.raises(LostCopyError):
        held.read("k", "thumb.jpg" if "thumb" in record else "access.tif")


def test_a_small_file_is_verified_each_time(held: AccessCopies, page: Path) -> None:
    assert held.read("k", "thumb.jpg") == (page / "thumb.jpg").read_bytes()
    flip(page / "thumb.jpg", 700)
    with pytest.raises(LostCopyError):
        held.read("k", "thumb.jpg")
    (page / "thumb.jpg").unlink()
    with pytest.raises(LostCopyError):
        held.read("k", "thumb.jpg")


def test_what_flips_behind_our_back_is_seen_tile_by_tile(held: AccessCopies, page: Path) -> None:
    with held.opened("k") as copy:
        level = copy.pyramid.levels[0]
        flip(page / "access.tif", level.offsets[3] + 50, hidden=True)
        with pytest.raises(ChangedError):
            copy.tile(level, 3, 0)
        assert copy.tile(level, 2, 0)


def test_no_more_is_remembered_than_fits(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "MOST_TILES", 300)
    held = AccessCopies(lambda _: page)
    for number in range(20):
        with held.opened(str(number)):
            pass
    assert len(held._seen) == 2
    assert held._tiles == sum(copies._weight(seen) for seen in held._seen.values())


@pytest.fixture
def app(page: Path, config: Any, shelf: Any, actions: Any) -> Flask:
    """A viewer over the copy that may be damaged."""
    made = create_app(replace(config, derived=page.parent.parent), shelf.catalog, actions)
    made.test_client_class = ReadingClient
    return made


def asked(client: FlaskClient, report: Any) -> dict[str, tuple[int, bytes]]:
    """Status and bytes of all tiles, a whole picture and the thumbnail of the first page, by address."""
    start = f"/iiif/image/3/{report.pages[0].image_id}"
    paths = [
        f"{start}/{x},{y},{span},{span}/{min(span, 1000 - x) // factor},/0/default.jpg"
        for factor in (1, 2, 4)
        for span in (256 * factor,)
        for x in range(0, 1000, span)
        for y in range(0, 1400, span)
    ]
    paths += [f"{start}/full/300,/0/default.jpg", f"/thumbs/{report.pages[0].image_id}.jpg"]
    return {path: ((answer := client.get(path)).status_code, answer.data) for path in paths}


def test_no_pdf_is_made_of_a_damaged_copy(app: Flask, page: Path, shelf: Any, report: Any, actions: Any) -> None:
    view = items.get(shelf.catalog, report.id)
    assert view is not None
    for other in view.derived.values():
        if other != page.name:
            source = shelf.home / "derived" / other[:2] / other
            shutil.copytree(source, page.parent.parent / other[:2] / other)
    client = app.test_client()
    flip(page / "access.tif", 900)
    answer = client.get(f"/items/{report.id}/item.pdf")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    flip(page / "access.tif", 900)
    assert client.get(f"/items/{report.id}/item.pdf").status_code == 200
    assert actions.asked == [("make again", report.id)]


@pytest.mark.parametrize("seed", range(8))
def test_no_wrong_pixel_is_shown_of_a_copy_with_a_hundred_flipped_bytes(
    seed: int, app: Flask, page: Path, shelf: Any, config: Any, report: Any, actions: Any
) -> None:
    true = asked(app.test_client(), report)
    assert {status for status, _ in true.values()} == {200}
    chance, names = Random(seed), ("access.tif", "thumb.jpg", "done.json")
    for _ in range(100):
        file = page / chance.choices(names, weights=[(page / name).stat().st_size for name in names])[0]
        flip(file, chance.randrange(file.stat().st_size), hidden=True)
    restarted = create_app(app.extensions["muniment"].config, shelf.catalog, actions)
    for viewer in (app, restarted):
        found = asked(viewer.test_client(), report)
        wrong = [path for path, (status, data) in found.items() if status != 503 and data != true[path][1]]
        assert wrong == []
        assert 503 in {status for status, _ in found.values()}
        assert actions.asked[-1] == ("make again", report.id)


def test_a_tile_that_changed_is_the_application_s_and_heals(
    app: Flask, page: Path, report: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, path = app.test_client(), f"/iiif/image/3/{report.pages[0].image_id}/0,0,256,256/256,256/0/default.jpg"
    first = client.get(path)
    with app.extensions["muniment"].copies.opened(page.name) as copy:
        place = copy.pyramid.levels[0].offsets[0] + 50
    monkeypatch.setattr(copies, "_stamp", lambda _: (0,))  # a disk that loses bits tells nobody
    client.get(path)
    flip(page / "access.tif", place)
    assert [client.get(path).status_code for _ in range(2)] == [503, 503]
    flip(page / "access.tif", place)
    app.extensions["muniment"].copies.forget(page.name)
    assert client.get(path).data == first.data
    assert app.extensions[KEY].answers() == [(("application", 503), 2), (("tiles", 200), 3)]


def test_a_record_names_every_file_of_the_page(page: Path) -> None:
    assert set(json.loads((page / "done.json").read_text())["files"]) == {"access.tif", "thumb.jpg"}
