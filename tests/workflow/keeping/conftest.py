"""Holdings with an item of every access state in two real folder stores: made once, copied for each test."""

import csv
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from catalog import batches
from catalog.values import JobSeed
from core.item import Access, AccessState
from core.settings import Settings
from workflow import pages, shelving, shipping, storekeeping, visibility
from workflow.receiving import check_batch
from workflow.workshop import Workshop


def _draw(path: Path, text: str) -> None:
    page = Image.new("L", (900, 300), 250)
    font = ImageFont.load_default(size=64)
    ImageDraw.Draw(page).text((60, 100), text, font=font, fill=10)
    path.parent.mkdir(parents=True, exist_ok=True)
    page.save(path, dpi=(300, 300))


def _draw_batch(folder: Path, items: dict[str, list[str]], titles: dict[str, str]) -> Path:
    for item, texts in items.items():
        for number, text in enumerate(texts, 1):
            _draw(folder / item / f"{number:04d}.tif", text)
    with (folder / "metadata.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["item", "dc.identifier", "dc.title", "dc.language", "dc.type", "dc.rights"])
        for item in items:
            rights = "http://creativecommons.org/publicdomain/zero/1.0/"
            rows.writerow([item, f"id-{item}", titles.get(item, item.title()), "en", "Text", rights])
    return folder


@dataclass(frozen=True, slots=True)
class Holdings:
    """A workshop over two folder stores, and the ids of its items by what became of them."""

    shop: Workshop
    ids: dict[str, str]
    folder: Path

    def anew(self) -> "Holdings":
        """The same with fresh clients, as after a restart."""
        return Holdings(Workshop(self.shop.settings), self.ids, self.folder)


ACCESS = {
    "published": Access(state=AccessState.PUBLISHED),
    "draft": Access(),
    "embargoed": Access(state=AccessState.EMBARGOED, embargo_until=date(2999, 1, 1)),
    "staff": Access(state=AccessState.STAFF),
    "withdrawn": Access(state=AccessState.PUBLISHED),
    "purged": Access(state=AccessState.PUBLISHED),
}


def _settings_of(folder: Path) -> Settings:
    return Settings(home=folder / "home", workers=2, stores=f"one=file:{folder}/one;two=file:{folder}/two")


@pytest.fixture(scope="session")
def kept_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """An item of every access state in two stores, one of them withdrawn; made once, for others to copy."""
    folder, ids = tmp_path_factory.mktemp("kept"), {}
    shop = Workshop(_settings_of(folder))
    storekeeping.look(shop)
    batch = _draw_batch(folder / "batch", {name: [f"The {name} letter"] for name in ACCESS}, {})
    batch_id = batches.create(shop.catalog, name="batch", path=str(batch), publish=False, new_version=False, agent="x")
    works = check_batch(shop, batch)[1]
    batches.set_jobs(shop.catalog, batch_id, [JobSeed(work.folder, place) for place, work in enumerate(works)])
    view = batches.get(shop.catalog, batch_id)
    assert view is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shelving, "_access", lambda work, _: ACCESS[work.folder])
        for work in works:
            pages.reserve(shop, work)
            pages.stage_masters(shop, work)
            for page in work.described.pages:
                pages.read_page(shop, work, page)
            shelving.shelve(shop, work, view)
            ids[work.folder] = work.described.id
            batches.update_job(shop.catalog, batch_id, work.folder, state="awaiting", item_id=work.described.id)
    batches.finish(shop.catalog, batch_id, state="done")
    visibility.withdraw(shop, ids["withdrawn"], reason="privacy", agent="x")
    shipping.ship(shop)
    shop.close()
    shop.catalog.close()
    return folder, {**ids, "batch": batch_id}


@pytest.fixture
def kept(tmp_path: Path, kept_once: tuple[Path, dict[str, str]]) -> Iterator[Holdings]:
    """Holdings of a test's own."""
    made, ids = kept_once
    folder = tmp_path / "kept"
    shutil.copytree(made, folder)
    shop = Workshop(_settings_of(folder))
    yield Holdings(shop, ids, folder)
    shop.close()
