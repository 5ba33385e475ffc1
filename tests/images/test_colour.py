"""A chart of known colours shows the same colours in the access copy, however the master was saved."""

import struct
from pathlib import Path
from typing import Any

import pytest
import pyvips

from core.images import ImageFacts
from images.colour import PROFILE, for_screen
from images.render import render_page

PATCH = 64
SIGHT = ImageFacts(index=0, width=384, height=256, mode="RGB", bits=8)
# 18 colours of skin, sky, leaf, ink and cloth, and six greys, in sRGB.
CHART = (
    (115, 82, 68), (194, 150, 130), (98, 122, 157), (87, 108, 67), (133, 128, 177), (103, 189, 170),
    (214, 126, 44), (80, 91, 166), (193, 90, 99), (94, 60, 108), (157, 188, 64), (224, 163, 46),
    (56, 61, 150), (70, 148, 73), (175, 54, 60), (231, 199, 31), (187, 86, 149), (60, 110, 140),
    (243, 243, 242), (200, 200, 200), (160, 160, 160), (122, 122, 121), (85, 85, 85), (52, 52, 52),
)  # fmt: skip
ADOBE_RGB = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
D50 = (0.9642, 1.0, 0.8249)
LIMIT = 2.0


def matrix_profile(name: str, primaries: tuple[tuple[float, float, float], ...], gamma: float) -> bytes:
    """An ICC profile (version 2) of three primaries adapted to D50 and one gamma."""

    def xyz(values: tuple[float, float, float]) -> bytes:
        return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))

    text = name.encode() + b"\0"
    desc = b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(78)
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    tags = {b"desc": desc, b"cprt": b"text\0\0\0\0none\0", b"wtpt": xyz(D50)}
    tags |= {mark + b"XYZ": xyz(each) for mark, each in zip((b"r", b"g", b"b"), primaries, strict=True)}
    tags |= {mark + b"TRC": curve for mark in (b"r", b"g", b"b")}
    table, body, place = b"", b"", 128 + 4 + 12 * len(tags)
    for mark, data in tags.items():
        data += bytes(-len(data) % 4)
        table += struct.pack(">4sII", mark, place + len(body), len(data))
        body += data
    head = struct.pack(">I4sI4s4s4s", place + len(body), b"\0\0\0\0", 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    head += bytes(12) + b"acsp" + bytes(28) + struct.pack(">3i", *(round(value * 65536) for value in D50))
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def chart() -> Any:
    patches = [pyvips.Image.black(PATCH, PATCH, bands=3).linear([1, 1, 1], list(each)) for each in CHART]
    return pyvips.Image.arrayjoin(patches, across=6).cast("uchar").copy(interpretation="srgb")


def centres(image: Any) -> list[Any]:
    """The mean of each patch away from its edges."""
    spots = []
    for number in range(len(CHART)):
        left, top = number % 6 * PATCH, number // 6 * PATCH
        spots.append(image.crop(left + 16, top + 16, PATCH - 32, PATCH - 32).shrink(PATCH - 32, PATCH - 32))
    return spots


def differences(master: Path, folder: Path) -> list[float]:
    """CIEDE2000 between the chart and its access copy, patch by patch."""
    assert render_page(master, 0, folder, prepare=False).oddities == ()
    access = pyvips.Image.tiffload(str(folder / "access.tif"))
    assert (access.bands, access.format, access.interpretation) == (3, "uchar", "srgb")
    pairs = zip(centres(chart().colourspace("lab")), centres(access.colourspace("lab")), strict=True)
    return [expected.dE00(found).avg() for expected, found in pairs]


def save_srgb(to: Path) -> None:
    chart().icc_transform("srgb").tiffsave(str(to))


def save_untagged(to: Path) -> None:
    chart().tiffsave(str(to))


def save_sixteen_bits(to: Path) -> None:
    chart().colourspace("rgb16").tiffsave(str(to), compression="deflate", predictor="horizontal")


def save_adobe_rgb(to: Path) -> None:
    profile = to.with_suffix(".icc")
    profile.write_bytes(matrix_profile("Made RGB (1998)", ADOBE_RGB, 2.19921875))
    chart().icc_transform(str(profile), input_profile="srgb").tiffsave(str(to))


def save_adobe_rgb_sixteen_bits(to: Path) -> None:
    profile = to.with_suffix(".icc")
    profile.write_bytes(matrix_profile("Made RGB (1998)", ADOBE_RGB, 2.19921875))
    chart().icc_transform(str(profile), input_profile="srgb", depth=16).tiffsave(str(to))


@pytest.mark.parametrize(
    "save",
    [save_srgb, save_untagged, save_sixteen_bits, save_adobe_rgb, save_adobe_rgb_sixteen_bits],
    ids=lambda save: save.__name__,
)
def test_chart_looks_the_same(save: Any, tmp_path: Path) -> None:
    save(tmp_path / "chart.tif")
    assert max(differences(tmp_path / "chart.tif", tmp_path)) <= LIMIT


@pytest.mark.parametrize("kind", ["tif", "jpg"])
def test_chart_in_cmyk_looks_the_same_where_the_press_can_print_it(kind: str, tmp_path: Path) -> None:
    press = chart().icc_transform("cmyk", input_profile="srgb", intent="relative", black_point_compensation=True)
    shown = press.icc_transform("srgb", embedded=True, intent="relative", black_point_compensation=True)
    pairs = zip(centres(chart().colourspace("lab")), centres(shown.colourspace("lab")), strict=True)
    printable = [expected.dE00(found).avg() <= 1 for expected, found in pairs]
    master = tmp_path / f"chart.{kind}"
    press.tiffsave(str(master)) if kind == "tif" else press.jpegsave(str(master), Q=95)
    found = [each for each, can in zip(differences(master, tmp_path), printable, strict=True) if can]
    assert len(found) >= 12
    assert max(found) <= LIMIT


def test_ignoring_the_profile_would_be_noticed(tmp_path: Path) -> None:
    profile = tmp_path / "made.icc"
    profile.write_bytes(matrix_profile("Made RGB (1998)", ADOBE_RGB, 2.19921875))
    master = tmp_path / "chart.tif"
    chart().icc_transform(str(profile), input_profile="srgb").tiffsave(str(master), keep="none")
    assert max(differences(master, tmp_path)) > 2 * LIMIT


def test_a_profile_that_is_srgb_by_another_name_changes_nothing() -> None:
    profile = pyvips.Image.black(1, 1, bands=3).copy(interpretation="srgb").icc_transform("srgb").get(PROFILE)
    page = chart().copy()
    page.set_type(pyvips.GValue.blob_type, PROFILE, profile)
    shown = for_screen(page, SIGHT)
    assert (shown - chart()).abs().max() == 0


def test_a_profile_of_another_space_changes_colours() -> None:
    page = chart().copy()
    profile = matrix_profile("sRGB IEC61966-2.1", ADOBE_RGB, 2.19921875)  # its name is not to be believed
    page.set_type(pyvips.GValue.blob_type, PROFILE, profile)
    assert (for_screen(page, SIGHT) - chart()).abs().max() > 20
