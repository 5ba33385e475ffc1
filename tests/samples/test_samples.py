import csv
import hashlib
import re
import shutil
import subprocess
import unicodedata
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from benchmarks.ground_truth import character_error_rate

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
BATCH, TRUTH = SAMPLES / "batch", SAMPLES / "truth"
PAGES = {
    "campus-echo-1920-05-14": ["0001.tif", "0002.tif", "0003.tif", "0004.tif"],
    "letter-1920-05-21": ["0001.tif", "0002.tif"],
    "photograph-1920": ["0001.tif"],
}
PATHS = [BATCH / item / name for item, names in PAGES.items() for name in names]
READ = [path for path in PATHS if path.parent.name != "photograph-1920"]


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def truth(path: Path) -> str:
    return (TRUTH / path.parent.name / f"{path.stem}.txt").read_text(encoding="utf-8")


def rows() -> list[dict[str, str]]:
    with (BATCH / "metadata.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_batch_holds_these_pages_and_no_stranger() -> None:
    found = {
        folder.name: sorted(path.name for path in folder.iterdir()) for folder in BATCH.iterdir() if folder.is_dir()
    }
    newspaper = "campus-echo-1920-05-14"
    assert found == {**PAGES, newspaper: [*PAGES[newspaper], "checksums.sha256"]}
    assert [path.name for path in BATCH.iterdir() if path.is_file()] == ["metadata.csv"]


@pytest.mark.parametrize("path", PATHS, ids=name)
def test_a_page_is_a_jpeg_compressed_tiff_of_300_dpi_in_srgb(path: Path) -> None:
    with Image.open(path) as image:
        facts = (image.format, image.info["compression"], image.info["dpi"], image.mode, getattr(image, "n_frames", 0))
        profile = ImageCms.ImageCmsProfile(BytesIO(image.info["icc_profile"]))
        image.load()
    assert facts == ("TIFF", "jpeg", (300, 300), "RGB", 1)
    assert "sRGB" in ImageCms.getProfileDescription(profile)


def test_pages_are_large_enough_to_be_real_and_small_enough_to_be_committed() -> None:
    sizes = [path.stat().st_size for path in PATHS]
    assert min(sizes) >= 120_000
    assert sum(path.stat().st_size for path in BATCH.rglob("*") if path.is_file()) <= 15_000_000


def test_metadata_has_one_honest_row_for_each_folder() -> None:
    assert [row["item"] for row in rows()] == list(PAGES)
    assert all("Made for this project in 2026; not a historical document." in row["dc.description"] for row in rows())
    assert {row["dc.rights"] for row in rows()} == {"http://creativecommons.org/publicdomain/zero/1.0/"}
    assert len({row["dc.identifier"] for row in rows()}) == len(PAGES)
    assert {row["dc.type"] for row in rows()} == {"Text", "StillImage"}


def test_the_supplied_checksums_are_those_of_the_pages() -> None:
    folder = BATCH / "campus-echo-1920-05-14"
    listed = [line.split("  ") for line in (folder / "checksums.sha256").read_text().splitlines()]
    supplied = {name: digest for digest, name in listed}
    assert supplied == {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.glob("*.tif"))}


def test_the_truth_has_a_text_for_every_page_and_none_beside() -> None:
    texts = sorted(path.relative_to(TRUTH).with_suffix("").as_posix() for path in TRUTH.rglob("*.txt"))
    assert texts == sorted(name(path) for path in PATHS)


@pytest.mark.parametrize("path", READ[:4], ids=name)
def test_a_newspaper_page_has_more_than_five_hundred_words(path: Path) -> None:
    assert len(truth(path).split()) > 500


def test_the_third_page_has_rare_words_to_search_for() -> None:
    words = set(re.findall(r"[a-z]+", joined(truth(READ[2])).lower()))
    assert {"theodolite", "heliotrope", "ephemeris", "orrery", "quaternions", "bathymetry", "saxifrage"} <= words


@pytest.mark.slow
@pytest.mark.parametrize("path", READ, ids=name)
def test_tesseract_reads_nearly_every_word(path: Path) -> None:
    printed, read = Counter(joined(truth(path)).split()), Counter(joined(recognised(path)).split())
    assert (printed - read).total() / printed.total() < 0.05


@pytest.mark.slow
@pytest.mark.parametrize("path", [*READ[1:3], *READ[4:]], ids=name)
def test_where_the_reading_order_is_plain_fewer_than_three_letters_in_a_hundred_differ(path: Path) -> None:
    assert character_error_rate(joined(truth(path)), joined(recognised(path))) < 0.03


def recognised(path: Path) -> str:
    program = shutil.which("tesseract")
    if program is None:
        pytest.skip("No Tesseract is installed on this machine.")
    command = [program, str(path), "-", "-l", "eng"]
    return subprocess.run(command, env={"OMP_THREAD_LIMIT": "1"}, capture_output=True, check=True, text=True).stdout


def joined(text: str) -> str:
    """The text with divided words put together, quotation marks and dashes made plain, white space folded."""
    whole = re.sub(r"-\n(?=[a-z])", "", unicodedata.normalize("NFC", text))
    return " ".join(whole.translate(str.maketrans("‘’“”—–", "''\"\"--")).split())
