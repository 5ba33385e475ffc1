"""What the tile benchmark asks for: every tile of every level once, and nothing outside the picture."""

from pathlib import Path

import pytest
from PIL import Image

from benchmarks import tiles
from images import iiif
from images.pyramid import open_copy
from images.render import render_page


def test_every_tile_is_asked_for_once_and_is_one(tmp_path: Path) -> None:
    Image.effect_noise((700, 530), 50).save(tmp_path / "page.tif")
    render_page(tmp_path / "page.tif", 0, tmp_path, prepare=False)
    asked = list(tiles.tiles_of(tmp_path / "access.tif"))
    with open_copy(tmp_path / "access.tif") as copy:
        given = [iiif.ready(copy, iiif.parse(*text.split("/"), "0", "default.jpg")) for text in asked]
        assert len(set(asked)) == len(asked) == copy.pyramid.tiles
    assert None not in given
    assert asked[-1].startswith("0,0,700,530/")


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: "/bin/sh")
    monkeypatch.setattr(tiles, "IIPSRV", Path("/nowhere"))
    with pytest.raises(SystemExit, match='needs Debian\'s package "iipimage-server"'):
        tiles.need()
