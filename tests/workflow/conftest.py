"""A workshop on a home of its own, and small real batches."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from core.settings import Settings
from workflow.workshop import Workshop

DrawPage = Callable[[Path, str], None]
MakeBatch = Callable[..., Path]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", workers=2, stores="copy=file:")


@pytest.fixture
def shop(settings: Settings) -> Iterator[Workshop]:
    shop = Workshop(settings)
    yield shop
    shop.close()


@pytest.fixture
def draw_page() -> DrawPage:
    """Draws a small grey page with one line of large text."""

    def draw(path: Path, text: str) -> None:
        page = Image.new("L", (900, 300), 250)
        font = ImageFont.load_default(size=64)
        ImageDraw.Draw(page).text((60, 100), text, font=font, fill=10)
        path.parent.mkdir(parents=True, exist_ok=True)
        page.save(path, dpi=(300, 300))

    return draw


@pytest.fixture
def make_batch(tmp_path: Path, draw_page: DrawPage) -> MakeBatch:
    """Makes a drop folder: items by name, each with the texts of its pages."""

    def make(name: str = "batch", items: dict[str, list[str]] | None = None, **titles: str) -> Path:
        folder = tmp_path / name
        items = items or {"letter": ["Dear Mother", "Your Son"]}
        for item, texts in items.items():
            for number, text in enumerate(texts, 1):
                draw_page(folder / item / f"{number:04d}.tif", text)
        with (folder / "metadata.csv").open("w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            rows.writerow(["item", "dc.identifier", "dc.title", "dc.language", "dc.type", "dc.rights"])
            for item in items:
                rights = "http://creativecommons.org/publicdomain/zero/1.0/"
                rows.writerow([item, f"id-{item}", titles.get(item, item.title()), "en", "Text", rights])
        return folder

    return make
