"""Drop folders for benchmarks: found, put together, cut down to one item, or made here."""

import csv
import shutil
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "batch"
SCANS = Path(__file__).resolve().parents[2] / "shared" / "data" / "scans"


def standard() -> Path:
    """The real scans where they lie beside the project, else the samples."""
    return SCANS if SCANS.is_dir() else SAMPLES


def batches(folder: Path) -> list[Path]:
    """The drop folders in `folder`: itself when it holds `metadata.csv`, else those of its folders that do."""
    if (folder / "metadata.csv").is_file():
        return [folder]
    found = sorted(path.parent for path in folder.glob("*/metadata.csv"))
    if not found:
        raise SystemExit(f'There is no drop folder with a "metadata.csv" in "{folder}": name one with --scans.')
    return found


def together(folders: Sequence[Path], place: Path, item: str | None = None) -> Path:
    """One drop folder with copies of all items of these, or of the one of this name."""
    rows = [(folder, row) for folder in folders for row in _rows(folder) if item in (None, row["item"])]
    columns = dict.fromkeys(name for _, row in rows for name in row)
    for folder, row in rows:
        shutil.copytree(folder / row["item"], place / row["item"])
    with (place / "metadata.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(columns), restval="")
        writer.writeheader()
        writer.writerows(row for _, row in rows)
    return place


def _rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "metadata.csv").open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def small_batch(folder: Path) -> Path:
    """A drop folder of four one-page letters, made here, to warm up with."""
    rows = ["item,dc.title,dc.type,dc.language,dc.rights"]
    rights = "http://creativecommons.org/publicdomain/zero/1.0/"
    for number in range(4):
        name = f"warm-up-{number}"
        image = Image.new("L", (1700, 2200), 244)
        text = "\n".join(f"Line {line} of the letter {number} that warms the engine." for line in range(24))
        ImageDraw.Draw(image).multiline_text((200, 200), text, fill=20, font=ImageFont.load_default(44), spacing=24)
        (folder / name).mkdir(parents=True)
        image.save(folder / name / "0001.tif", dpi=(200, 200))
        rows.append(f"{name},Warm-up {number},Text,en,{rights}")
    (folder / "metadata.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder
