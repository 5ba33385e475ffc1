"""Access copies made again: they are derived, so whoever lost or damaged them gets them back from verified masters.

The viewer asks for a page by leaving the ids of its item and of its derived files in a folder; the caretaker's process
does the work.
"""

import json
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path

from catalog import items
from catalog.values import ItemView
from core.errors import MunimentError, NotFoundError
from core.item import Page
from storage.cache import VerifiedCache
from storage.checksums import digest_chunks, digest_file, file_chunks
from workflow.homes import Home
from workflow.making import DONE
from workflow.manifest_files import write_manifest
from workflow.page import ACCESS, ALTO, THUMBNAIL
from workflow.workshop import Workshop


def ask(home: Home, item_id: str, key: str = "") -> None:
    """Asks for the page with this key, for all pages of the item without one; asking twice is asking once."""
    home.wanted.mkdir(parents=True, exist_ok=True)
    (home.wanted / (f"{item_id}.{key}" if key else item_id)).touch()


def make_wanted(shop: Workshop) -> None:
    """Makes again what was asked for; an item that cannot be made is asked for again by its next reader."""
    for wish in sorted(shop.home.wanted.glob("*")):
        wish.unlink(missing_ok=True)
        item_id, _, key = wish.name.partition(".")
        if view := items.get(shop.catalog, item_id):
            make(shop, view, key)


def make(shop: Workshop, view: ItemView, key: str = "") -> None:
    """Makes what is missing or damaged of the page with this key, without one of every page, and a lost manifest."""
    cache = VerifiedCache(shop.home.cache / "files", shop.settings.cache_mb * 1_000_000)
    for page in view.item.pages:
        folder = shop.home.derived_folder(view.derived[page.id])
        if key in ("", folder.name) and not is_whole(folder):
            _make_page(shop, cache, view, page, folder)
    if not (shop.home.manifests / f"{view.item.id}.json").exists():
        write_manifest(shop.home, view.item, view.has_text)


def is_whole(folder: Path) -> bool:
    """True when every file that was recorded in the folder is there, read in full now, and what it was when made."""
    try:
        recorded: Mapping[str, str] = json.loads((folder / DONE).read_bytes())["files"]
        return {ACCESS, THUMBNAIL} <= recorded.keys() and all(
            _sha256(folder / name) == digest for name, digest in recorded.items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # the record can be damaged, too
        return False


def _sha256(path: Path) -> str:
    return digest_chunks(file_chunks(path), ("sha256",)).values["sha256"]


def _make_page(shop: Workshop, cache: VerifiedCache, view: ItemView, page: Page, folder: Path) -> None:
    """From the verified master and the stored text; no page is read for its text a second time."""
    making = folder.with_name(f"{folder.name}.{uuid.uuid4().hex[:8]}.new")
    making.mkdir(parents=True)
    try:
        limits = shop.settings.limits
        answer = shop.pool.run(
            "render",
            seconds=limits.check_seconds,
            path=str(_stored(shop, cache, view.item.id, page.file)),
            index=page.facts.index,
            folder=str(making),
            prepare=False,
        )
        if items.file(shop.catalog, view.item.id, f"text/{page.id}.alto.xml"):
            shutil.copy(_stored(shop, cache, view.item.id, f"text/{page.id}.alto.xml"), making / ALTO)
        answer["files"] = {path.name: digest_file(path).sha256 for path in sorted(making.iterdir())}
        (making / DONE).write_text(json.dumps(answer, indent=2))
        shutil.rmtree(folder, ignore_errors=True)
        making.rename(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _stored(shop: Workshop, cache: VerifiedCache, item_id: str, logical: str) -> Path:
    """A verified local copy from the first store that has a good one."""
    file = items.file(shop.catalog, item_id, logical)
    if file is None:
        raise NotFoundError(f'The item "{item_id}" has no file "{logical}": run `muniment audit --all`.')
    for store in shop.stores[:-1]:
        try:
            return cache.fetch(store, file)
        except MunimentError:
            continue
    return cache.fetch(shop.stores[-1], file)
