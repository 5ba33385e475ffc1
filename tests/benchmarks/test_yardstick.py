import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.deliveries import batches, small_batch, together
from benchmarks.installation import Cost
from benchmarks.machine import cpu_seconds, family, peak_megabytes
from benchmarks.originals import opaque, pages, write_pages
from benchmarks.plain import prepare
from benchmarks.startup import AN_ITEM
from benchmarks.tables import save, table
from benchmarks.yardstick import COLUMNS, Row


def gradient(width: int, height: int) -> Image.Image:
    return Image.fromarray(np.linspace(0, 255, width * height, dtype=np.uint8).reshape(height, width))


def test_a_turned_page_is_written_upright_with_the_same_pixels(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    image = gradient(60, 40)
    image.save(tmp_path / "turned.png", exif=exif, dpi=(200, 200))
    (page,) = write_pages(tmp_path / "turned.png", tmp_path, "page")
    with Image.open(page.png) as upright:
        found = (upright.size, upright.mode, round(upright.info["dpi"][0]), upright.tobytes())
    assert found == ((40, 60), "L", 200, image.transpose(Image.Transpose.ROTATE_270).tobytes())
    assert page.megapixels == pytest.approx(0.0024)


def test_reduced_images_of_a_tiff_are_no_pages_and_unknown_resolution_is_300(tmp_path: Path) -> None:
    first, small = gradient(80, 60), gradient(40, 30)
    small.encoderinfo = {"tiffinfo": {254: 1}}
    first.save(tmp_path / "pyramid.tif", save_all=True, append_images=[small, gradient(70, 50)])
    assert [(image.size, dpi) for image, dpi in pages(tmp_path / "pyramid.tif")] == [((80, 60), 300), ((70, 50), 300)]


def test_a_page_of_a_pdf_comes_in_the_pixels_of_its_image(tmp_path: Path) -> None:
    image = gradient(400, 600)
    image.save(tmp_path / "issue.pdf", save_all=True, append_images=[image], resolution=150)
    assert [(i.size, round(dpi)) for i, dpi in pages(tmp_path / "issue.pdf")] == [((400, 600), 150)] * 2


@pytest.mark.parametrize(("mode", "wanted"), [("RGBA", "RGB"), ("LA", "L"), ("CMYK", "RGB"), ("1", "1"), ("L", "L")])
def test_pages_lose_alpha_and_keep_their_colour(mode: str, wanted: str) -> None:
    assert opaque(Image.new(mode, (4, 4))).mode == wanted


def test_transparent_places_are_white() -> None:
    assert opaque(Image.new("RGBA", (1, 1), (0, 0, 0, 0))).getpixel((0, 0)) == (255, 255, 255)


def test_only_items_that_we_read_are_prepared(tmp_path: Path) -> None:
    folder = small_batch(tmp_path / "batch")
    table_file = folder / "metadata.csv"
    lines = table_file.read_text().splitlines()
    lines[1] = lines[1].replace(",Text,", ",StillImage,")
    lines[2] = lines[2].replace(",en,", ",xx,")
    table_file.write_text("\n".join(lines) + "\n")
    (tmp_path / "png").mkdir()
    prepared = prepare(folder, tmp_path / "png", ("eng",))
    assert {item: [page.models for page in found] for item, found in prepared.items()} == {
        "warm-up-2": ["eng"],
        "warm-up-3": ["eng"],
    }


def test_drop_folders_are_found_alone_and_side_by_side(tmp_path: Path) -> None:
    folder = small_batch(tmp_path / "batch")
    assert batches(folder) == batches(tmp_path) == [folder]
    with pytest.raises(SystemExit, match="no drop folder"):
        batches(folder / "warm-up-0")


def test_drop_folders_become_one_delivery_or_one_item(tmp_path: Path) -> None:
    folders = [small_batch(tmp_path / "a"), tmp_path / "b"]
    (tmp_path / "b" / "other").mkdir(parents=True)
    (tmp_path / "b" / "other" / "0001.tif").write_bytes(b"II*")
    (tmp_path / "b" / "metadata.csv").write_text("item,dc.title,dc.date\nother,Ours,1920\n")
    for place in ("all", "one"):
        (tmp_path / place).mkdir()
    whole = together(folders, tmp_path / "all")
    rows = (whole / "metadata.csv").read_text().splitlines()
    assert rows[0] == "item,dc.title,dc.type,dc.language,dc.rights,dc.date"
    assert rows[5:] == ["other,Ours,,,,1920"]
    assert [file.parent.name for file in sorted(whole.glob("*/0001.tif"))] == [
        "other",
        *(f"warm-up-{n}" for n in range(4)),
    ]
    alone = together(folders, tmp_path / "one", "other")
    assert (alone / "metadata.csv").read_text().splitlines() == ["item,dc.title,dc.date", "other,Ours,1920"]


def test_a_row_shows_ratios_of_ours_over_plain_and_none_without_ours() -> None:
    row = Row(batch="b", pages=2, read=2, megapixels=9.0, plain=Cost(4.0, 8.0), ours=Cost(3.0, 2.0))
    assert row.cells == ("b", 2, 2, 9.0, 4.0, 3.0, 0.75, 8.0, 2.0, 0.25, None, None, None, None)
    alone = Row(batch="b", pages=None, read=2, megapixels=9.0, plain=Cost(4.0, 8.0))
    assert alone.cells == ("b", None, 2, 9.0, 4.0, None, None, 8.0, *[None] * 6)
    both = Row(batch="b", pages=2, read=2, megapixels=9.0, plain=Cost(4.0, 8.0), ours=Cost(3.0, 2.0), rival=Cost(6, 8))
    assert both.cells[10:] == (6, 0.5, 8, 0.25)
    assert len(COLUMNS) == len(row.cells)


def test_a_table_aligns_text_left_and_numbers_right() -> None:
    assert table(("name", "n"), [("a", 1.5), ("long name", None)]).splitlines() == [
        "name          n",
        "---------------",
        "a          1.50",
        "long name     -",
    ]


def test_a_result_is_saved_with_when_and_where(tmp_path: Path) -> None:
    text = save("x", {"rows": [1]}, tmp_path).read_text()
    assert all(word in text for word in ('"measured"', '"machine"', '"load"', '"rows"'))


def test_a_process_has_used_time_and_memory_and_one_that_ended_has_none() -> None:
    assert cpu_seconds(os.getpid()) > 0
    assert peak_megabytes(os.getpid()) > 10
    assert family(os.getpid())[0] == os.getpid()
    assert (cpu_seconds(2**31 - 1), peak_megabytes(2**31 - 1)) == (0, 0.0)


def test_an_item_is_seen_on_a_page_by_its_address() -> None:
    assert AN_ITEM.search(b'<a href="/items/b2c3d4f5g6h7">')
    assert not AN_ITEM.search(b'<a href="/items/">')
