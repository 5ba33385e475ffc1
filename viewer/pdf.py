"""The PDF of an item: made from access copies and text when somebody asks, kept until the item changes."""

import tempfile
import threading
from pathlib import Path

from catalog import items
from catalog.values import ItemView
from core.item import Page
from core.text import PageText
from images import iiif as image_api
from ocr.jpeg import read_jpeg
from ocr.pdf import PdfPage, write_pdf
from viewer.house import House
from viewer.image_service import access_copy

_making = threading.Lock()  # one at a time: a PDF of many pages fills memory and cores
DPI = 300.0


def item_pdf(house: House, view: ItemView) -> Path | None:
    """The file, made now when this version of the item has none yet; None while another PDF is being made."""
    target = house.config.cache / "pdf" / f"{view.item.id}-v{view.version}.pdf"
    if target.is_file():
        return target
    if not _making.acquire(blocking=False):  # who waits here holds a thread that others need for their pages
        return None
    try:
        if not target.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            _make(house, view, target)
            _drop_others(target, view.item.id)
    finally:
        _making.release()
    return target


def _drop_others(target: Path, item_id: str) -> None:
    for file in target.parent.glob(f"{item_id}-v*.pdf"):
        if file != target:
            file.unlink(missing_ok=True)


def _make(house: House, view: ItemView, target: Path) -> None:
    texts = items.page_texts(house.catalog, view.item.id)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        pages = [_page(view, page, texts.get(page.id), Path(folder)) for page in view.item.pages]
        unfinished = Path(folder) / "item.pdf"
        write_pdf(pages, unfinished, title=view.item.title, languages=view.item.languages)
        unfinished.replace(target)


def _page(view: ItemView, page: Page, text: PageText | None, folder: Path) -> PdfPage:
    """The page in its true size: a very large scan comes reduced, so fewer dots make an inch."""
    with access_copy(view.item.id, view.derived[page.id]) as copy:
        data, _ = image_api.render(copy, image_api.parse("full", "max", "0", "default.jpg"))
    file = folder / f"{page.id}.jpg"
    file.write_bytes(data)
    return PdfPage(file, text, (page.facts.dpi or DPI) * read_jpeg(file).width / page.facts.width)
