"""The image server keeps to the grammar, to the limits, and to the pixels."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from images import iiif
from images.pyramid import raw_tile, read_pyramid
from images.render import render_page
from images.requests import MOST_PIXELS, Plan, canonical, parse, resolve

W, H = 1000, 700


@pytest.fixture
def access(tmp_path: Path, picture: Any) -> Path:
    picture(W, H).tiffsave(str(tmp_path / "a.tif"))
    render_page(tmp_path / "a.tif", 0, tmp_path, prepare=False)
    return tmp_path / "access.tif"


def request(text: str) -> iiif.ImageRequest:
    return parse(*text.split("/"))


def shown(access: Path, text: str) -> Any:  # Pillow types a pixel as a number or a tuple, whatever the mode
    data, _ = iiif.render(access, request(text))
    return Image.open(BytesIO(data))


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("full/max/0/default.jpg", Plan(0, 0, 1000, 700, 1000, 700)),
        ("square/max/0/default.jpg", Plan(150, 0, 700, 700, 700, 700)),
        ("10,20,30,40/max/0/default.jpg", Plan(10, 20, 30, 40, 30, 40)),
        ("900,600,500,500/max/0/default.jpg", Plan(900, 600, 100, 100, 100, 100)),
        ("pct:10,10,50,50/max/0/default.jpg", Plan(100, 70, 500, 350, 500, 350)),
        ("full/500,/0/default.jpg", Plan(0, 0, 1000, 700, 500, 350)),
        ("full/,70/0/default.jpg", Plan(0, 0, 1000, 700, 100, 70)),
        ("full/500,500/0/default.jpg", Plan(0, 0, 1000, 700, 500, 500)),
        ("full/!500,500/0/default.jpg", Plan(0, 0, 1000, 700, 500, 350)),
        ("full/pct:12.5/0/default.jpg", Plan(0, 0, 1000, 700, 125, 88)),
        ("full/^2000,/0/default.jpg", Plan(0, 0, 1000, 700, 2000, 1400)),
        ("full/^!2000,2000/0/default.jpg", Plan(0, 0, 1000, 700, 2000, 1400)),
        ("full/^pct:200/0/default.jpg", Plan(0, 0, 1000, 700, 2000, 1400)),
        ("full/^max/0/default.jpg", Plan(0, 0, 1000, 700, 1000, 700)),
    ],
)
def test_requests_mean_what_the_specification_says(text: str, plan: Plan) -> None:
    assert resolve(request(text), W, H) == plan


@pytest.mark.parametrize(
    "text",
    [
        "whole/max/0/default.jpg", "1,2,3/max/0/default.jpg", "-1,0,5,5/max/0/default.jpg", "0,0,0,5/max/0/default.jpg",
        "1000,0,5,5/max/0/default.jpg", "pct:100,0,5,5/max/0/default.jpg", "pct:1e2,0,5,5/max/0/default.jpg",
        "full/full/0/default.jpg", "full/2000,/0/default.jpg", "full/!2000,2000/0/default.jpg", "full/0,/0/default.jpg",
        "full/pct:101/0/default.jpg", "full/^99999,99999/0/default.jpg", "full/1.5,/0/default.jpg",
        "full/max/361/default.jpg", "full/max/-90/default.jpg", "full/max/nan/default.jpg", "full/max/!/default.jpg",
        "full/max/0/best.jpg", "full/max/0/default.exe", "full/max/0/default", "full/max/0/.jpg",
        "full/^999999999,1/0/default.jpg", "full/max\n/0/default.jpg", "full/٣,/0/default.jpg",
        "full/,/0/default.jpg",
    ],
)  # fmt: skip
def test_wrong_requests_are_refused(text: str) -> None:
    with pytest.raises(iiif.BadRequest):
        resolve(request(text), W, H)


def test_known_formats_that_are_not_offered_say_so() -> None:
    with pytest.raises(iiif.NotSupported, match="tif"):
        request("full/max/0/default.tif")


SIZES = st.one_of(
    st.just("max"),
    st.integers(1, 900).map(lambda n: f"{n},"),
    st.integers(1, 900).map(lambda n: f",{n}"),
    st.tuples(st.integers(1, 3000), st.integers(1, 3000)).map(lambda t: f"^{t[0]},{t[1]}"),
    st.floats(0.5, 100).map(lambda p: f"pct:{p:.4f}"),
)
REGIONS = st.one_of(
    st.sampled_from(["full", "square"]),
    st.tuples(*[st.integers(0, 1200)] * 4).map(lambda t: ",".join(map(str, t))),
    st.tuples(*[st.floats(0, 100)] * 4).map(lambda t: "pct:" + ",".join(f"{n:.3f}" for n in t)),
)
TURNS = st.tuples(st.sampled_from(["", "!"]), st.integers(0, 360)).map(lambda t: f"{t[0]}{t[1]}")


@given(region=REGIONS, size=SIZES, turn=TURNS, width=st.integers(1, 20000), height=st.integers(1, 20000))
def test_the_canonical_form_means_the_same_and_is_its_own(
    region: str, size: str, turn: str, width: int, height: int
) -> None:
    asked = parse(region, size, turn, "gray.png")
    try:
        plan = resolve(asked, width, height)
    except iiif.BadRequest:
        return
    form = canonical("x", asked, width, height)
    again = request(form.removeprefix("x/"))
    assert resolve(again, width, height) == plan
    assert canonical("x", again, width, height) == form
    assert 0 <= plan.x < plan.x + plan.w <= width
    assert 0 <= plan.y < plan.y + plan.h <= height
    assert 0 < plan.width * plan.height <= MOST_PIXELS


@pytest.mark.parametrize("factor", [1, 2])
def test_ready_tiles_equal_decoded_ones(access: Path, factor: int) -> None:
    span = 256 * factor
    ready = shown(access, f"0,0,{span},{span}/256,256/0/default.jpg")
    decoded = shown(access, f"0,0,{span},{span}/256,256/0/default.png")
    assert ready.size == decoded.size == (256, 256)
    difference = max(
        abs(a - b)
        for place in ((5, 5), (128, 128), (250, 5), (5, 250), (250, 250))
        for a, b in zip(ready.getpixel(place), decoded.getpixel(place), strict=True)
    )
    assert difference <= 3


def test_ready_tiles_are_the_bytes_of_the_file_and_edge_tiles_are_not(access: Path) -> None:
    level = read_pyramid(access).levels[0]
    tile = raw_tile(access, level, 1, 1)
    assert tile is not None
    assert iiif.render(access, request("256,256,256,256/max/0/default.jpg")) == (tile, "image/jpeg")
    assert raw_tile(access, level, 3, 0) is None
    assert shown(access, "768,512,256,256/232,188/0/default.jpg").size == (232, 188)


def test_every_level_shows_the_same_place(access: Path) -> None:
    for width in (1000, 500, 250, 125, 60, 7):
        picture = shown(access, f"full/{width},/0/default.png").convert("RGB")
        w, h = picture.size
        assert (w, h) == (width, max(1, round(700 * width / 1000)))
        centre = picture.getpixel((w // 2, h // 2))
        assert centre == pytest.approx((127, 127, 127), abs=25), width


def test_turning_mirroring_and_qualities(access: Path) -> None:
    assert shown(access, "full/200,/90/default.jpg").size == (140, 200)
    plain, mirrored = shown(access, "full/200,/0/default.png"), shown(access, "full/200,/!0/default.png")
    assert plain.getpixel((10, 50)) == mirrored.getpixel((189, 50))
    assert shown(access, "full/200,/0/gray.jpg").mode == "L"
    assert shown(access, "full/200,/0/bitonal.png").mode == "1"
    assert shown(access, "full/200,/0/bitonal.png").getcolors() is not None
    turned = shown(access, "full/200,/45/default.png")
    assert turned.mode == "RGBA"
    assert turned.getpixel((1, 1))[3] == 0
    assert shown(access, "full/200,/0/color.webp").format == "WEBP"


def test_info_tells_what_can_be_asked(access: Path) -> None:
    info = iiif.info("https://example.org/iiif/image/3/p.1", access)
    assert info["id"] == "https://example.org/iiif/image/3/p.1"
    assert (info["width"], info["height"], info["profile"], info["type"]) == (W, H, "level2", "ImageService3")
    assert info["tiles"] == [{"type": "Tile", "width": 256, "height": 256, "scaleFactors": [1, 2, 4]}]
    for size in info["sizes"]:
        shape = f"{size['width']},{size['height']}"
        assert shown(access, f"full/{shape}/0/default.jpg").size == (size["width"], size["height"])


def test_a_replaced_access_copy_is_not_taken_for_the_old_one(access: Path, picture: Any) -> None:
    assert read_pyramid(access).width == W
    picture(300, 200).tiffsave(str(access), tile=True, tile_width=256, tile_height=256, compression="jpeg")
    assert read_pyramid(access).width == 300
