"""A drop folder with as many pages as are wanted, each a crop of a real scan: pictures that are not read, or texts."""

import csv
import itertools
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image, UnidentifiedImageError

# What pyvips opens by itself, so that the bare calls need no more than it.
KEPT = {".tif": "TIFF", ".tiff": "TIFF", ".jpg": "JPEG", ".png": "PNG"}
ORDINARY = 40_000_000  # pixels: a page beyond would outweigh all others
CC0 = "http://creativecommons.org/publicdomain/zero/1.0/"


def sources(folder: Path, *, largest: int | None = ORDINARY) -> list[Path]:
    """The images of one page below the folder that Pillow reads, of at most so many pixels, by their paths."""
    found = [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in KEPT]
    return [path for path in found if 0 < _pixels(path) <= (largest or sys.maxsize)]


def pictures(
    scans: Sequence[Path], folder: Path, *, pages: int, pages_an_item: int, first: int = 0, kind: str = "StillImage"
) -> Path:
    """A drop folder with so many pages, from the crop of number `first` on; no two crops are alike.

    Items of the kind "StillImage" are not read, those of the kind "Text" are, in English.
    """
    names = []
    for number, image in enumerate(itertools.islice(_crops(scans, first), pages)):
        item, place = divmod(number, pages_an_item)
        if not place:
            names.append(f"picture-{first}-{item}")
        (folder / names[-1]).mkdir(parents=True, exist_ok=True)
        form = image.info["form"]
        ending = next(ending for ending, known in KEPT.items() if known == form)
        image.save(folder / names[-1] / f"{place + 1:04d}{ending}", format=form, **_as_before(image))
    with (folder / "metadata.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["item", "dc.title", "dc.type", "dc.language", "dc.rights"])
        rows.writerows([name, name.title(), kind, "en", CC0] for name in names)
    return folder


def _crops(scans: Sequence[Path], first: int) -> Iterator[Image.Image]:
    """The scans again and again, each time without more of its left and upper border, from crop number `first` on."""
    for number in itertools.count(first):
        with Image.open(scans[number % len(scans)]) as scan:
            cut = number // len(scans) + 1
            image = scan.crop((cut, cut, scan.width, scan.height))
            image.info = {**scan.info, "form": scan.format}
            yield image


def _as_before(image: Image.Image) -> dict[str, object]:
    """The compression, resolution and profile that the scan had; what Pillow cannot write again is left out."""
    kept = {name: image.info[name] for name in ("dpi", "icc_profile") if image.info.get(name)}
    if image.info["form"] == "TIFF" and image.info.get("compression") in ("tiff_lzw", "group4", "tiff_adobe_deflate"):
        kept["compression"] = image.info["compression"]
    return kept | ({"quality": 92} if image.info["form"] == "JPEG" else {})


def _pixels(path: Path) -> int:
    """The size of an image that holds one page, 0 for anything else."""
    try:
        with Image.open(path) as image:
            return image.width * image.height if getattr(image, "n_frames", 1) == 1 else 0
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        return 0
