"""The batch as an archivist would leave it: TIFF files in folders, `metadata.csv`, checksums; the truth beside it."""

import csv
import hashlib
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageCms

from samples.sheet import DPI

MADE = "Made for this project in 2026; not a historical document."
COLUMNS = (
    *("item", "collection", "dc.identifier", "dc.title", "dc.creator", "dc.date", "dc.type", "dc.format"),
    *("dc.language", "dc.description", "dc.source", "dc.rights"),
)
CREATOR, FORMAT, LANGUAGE = "The Muniment project", "image/tiff", "en"
SOURCE = "Written, typeset and aged by the script samples/make.py"
RIGHTS = "http://creativecommons.org/publicdomain/zero/1.0/"
NEWSPAPER, LETTER, PHOTOGRAPH = "campus-echo-1920-05-14", "letter-1920-05-21", "photograph-1920"
ROWS = (
    (
        *(NEWSPAPER, "Samples/Newspapers", "sample-campus-echo-1920-05-14"),
        *("The Campus Echo, vol. XII, no. 29 (May 14, 1920)", CREATOR, "1920-05-14", "Text"),
        *(
            FORMAT,
            LANGUAGE,
            f"An invented campus newspaper in four pages; college, people and date are fiction. {MADE}",
        ),
        *(SOURCE, RIGHTS),
    ),
    (
        *(LETTER, "Samples/Letters", "sample-letter-1920-05-21"),
        *("Letter from Cordelia Thorne to Winifred Abernathy, May 21, 1920", CREATOR, "1920-05-21", "Text"),
        *(FORMAT, LANGUAGE, f"An invented typed letter of two pages; people and date are fiction. {MADE}"),
        *(SOURCE, RIGHTS),
    ),
    (
        *(PHOTOGRAPH, "Samples/Photographs", "sample-photograph-1920"),
        *("Alder Tower from the boathouse", CREATOR, "1920-05", "StillImage"),
        *(FORMAT, LANGUAGE, f"An invented view, drawn by rule and chance and toned like an old print. {MADE}"),
        *(SOURCE, RIGHTS),
    ),
)


def save_scan(image: Image.Image, path: Path, *, quality: int) -> None:
    """Write `image` as a JPEG-compressed TIFF of 300 dpi with an sRGB profile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # Bytes 24-35 are the time at which the profile was made: the same picture must give the same file.
    steady = profile[:24] + bytes((0x07, 0xEA, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0)) + profile[36:]
    # In YCbCr the JPEG inside the TIFF takes half the room that it takes in RGB.
    image.convert("YCbCr").save(path, compression="jpeg", quality=quality, dpi=(DPI, DPI), icc_profile=steady)


def save_truth(lines: Sequence[str], path: Path) -> None:
    """Write what is printed, line by line in reading order."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def save_metadata(batch: Path) -> None:
    """Write `metadata.csv`, one row an item."""
    with (batch / "metadata.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *ROWS])


def save_checksums(folder: Path) -> None:
    """Write `checksums.sha256` for the pages in `folder`, in the form that `sha256sum --check` reads."""
    rows = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in sorted(folder.glob("*.tif"))]
    (folder / "checksums.sha256").write_text("\n".join(rows) + "\n", encoding="ascii")
