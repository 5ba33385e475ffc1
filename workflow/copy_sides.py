"""The copies of a case's file side by side, as the last full reads found them, and their bytes for staff to look at."""

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from catalog import audits, cases
from catalog.fixity_values import COPY_KINDS, Case, CaseKind, DueCopy
from core.errors import PageProcessError, StorageError
from core.fixity import FixityOutcome
from fixity.cases import case_id
from viewer.fixity_actions import CopySide
from workflow import casework
from workflow.workshop import Workshop

PICTURES = frozenset({".tif", ".tiff", ".jpg", ".jpeg", ".png", ".jp2", ".pdf"})
PREVIEW = "preview.jpg"


def sides(shop: Workshop, case_id: str) -> tuple[CopySide, ...]:
    """The copies of the case's file, store by store; nothing is read now."""
    case = casework.known(shop, case_id)
    if case.kind not in COPY_KINDS:
        return ()
    if case.kind is CaseKind.UNEXPECTED:
        return (_strange(shop, case),)
    rows = {row.store: row for row in audits.copies_at(shop.catalog, case.key)}
    ordered = dict.fromkeys(name for name in (*_names(shop), *rows) if name in rows)
    return tuple(_side(shop, rows[name], _place(shop, name)) for name in ordered)


def bytes_of(shop: Workshop, case_id: str, store: str) -> Path:
    """A local file with the copy's bytes as far as they can be read now.

    Raises:
        StorageError: not a byte of it can be read.
    """
    case = casework.known(shop, case_id)
    folder = shop.home.cache / "evidence"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{case.id}-{store}"
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        try:
            for chunk in casework.store_of(shop, store).read(case.key):
                file.write(chunk)
        except StorageError:
            if not file.tell():
                Path(file.name).unlink()
                raise
    return Path(file.name).replace(path)


def picture_of(shop: Workshop, case_id: str, store: str) -> bytes | None:
    """The copy as a JPEG that a page process drew anew; None when it cannot be read or decoded, or is no picture."""
    case = casework.known(shop, case_id)
    if not _is_picture(case.file):
        return None
    shop.home.work.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="evidence-", dir=shop.home.work))
    try:
        # The kind of a file is told by its first bytes, not by its name.
        path = bytes_of(shop, case_id, store).replace(folder / f"copy{Path(case.file).suffix.lower()}")
        seconds = shop.settings.page_seconds
        drawn = shop.pool.run("preview", seconds=seconds, path=str(path), index=0, folder=str(folder))
        return (folder / PREVIEW).read_bytes() if drawn else None
    except (StorageError, PageProcessError):
        return None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _side(shop: Workshop, row: DueCopy, place: str) -> CopySide:
    case = cases.get(shop.catalog, case_id(row.store, row.key))
    good = row.outcome == FixityOutcome.INTACT
    bad = case if case and not good else None
    return CopySide(
        store=row.store,
        place=place,
        key=row.key,
        outcome=row.outcome or "",
        digest=row.sha512 if good else bad.found if bad else None,
        size=row.size if good else bad.found_size if bad else None,
        read=row.audited or row.since,
        good=good,
        picture=_is_picture(row.logical) and row.outcome != FixityOutcome.MISSING,
        note=bad.hint if bad else "",
    )


def _strange(shop: Workshop, case: Case) -> CopySide:
    """The one side of a file that nobody wrote."""
    there: int | None = case.found_size
    with suppress(StorageError):
        there = casework.store_of(shop, case.store).size(case.key)
    return CopySide(
        store=case.store,
        place=_place(shop, case.store),
        key=case.key,
        outcome=str(case.kind) if there is not None else "missing",
        digest=case.found,
        size=there,
        read=case.last_read,
        good=False,
        picture=_is_picture(case.file) and there is not None,
        note=case.hint or "Nobody wrote it: it is in no record of ours.",
    )


def _names(shop: Workshop) -> list[str]:
    return [store.name for store in shop.stores]


def _place(shop: Workshop, name: str) -> str:
    try:
        return casework.store_of(shop, name).place
    except StorageError:
        return "no longer in MUNIMENT_STORES"


def _is_picture(name: str) -> bool:
    return Path(name).suffix.lower() in PICTURES
