"""Makes `samples/batch` and `samples/truth` anew: `python -m samples.make --fonts FOLDER` (which: README.md)."""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from samples import delivery
from samples.aging import Age, scan
from samples.fonts import TypeCase
from samples.letter import type_page
from samples.newspaper import read_text, set_page
from samples.photograph import CAPTION, STUDIO, halftone, mount
from samples.view import draw_view

HERE = Path(__file__).parent
SEED = 19200514
PLATE = (692, 1100)
NEWSPAPER = ((0.35, 0.48), (-0.28, 0.505), (0.22, 0.48), (-0.41, 0.505))  # skew in degrees, fold as a share of height
QUALITY = {"newspaper": 74, "letter": 74, "photograph": 84}


def main() -> None:
    """Everything, in the order in which it will be looked at."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fonts", type=Path, required=True, help="folder with the font packages of README.md")
    parser.add_argument("--to", type=Path, default=HERE, help="where batch/ and truth/ are written")
    arguments = parser.parse_args()
    make(TypeCase(arguments.fonts), arguments.to)


def make(case: TypeCase, to: Path) -> None:
    """Write the batch and its truth below `to`; same fonts and libraries, same bytes."""
    view = draw_view(np.random.default_rng(SEED))
    make_newspaper(case, view, to)
    make_letter(case, to)
    make_photograph(case, view, to)
    delivery.save_metadata(to / "batch")
    delivery.save_checksums(to / "batch" / delivery.NEWSPAPER)


def make_newspaper(case: TypeCase, view: Image.Image, to: Path) -> None:
    """Four pages; each shows a little of the one printed on its back."""
    cuts = {"tower": halftone(view, *PLATE)}
    sheets = [set_page(number, read_text(HERE / "texts", number), case, cuts) for number in (1, 2, 3, 4)]
    for number, (skew, fold) in enumerate(NEWSPAPER, 1):
        back = sheets[number if number % 2 else number - 2]
        age = Age(skew=skew, creases=(fold,))
        image = scan(sheets[number - 1].ink, age, np.random.default_rng(SEED + number), verso=back.ink)
        _save(to, delivery.NEWSPAPER, number, image, sheets[number - 1].lines, QUALITY["newspaper"])


def make_letter(case: TypeCase, to: Path) -> None:
    """Two pages, folded in three."""
    for number, skew in ((1, -0.5), (2, 0.3)):
        rng = np.random.default_rng(SEED + 10 + number)
        text = (HERE / "texts" / f"letter-{number}.txt").read_text(encoding="utf-8")
        sheet = type_page(text, case, rng, letterhead=number == 1)
        age = Age(paper=(240, 232, 212), ink=(52, 48, 66), press=0.16, stains=12, creases=(0.335, 0.668), skew=skew)
        _save(to, delivery.LETTER, number, scan(sheet.ink, age, rng), sheet.lines, QUALITY["letter"])


def make_photograph(case: TypeCase, view: Image.Image, to: Path) -> None:
    """One print on its mount."""
    image = mount(view, case, np.random.default_rng(SEED + 20))
    _save(to, delivery.PHOTOGRAPH, 1, image, [CAPTION, STUDIO], QUALITY["photograph"])


def _save(to: Path, item: str, number: int, image: Image.Image, lines: list[str], quality: int) -> None:
    path = to / "batch" / item / f"{number:04d}.tif"
    delivery.save_scan(image, path, quality=quality)
    delivery.save_truth(lines, to / "truth" / item / f"{number:04d}.txt")
    print(f"{path.relative_to(to)}: {image.width} x {image.height}, {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
