"""The image server keeps to the grammar, to the limits, and to the pixels."""

from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from images import iiif
from images.problems import UnreadableImageError
from images.pyramid import ChangedError, Pyramid, open_copy
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
    with open_copy(access) as copy:
        data, _ = iiif.render(copy, request(text))
    return Image.open(BytesIO(data))


def pyramid_of(access: Path) -> Pyramid:
    with open_copy(access) as copy:
        return copy.pyramid


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


def test_ready_tiles_are_the_bytes_of_the_file(access: Path) -> None:
    with open_copy(access) as copy:
        level = copy.pyramid.levels[0]
        tile = copy.tile(level, 1, 1)
        stored = access.read_bytes()[level.offsets[5] :][: level.counts[5]]
        assert tile == level.tables[:-2] + stored[2:]
        for size in ("max", "256,", "256,256", "!256,256"):
            assert iiif.render(copy, request(f"256,256,256,256/{size}/0/default.jpg")) == (tile, "image/jpeg")
            assert iiif.ready(copy, request(f"256,256,256,256/{size}/0/default.jpg")) == tile
        assert iiif.ready(copy, request("256,256,256,256/max/0/default.png")) is None
        assert iiif.ready(copy, request("256,256,256,256/max/90/default.jpg")) is None
        assert iiif.ready(copy, request("250,256,256,256/max/0/default.jpg")) is None


@pytest.mark.parametrize(
    ("width", "height"), [(1000, 700), (1001, 701), (1025, 513), (257, 1023), (767, 769), (100, 90), (1024, 512)]
)
def test_every_tile_that_a_viewer_asks_for_shows_its_part(
    width: int, height: int, tmp_path: Path, picture: Any
) -> None:
    picture(width, height).tiffsave(str(tmp_path / "a.tif"))
    render_page(tmp_path / "a.tif", 0, tmp_path, prepare=False)
    with open_copy(tmp_path / "access.tif") as copy:
        for number in range(len(copy.pyramid.levels)):
            span = 256 << number
            for left, top in product(range(0, width, span), range(0, height, span)):
                w, h = min(span, width - left), min(span, height - top)
                size = (-(-w >> number) or 1, -(-h >> number) or 1)
                text = f"{left},{top},{w},{h}/{size[0]},{size[1]}/0/default"
                data, _ = iiif.render(copy, request(f"{text}.jpg"))
                made = Image.open(BytesIO(data))
                middle = [(left + w / 2) * 255 / (width - 1), (top + h / 2) * 255 / (height - 1)]
                assert made.size == size, text
                if min(size) < 3:  # the colours of a sliver are mixed with the padding beside it when the copy is made
                    continue
                seen = made.convert("RGB").getpixel((size[0] // 2, size[1] // 2))
                assert isinstance(seen, tuple)
                assert seen[:2] == pytest.approx(middle, abs=3 + 300 * 2**number / min(width, height)), text


def test_an_edge_tile_costs_one_decoding_and_is_remembered(access: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_copy(access) as copy:
        first = iiif.ready(copy, request("768,512,232,188/232,188/0/default.jpg"))
        monkeypatch.setattr("images.tiles._cut", None)
        assert iiif.ready(copy, request("768,512,256,256/232,188/0/default.jpg")) == first
        assert iiif.ready(copy, request("768,512,232,188/max/0/default.jpg")) == first


def test_a_tile_whose_bytes_are_not_those_that_were_read_is_never_given(access: Path) -> None:
    with open_copy(access) as copy:
        level = copy.pyramid.levels[0]
        for column, row in product(range(4), range(3)):
            place = level.offsets[row * 4 + column] + level.counts[row * 4 + column] // 2
            flip(access, place)
            with pytest.raises(ChangedError):
                copy.tile(level, column, row)
            flip(access, place)
            assert copy.tile(level, column, row)[:2] == b"\xff\xd8"


def flip(file: Path, place: int) -> None:
    """Another bit in one byte of the file, in place."""
    with file.open("r+b") as stream:
        stream.seek(place)
        byte = stream.read(1)
        stream.seek(place)
        stream.write(bytes([byte[0] ^ 4]))


@pytest.mark.parametrize(
    "how",
    [
        {"compression": "jpeg"},
        {"compression": "lzw", "tile": True},
        {"compression": "jpeg", "tile": True, "Q": 95},
        {"compression": "jpeg", "tile": True, "tile_width": 256, "tile_height": 128},
    ],
)
def test_other_tiffs_are_no_access_copies(how: dict[str, Any], tmp_path: Path, picture: Any) -> None:
    picture(W, H).tiffsave(str(tmp_path / "a.tif"), **how)
    with pytest.raises(UnreadableImageError), open_copy(tmp_path / "a.tif"):
        pass


def test_a_cut_off_access_copy_is_none(access: Path) -> None:
    access.write_bytes(access.read_bytes()[:-5000])
    with pytest.raises(UnreadableImageError), open_copy(access):
        pass


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
    info = iiif.info("https://example.org/iiif/image/3/p.1", pyramid_of(access))
    assert info["id"] == "https://example.org/iiif/image/3/p.1"
    assert (info["width"], info["height"], info["profile"], info["type"]) == (W, H, "level2", "ImageService3")
    assert info["tiles"] == [{"type": "Tile", "width": 256, "height": 256, "scaleFactors": [1, 2, 4]}]
    for size in info["sizes"]:
        shape = f"{size['width']},{size['height']}"
        assert shown(access, f"full/{shape}/0/default.jpg").size == (size["width"], size["height"])


def test_an_open_copy_stays_the_same_when_its_name_is_given_to_another(access: Path, picture: Any) -> None:
    with open_copy(access) as copy:
        before = iiif.render(copy, request("full/500,/0/default.jpg"))
        picture(300, 200).tiffsave(str(access.with_name("b.tif")), tile=True, compression="jpeg")
        access.with_name("b.tif").replace(access)
        assert iiif.render(copy, request("full/500,/0/default.jpg")) == before
    assert shown(access, "full/30,/0/default.jpg").size == (30, 20)
