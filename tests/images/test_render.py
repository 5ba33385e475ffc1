"""What is made of a page shows the page, upright, in full, and nothing else."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import pyvips
from PIL import Image, ImageOps

from core.errors import MunimentError
from core.images import Oddity
from images.render import Rendered, render_page, verify_page


def corners(path: Path) -> list[tuple[int, ...]]:
    """Four colours near the corners, clockwise from the top left."""
    with Image.open(path) as image:
        upright: Any = ImageOps.exif_transpose(image).convert("RGB")
        w, h = upright.size
        return [upright.getpixel(place) for place in ((8, 8), (w - 9, 8), (w - 9, h - 9), (8, h - 9))]


def in_grey(colours: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """The colours as the picture for reading shows them."""
    return [(round(0.3 * red + 0.5 * green + 0.2 * blue),) * 3 for red, green, blue in colours]


def written(image: Any) -> Any:
    """The picture with a stroke in its middle, so that it is not blank."""
    middle = image.width // 2 - 10, image.height // 2 - 2
    return image.draw_rect([0] * image.bands, *middle, 20, 4, fill=True)


@contextmanager
def small_files(size: int) -> Iterator[None]:
    """No file of this process may grow beyond so many bytes: what a full disk is to whoever writes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


def close(found: list[tuple[int, ...]], expected: list[tuple[int, ...]]) -> bool:
    return all(abs(a - b) <= 12 for f, e in zip(found, expected, strict=True) for a, b in zip(f, e, strict=True))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_all_copies_stand_upright(tmp_path: Path, picture: Any, orientation: int) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    master = tmp_path / "a.jpg"
    Image.fromarray(written(picture(320, 200)).numpy()).save(master, exif=exif, quality=95)
    size = (320, 200) if orientation < 5 else (200, 320)
    assert render_page(master, 0, tmp_path, prepare=True) == Rendered(*size, None, (), reading_dpi=300.0)
    for name in ("access.tif", "thumb.jpg"):
        assert close(corners(tmp_path / name), corners(master)), name
    assert close(corners(tmp_path / "ocr.png"), in_grey(corners(master)))


def test_the_access_copy_is_a_tiled_pyramid_and_the_thumbnail_small(tmp_path: Path, picture: Any) -> None:
    picture(1000, 700).tiffsave(str(tmp_path / "a.tif"))
    render_page(tmp_path / "a.tif", 0, tmp_path, prepare=False)
    access: Any
    with Image.open(tmp_path / "access.tif") as access:
        sizes = []
        for level in range(access.n_frames):
            access.seek(level)
            sizes.append(access.size)
            assert access.tag_v2[322] == access.tag_v2[323] == 256
            assert access.info["compression"] == "jpeg"
    assert sizes == [(1000, 700), (500, 350), (250, 175)]
    with Image.open(tmp_path / "thumb.jpg") as thumbnail:
        assert thumbnail.size == (400, 280)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tif", "access.tif", "thumb.jpg"]


@pytest.mark.parametrize("mode", ["1", "L"])
def test_a_small_picture_is_read_with_the_pages_own_pixels(tmp_path: Path, mode: str) -> None:
    page = Image.effect_noise((300, 200), 90).convert(mode)
    page.save(tmp_path / "a.tif", dpi=(400, 400))
    expected = Rendered(300, 200, 400.0, (), reading_dpi=400.0)
    assert render_page(tmp_path / "a.tif", 0, tmp_path, prepare=True) == expected
    with Image.open(tmp_path / "ocr.png") as reading:
        assert reading.mode == mode
        assert reading.tobytes() == page.tobytes()
        assert reading.info["dpi"] == pytest.approx((400, 400), abs=0.5)


def test_colours_become_grey_for_reading(tmp_path: Path, picture: Any) -> None:
    written(picture(300, 200)).tiffsave(str(tmp_path / "a.tif"))
    render_page(tmp_path / "a.tif", 0, tmp_path, prepare=True)
    with Image.open(tmp_path / "ocr.png") as reading:
        assert (reading.mode, reading.size) == ("L", (300, 200))
    assert close(corners(tmp_path / "ocr.png"), in_grey(corners(tmp_path / "a.tif")))


def test_thick_strokes_are_reduced_for_reading(tmp_path: Path) -> None:
    page = pyvips.Image.text("Wide letters\non a large page", font="DejaVu Serif 40", dpi=600).invert()
    page = page.embed(400, 400, 6000, 4800, background=255)
    page.tiffsave(str(tmp_path / "a.tif"), xres=600 / 25.4, yres=600 / 25.4)
    found = render_page(tmp_path / "a.tif", 0, tmp_path, prepare=True)
    assert found == Rendered(6000, 4800, 600.0, (), scale=4.0, reading_dpi=300.0)
    with Image.open(tmp_path / "ocr.png") as reading:
        assert (reading.mode, reading.size) == ("L", (1500, 1200))


def test_an_unknown_resolution_is_taken_for_the_usual_one(tmp_path: Path) -> None:
    Image.effect_noise((50, 50), 90).save(tmp_path / "a.png")
    found = render_page(tmp_path / "a.png", 0, tmp_path, prepare=True)
    assert (found.dpi, found.reading_dpi) == (None, 300.0)
    with Image.open(tmp_path / "ocr.png") as reading:
        assert reading.info["dpi"] == pytest.approx((300, 300), abs=0.5)


def test_a_blank_page_gets_an_access_copy_and_nothing_to_read(tmp_path: Path) -> None:
    Image.new("L", (700, 500), 240).save(tmp_path / "a.png")
    (tmp_path / "ocr.png").write_bytes(b"of an earlier try")
    expected = Rendered(700, 500, None, (Oddity("page-blank", "", 0),), blank=True)
    assert render_page(tmp_path / "a.png", 0, tmp_path, prepare=True) == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "access.tif", "thumb.jpg"]


def test_sixteen_bits_and_transparency_become_eight_on_white(tmp_path: Path) -> None:
    grey = pyvips.Image.black(64, 64).linear(1, 0x8040).cast("ushort").copy(interpretation="grey16")
    written(grey).tiffsave(str(tmp_path / "a.tif"))
    render_page(tmp_path / "a.tif", 0, tmp_path, prepare=True)
    assert pyvips.Image.pngload(str(tmp_path / "ocr.png"))(9, 9) == [0x80]
    assert pyvips.Image.tiffload(str(tmp_path / "access.tif"))(9, 9) == pytest.approx([0x80], abs=2)
    clear = Image.new("RGBA", (64, 64), (200, 0, 0, 0))
    clear.paste((0, 0, 0, 255), (20, 30, 40, 34))
    clear.save(tmp_path / "b.png")
    render_page(tmp_path / "b.png", 0, tmp_path, prepare=True)
    assert pyvips.Image.pngload(str(tmp_path / "ocr.png"))(9, 9) == [255]
    assert pyvips.Image.tiffload(str(tmp_path / "access.tif"))(9, 9) == pytest.approx([255, 255, 255], abs=2)


def test_extra_channels_are_left_out(tmp_path: Path) -> None:
    five = pyvips.Image.black(64, 64, bands=5).linear([1] * 5, [160, 90, 80, 10, 10]).cast("uchar")
    written(five.copy(interpretation="srgb")).tiffsave(str(tmp_path / "a.tif"))
    render_page(tmp_path / "a.tif", 0, tmp_path, prepare=True)
    assert pyvips.Image.pngload(str(tmp_path / "ocr.png"))(9, 9) == [109]
    assert pyvips.Image.tiffload(str(tmp_path / "access.tif"))(9, 9) == pytest.approx([160, 90, 80], abs=3)


def test_pages_of_one_file_are_told_apart(tmp_path: Path) -> None:
    sheets = [Image.new("L", (64, 64 + 8 * number), 40 * number) for number in range(4)]
    sheets[0].save(tmp_path / "a.tif", save_all=True, append_images=sheets[1:])
    sheets[0].save(tmp_path / "a.pdf", save_all=True, append_images=sheets[1:], resolution=100)
    for name in ("a.tif", "a.pdf"):
        for number in range(4):
            found = render_page(tmp_path / name, number, tmp_path, prepare=False)
            assert (found.width, found.height, found.oddities) == (64, 64 + 8 * number, ())
            access = pyvips.Image.tiffload(str(tmp_path / "access.tif"))
            assert access.bands == 1
            assert access.avg() == pytest.approx(40 * number, abs=4)


def test_a_pdf_page_is_shown_pixel_for_pixel(tmp_path: Path) -> None:
    page = Image.effect_noise((501, 333), 90).convert("1")
    page.save(tmp_path / "a.pdf", resolution=300)
    render_page(tmp_path / "a.pdf", 0, tmp_path, prepare=True)
    with Image.open(tmp_path / "ocr.png") as reading:
        assert (reading.mode, reading.size) == ("1", page.size)
        assert reading.tobytes() == page.tobytes()


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_turned_pdf_page_stands_upright(tmp_path: Path, picture: Any, turn: int) -> None:
    flat = Image.fromarray(written(picture(320, 200)).numpy())
    flat.save(tmp_path / "flat.pdf", resolution=100, quality=95)
    document = pypdfium2.PdfDocument(tmp_path / "flat.pdf")
    document[0].set_rotation(turn)
    document.save(tmp_path / "a.pdf")
    document.close()
    flat.rotate(-turn, expand=True).save(tmp_path / "turned.png")
    found = render_page(tmp_path / "a.pdf", 0, tmp_path, prepare=True)
    assert (found.width, found.height) == ((320, 200) if turn % 180 == 0 else (200, 320))
    assert close(corners(tmp_path / "access.tif"), corners(tmp_path / "turned.png"))
    assert close(corners(tmp_path / "ocr.png"), in_grey(corners(tmp_path / "turned.png")))


@pytest.mark.parametrize("kind", ["tif", "jpg"])
def test_a_page_that_is_cut_off_leaves_no_file(tmp_path: Path, kind: str) -> None:
    source, master, folder = tmp_path / f"whole.{kind}", tmp_path / f"cut.{kind}", tmp_path / "made"
    folder.mkdir()
    Image.effect_noise((300, 300), 60).convert("RGB").save(source)
    content = source.read_bytes()
    master.write_bytes(content[: len(content) * 2 // 3])
    found = render_page(master, 0, folder, prepare=True)
    assert [oddity.kind for oddity in found.oddities] == ["image-truncated"]
    assert (found.width, found.height) == (0, 0)
    assert found.oddities == verify_page(master, 0)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("prepare", [True, False])
def test_a_full_disk_is_not_taken_for_a_damaged_page(tmp_path: Path, prepare: bool) -> None:
    Image.effect_noise((900, 900), 60).save(tmp_path / "a.tif")
    with small_files(10_000), pytest.raises(MunimentError, match=r'The access copy of "a.tif" could not be written'):
        render_page(tmp_path / "a.tif", 0, tmp_path, prepare=prepare)
    assert [path.name for path in tmp_path.iterdir()] == ["a.tif"]


@pytest.mark.parametrize("prepare", [True, False])
@pytest.mark.parametrize("kind", ["tif", "jpg", "png"])
def test_a_damaged_page_is_not_taken_for_a_full_disk(tmp_path: Path, kind: str, prepare: bool) -> None:
    whole, master, folder = tmp_path / f"whole.{kind}", tmp_path / f"cut.{kind}", tmp_path / "made"
    folder.mkdir()
    Image.effect_noise((900, 900), 60).save(whole)
    master.write_bytes(whole.read_bytes()[: whole.stat().st_size * 2 // 3])
    found = render_page(master, 0, folder, prepare=prepare)
    assert found.oddities == verify_page(master, 0)
    assert [oddity.kind for oddity in found.oddities] == ["image-truncated"]
    assert list(folder.iterdir()) == []


def test_a_lost_tile_is_damage_although_the_reader_goes_on(tmp_path: Path) -> None:
    master = tmp_path / "a.tif"
    noise = pyvips.Image.gaussnoise(512, 512, mean=128, sigma=40).cast("uchar").copy(interpretation="b-w")
    noise.tiffsave(str(master), tile=True, compression="deflate")
    assert verify_page(master, 0) == ()
    content = bytearray(master.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 4000] = b"\xff" * 4000
    master.write_bytes(content)
    assert [oddity.kind for oddity in verify_page(master, 0)] == ["image-damaged"]


def test_a_cut_off_jpeg_inside_a_pdf_is_noticed(tmp_path: Path) -> None:
    Image.effect_noise((300, 300), 60).convert("RGB").save(tmp_path / "a.pdf", resolution=100, quality=90)
    assert verify_page(tmp_path / "a.pdf", 0) == ()
    content = bytearray((tmp_path / "a.pdf").read_bytes())
    middle = content.index(b"\xff\xda") + 2000
    content[middle : middle + 2] = b"\xff\xd9"  # an end mark in mid-picture
    (tmp_path / "a.pdf").write_bytes(content)
    kinds = {oddity.kind for oddity in verify_page(tmp_path / "a.pdf", 0)}
    assert kinds & {"image-truncated", "image-damaged"}


def test_a_page_that_is_not_there(tmp_path: Path) -> None:
    Image.new("L", (8, 8)).save(tmp_path / "a.png")
    assert verify_page(tmp_path / "a.png", 1) == (Oddity("image-damaged", "it has no page 2", 1),)


def test_names_cannot_carry_options_for_the_reader(tmp_path: Path) -> None:
    Image.new("L", (64, 64)).save(tmp_path / "a.tif")
    master = (tmp_path / "a.tif").rename(tmp_path / "a.tif[page=7]")
    assert render_page(master, 0, tmp_path, prepare=False).oddities == ()


def test_big_pictures_take_the_way_over_the_disk(tmp_path: Path, picture: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("images.render.IN_MEMORY", 1000)
    written(picture(300, 200)).tiffsave(str(tmp_path / "a.tif"))
    expected = Rendered(300, 200, 25.4, (), reading_dpi=300.0)
    assert render_page(tmp_path / "a.tif", 0, tmp_path, prepare=True) == expected
    assert close(corners(tmp_path / "access.tif"), corners(tmp_path / "a.tif"))
    assert not (tmp_path / "decoded.v").exists()
