"""Putting a committed item in, whole or not at all."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from catalog import chain, copy_rows, identities, indexing, texts
from catalog.columns import now
from catalog.database import Catalog
from catalog.tables import files, items, page_texts, pages, tombstones
from catalog.values import ItemEntry
from core.errors import NotFoundError
from core.events import Deed, Event
from core.fixity import StoredFile
from core.item import Access, AccessState, Item, Page
from core.record import access_from_json, access_json, record_json


def save(cat: Catalog, entry: ItemEntry, deeds: Sequence[Deed] = ()) -> tuple[Event, ...]:
    """The deeds as events, appended in the one transaction that puts the item in with pages, texts, files and copies.

    Replaces what was known of the item. The time it was first added stays; so does what is known of copies that were
    there before, for only a full read may say anything about them. A copy's `event` is that whose facts list it. Safe
    to repeat, but that deeds given again are told again.

    Raises:
        NotFoundError: the item was purged; nothing brings it back.
    """
    # All that takes time is done before the transaction, which other writers wait for.
    read = list(_read(entry))
    with cat.writing() as connection:
        _require_unpurged(connection, entry.item.id)
        added = connection.execute(select(items.c.added).where(items.c.id == entry.item.id)).scalar()
        access = _decided(connection, entry.item.id, entry.item.access)
        take_out(connection, entry.item.id)
        row = _put_item(connection, {**_item_row(entry, added or entry.at), **_access_columns(access)})
        _insert(connection, pages, [page.row for page in read])
        _put_texts(connection, entry.item, row, read)
        identities.note_saved(connection, entry.item, {stored.logical: stored.sha256 for stored in entry.files})
        _keep_files(connection, entry.item.id, entry.files)
        events = chain.add(connection, deeds)
        held = (*entry.files, *entry.bookkeeping)
        copy_rows.keep(connection, entry.item.id, held, entry.stores, at=entry.at, events=events)
    return events


def set_access(
    cat: Catalog,
    item_id: str,
    access: Access,
    version: int,
    stored: tuple[StoredFile, ...],
    *,
    stores: tuple[str, ...] | None = None,
    bookkeeping: tuple[StoredFile, ...] = (),
    deeds: Sequence[Deed] = (),
) -> tuple[Event, ...]:
    """The deeds as events, appended with the change of who may see an item, as its new version of files `stored` says.

    `stores` are the names of the stores that this version was written to and read back from: each holds all versions
    now. None means every store that held the item before, and only the new files. `bookkeeping` is as in `ItemEntry`.
    Whether the item waits for a store stays as it is. Safe to repeat, as `save` is.

    Raises:
        NotFoundError: there is no such item.
    """
    at = now()
    with cat.writing() as connection:
        decided = _access_columns(_decided(connection, item_id, access))
        _change(connection, item_id, {"version": version, "changed": at, **decided})
        connection.execute(delete(files).where(files.c.item_id == item_id))
        _keep_files(connection, item_id, stored)
        events, held = chain.add(connection, deeds), (*stored, *bookkeeping)
        if stores is None:
            before = copy_rows.stores_of(connection, item_id)
            copy_rows.put(connection, item_id, held, before, at=at, events=events)
        else:
            copy_rows.keep(connection, item_id, held, stores, at=at, events=events)
    return events


def hide(cat: Catalog, item_id: str, access: Access) -> None:
    """Changes who may see an item at once, before its AIP says so; its version, files and copies stay as they are.

    So a withdrawal that fails half-way leaves the item hidden, not visible. Safe to repeat; `set_access` follows.

    Raises:
        NotFoundError: there is no such item.
    """
    with cat.writing() as connection:
        _change(connection, item_id, _access_columns(access))


def release(cat: Catalog, item_id: str) -> None:
    """Lets the item be seen by those who may: every required store holds it now. Safe to repeat.

    Raises:
        NotFoundError: there is no such item.
    """
    with cat.writing() as connection:
        _change(connection, item_id, {"waiting": False})


def remove(cat: Catalog, item_id: str, deeds: Sequence[Deed] = ()) -> tuple[Event, ...]:
    """The deeds as events, appended as an item goes with its ids, copies, reads and cases; only for samples.

    The chain keeps what was done with it. Safe to repeat.
    """
    with cat.writing() as connection:
        take_out(connection, item_id)
        copy_rows.drop_item(connection, item_id)
        identities.forget(connection, item_id)
        return chain.add(connection, deeds)


def take_out(connection: Connection, item_id: str) -> None:
    """Takes an item out of lists and search with its pages, texts and files; not its copies and ids."""
    indexing.drop(connection, item_id)
    # Pages, texts and files go with it, by their foreign keys.
    connection.execute(delete(items).where(items.c.id == item_id))


def _decided(connection: Connection, item_id: str, access: Access) -> Access:
    """This access, or the standing withdrawal when that was decided later: no slower deed may undo it."""
    written = connection.execute(select(items.c.access).where(items.c.id == item_id)).scalar()
    standing = access_from_json(written) if written else access
    return standing if standing.state is AccessState.WITHDRAWN and standing.at > access.at else access


def _change(connection: Connection, item_id: str, values: dict[str, Any]) -> None:
    if not connection.execute(update(items).where(items.c.id == item_id).values(**values)).rowcount:
        raise NotFoundError(f'There is no item "{item_id}": search for its title to find its id.')


def _require_unpurged(connection: Connection, item_id: str) -> None:
    stone = select(tombstones.c.item).where(tombstones.c.item == item_id, ~tombstones.c.asked)
    if connection.execute(stone).scalar():
        raise NotFoundError(f'The item "{item_id}" was purged and stays so: deliver it under another identifier.')


def _item_row(entry: ItemEntry, added: datetime) -> dict[str, Any]:
    item = entry.item
    first = item.pages[0] if item.pages else None
    return {
        "id": item.id,
        "source_key": item.source_key,
        "title": item.title,
        "date": item.date,
        "collection": item.collection,
        "record": record_json(item),
        "batch_id": item.batch,
        "version": entry.version,
        "fingerprint": entry.fingerprint,
        "image_fingerprint": entry.image_fingerprint,
        "pages": len(item.pages),
        "first_page_id": first.id if first else "",
        "first_image_id": first.image_id if first else "",
        "added": added,
        "changed": entry.at,
        "waiting": entry.waiting,
        **_access_columns(item.access),
    }


def _access_columns(access: Access) -> dict[str, Any]:
    written = access_json(Item(id="", source_key="", title="", access=access))
    return {"state": access.state, "embargo_until": access.embargo_until, "access": written}


@dataclass(frozen=True, slots=True)
class _Read:
    """One page as it is kept: its row, and where it was read, its text packed and the words to find it by."""

    row: dict[str, Any]
    text: dict[str, Any] | None
    words: indexing.Words


def _read(entry: ItemEntry) -> Iterator[_Read]:
    """The pages in their order; each text is asked for once and no longer needed when the next one is."""
    for page in entry.item.pages:
        text = entry.texts.get(page.id)
        row = _page_row(entry, page, has_text=text is not None and any(text.words()))
        if text is None:
            yield _Read(row, None, {})
        else:
            kept = {"page_id": page.id, "item_id": entry.item.id, "text": texts.plain(text), "words": texts.pack(text)}
            yield _Read(row, kept, indexing.searched(text))


def _put_item(connection: Connection, row: dict[str, Any]) -> int:
    connection.execute(insert(items), row)
    return int(connection.execute(select(items.c.row).where(items.c.id == row["id"])).scalar_one())


def _put_texts(connection: Connection, item: Item, row: int, read: Sequence[_Read]) -> None:
    placed = [(indexing.page_row(row, place), page) for place, page in enumerate(read) if page.text]
    _insert(connection, page_texts, [{**(page.text or {}), "row": number} for number, page in placed])
    indexing.add(connection, item, row, [(number, page.words) for number, page in placed])


def _page_row(entry: ItemEntry, page: Page, *, has_text: bool) -> dict[str, Any]:
    return {
        "id": page.id,
        "item_id": entry.item.id,
        "number": page.number,
        "label": page.label,
        "file": page.file,
        "source_name": page.source_name,
        "version": page.version,
        "image_id": page.image_id,
        "width": page.facts.width,
        "height": page.facts.height,
        "facts": asdict(page.facts),
        "derived": entry.derived.get(page.id, ""),
        "has_text": has_text,
    }


def _keep_files(connection: Connection, item_id: str, stored: Sequence[StoredFile]) -> None:
    _insert(connection, files, [{"item_id": item_id, **asdict(file)} for file in stored])


def _insert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)
