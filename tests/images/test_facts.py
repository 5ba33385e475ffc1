"""Headers are read by content, in small steps, and limits are applied before anything is decoded."""

import struct
from pathlib import Path
from typing import Any

import pytest
import pyvips
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.images import FileFacts, ImageFacts, Oddity
from core.limits import PageLimits
from images.facts import read_facts

LIMITS = PageLimits()


def page(**changes: Any) -> ImageFacts:
    return ImageFacts(**{"index": 0, "width": 60, "height": 40, "mode": "RGB", "bits": 8, **changes})


def test_tiff_with_resolution_and_compression(tmp_path: Path) -> None:
    Image.new("RGB", (60, 40)).save(tmp_path / "a.tif", compression="tiff_lzw", dpi=(400, 400))
    assert read_facts(tmp_path / "a.tif", LIMITS) == FileFacts(
        media_type="image/tiff", pages=(page(dpi=400.0, compression="LZW"),)
    )


@pytest.mark.parametrize(
    ("mode", "bits", "options"),
    [
        ("1", 1, {"compression": "group4"}),
        ("L", 8, {"compression": "tiff_adobe_deflate"}),
        ("I;16", 16, {}),
        ("CMYK", 8, {}),
        ("RGBA", 8, {}),
        ("P", 8, {}),
        ("LA", 8, {}),
    ],
)
def test_tiff_modes_are_named_as_pillow_names_them(tmp_path: Path, mode: str, bits: int, options: Any) -> None:
    image = Image.new(mode, (60, 40))
    if mode == "P":
        image.putpalette([0, 0, 0, 200, 10, 10] * 128)
    image.save(tmp_path / "a.tif", **options)
    (found,) = read_facts(tmp_path / "a.tif", LIMITS).pages
    assert (found.mode, found.bits, found.width, found.height) == (mode, bits, 60, 40)


@pytest.mark.parametrize("options", [{"bigtiff": True}, {"tile": True, "pyramid": True}, {"compression": "jpeg"}])
def test_tiff_containers_are_one_page(tmp_path: Path, picture: Any, options: Any) -> None:
    picture(600, 400).tiffsave(str(tmp_path / "a.tif"), **options)
    (found,) = read_facts(tmp_path / "a.tif", LIMITS).pages
    assert (found.width, found.height, found.mode) == (600, 400, "RGB")


def test_a_tiff_of_floating_point_numbers_is_refused(tmp_path: Path, picture: Any) -> None:
    (picture(60, 40, 1) / 255).tiffsave(str(tmp_path / "a.tif"))
    kinds = [oddity.kind for oddity in read_facts(tmp_path / "a.tif", LIMITS).oddities]
    assert kinds == ["format-not-accepted"]


def test_pyramid_that_marks_nothing_is_one_page_and_a_pile_of_pages_is_many(tmp_path: Path, picture: Any) -> None:
    sheets = [Image.new("L", (64 >> level, 64 >> level)) for level in range(3)]
    sheets[0].save(tmp_path / "pile.tif", save_all=True, append_images=sheets[1:])
    assert len(read_facts(tmp_path / "pile.tif", LIMITS).pages) == 3
    picture(512, 512).tiffsave(str(tmp_path / "sub.tif"), tile=True, pyramid=True, subifd=True)
    assert len(read_facts(tmp_path / "sub.tif", LIMITS).pages) == 1


def test_big_endian_tiff(tmp_path: Path) -> None:
    tags = ((256, 60), (257, 40), (258, 8), (259, 1), (262, 1), (273, 8), (274, 6), (277, 1), (279, 2400))
    table = b"".join(struct.pack(">HHIHH", tag, 3, 1, value, 0) for tag, value in tags)
    data = b"MM\0*" + struct.pack(">I", 8 + 2400) + bytes(2400) + struct.pack(">H", len(tags)) + table + bytes(4)
    (tmp_path / "a.tif").write_bytes(data)
    assert read_facts(tmp_path / "a.tif", LIMITS).pages == (
        page(width=40, height=60, mode="L", orientation=6, compression="none"),
    )


@pytest.mark.parametrize("orientation", range(1, 9))
def test_jpeg_size_is_that_of_the_upright_picture(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    Image.new("RGB", (60, 40)).save(tmp_path / "a.jpg", exif=exif)
    (found,) = read_facts(tmp_path / "a.jpg", LIMITS).pages
    assert (found.width, found.height) == ((60, 40) if orientation < 5 else (40, 60))
    assert found.orientation == orientation


def test_jpeg_and_png_carry_resolution_and_profile(tmp_path: Path, picture: Any) -> None:
    image = picture(60, 40).icc_transform("srgb").copy(xres=300 / 25.4, yres=300 / 25.4)
    image.jpegsave(str(tmp_path / "a.jpg"))
    image.pngsave(str(tmp_path / "a.png"))
    for name, compression in (("a.jpg", "JPEG"), ("a.png", "Deflate")):
        (found,) = read_facts(tmp_path / name, LIMITS).pages
        assert found.dpi == pytest.approx(300, abs=0.5)
        assert found.profile is not None
        assert found.profile.startswith("sRGB")
        assert found.compression == compression


def test_jp2_is_read_from_its_boxes(tmp_path: Path) -> None:
    Image.new("L", (60, 40)).save(tmp_path / "a.jp2")
    assert read_facts(tmp_path / "a.jp2", LIMITS) == FileFacts(
        media_type="image/jp2", pages=(page(mode="L", compression="JPEG 2000"),)
    )


def test_pdf_page_has_the_size_and_resolution_of_its_image(tmp_path: Path) -> None:
    first, second = Image.new("RGB", (600, 400)), Image.new("L", (300, 200))
    first.save(tmp_path / "a.pdf", save_all=True, append_images=[second], resolution=150)
    found = read_facts(tmp_path / "a.pdf", LIMITS)
    assert [(each.width, each.height, each.mode, each.dpi) for each in found.pages] == [
        (600, 400, "RGB", 150.0),
        (300, 200, "L", 150.0),
    ]


@pytest.mark.parametrize(
    ("content", "media_type", "oddity"),
    [
        (b"", "", Oddity("file-empty")),
        (b"no image at all", "", Oddity("format-unknown")),
        (b"GIF89a\0\0", "image/gif", Oddity("format-not-accepted", "a GIF image")),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp", Oddity("format-not-accepted", "a WebP image")),
        (b"%PDF-1.4\n", "application/pdf", Oddity("pdf-damaged", "its structure cannot be read")),
    ],
)
def test_files_that_are_no_page_images(tmp_path: Path, content: bytes, media_type: str, oddity: Oddity) -> None:
    (tmp_path / "a.tif").write_bytes(content)
    assert read_facts(tmp_path / "a.tif", LIMITS) == FileFacts(media_type=media_type, pages=(), oddities=(oddity,))


def test_a_claim_of_gigapixels_is_refused_and_a_large_true_page_is_not(tmp_path: Path) -> None:
    head = b"\x89PNG\r\n\x1a\n"

    def chunk(name: bytes, data: bytes) -> bytes:
        import zlib

        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    for width, height, kinds in ((65535, 65535, ["image-too-large"]), (10200, 13200, [])):
        header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
        (tmp_path / "a.png").write_bytes(head + chunk(b"IHDR", header) + chunk(b"IEND", b""))
        found = read_facts(tmp_path / "a.png", LIMITS)
        assert [oddity.kind for oddity in found.oddities] == kinds
        assert (found.pages[0].width, found.pages[0].height) == (width, height)


def test_too_many_pages(tmp_path: Path) -> None:
    sheets = [Image.new("1", (8, 8)) for _ in range(5)]
    sheets[0].save(tmp_path / "a.tif", save_all=True, append_images=sheets[1:])
    sheets[0].save(tmp_path / "a.pdf", save_all=True, append_images=sheets[1:])
    for name in ("a.tif", "a.pdf"):
        kinds = [oddity.kind for oddity in read_facts(tmp_path / name, PageLimits(pages=4)).oddities]
        assert kinds == ["pages-too-many"]
        assert len(read_facts(tmp_path / name, PageLimits(pages=5)).pages) == 5


@settings(max_examples=150, deadline=None)
@given(kind=st.sampled_from(["tif", "jpg", "png", "jp2"]), data=st.data())
def test_no_damage_to_a_header_makes_the_reader_fail(
    kind: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / f"damaged.{kind}"
    Image.effect_mandelbrot((40, 30), (-2, -1, 1, 1), 20).save(path, dpi=(300, 300))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, min(len(content), 700) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(1, len(content)))])
    found = read_facts(path, LIMITS)
    assert found.pages or found.oddities


@pytest.mark.scans
def test_true_scans_are_read_without_an_error(shared_data: Path) -> None:
    pages = {
        str(path.relative_to(shared_data / "scans")): read_facts(path, LIMITS)
        for path in sorted((shared_data / "scans").rglob("*.*"))
        if path.suffix != ".csv"
    }
    assert {name: facts.oddities for name, facts in pages.items() if facts.oddities} == {}
    assert len(pages["maps-and-pictures/indian-ferns/0001.tif"].pages) == 1
    assert len(pages["newspapers/weekly-journal-18560524-pdf/issue.pdf"].pages) == 4
    assert pages["newspapers/weekly-journal-18560524/0001.tif"].pages[0].megapixels == pytest.approx(134.64)


def test_a_picture_made_by_libvips_is_the_same_by_name_of_another_format(tmp_path: Path, picture: Any) -> None:
    pyvips.Image.jpegsave(picture(60, 40), str(tmp_path / "a.jp2"))
    assert read_facts(tmp_path / "a.jp2", LIMITS).media_type == "image/jpeg"
