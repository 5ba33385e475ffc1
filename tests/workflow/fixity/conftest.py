"""Small true holdings in two folder stores, with a catalogue and a chain that know of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog import copies
from core.events import Deed
from core.settings import Settings
from storage.checksums import digest_bytes
from storage.layout import object_id
from storage.ocfl import NewVersion, VersionFile, commit, read_inventory
from storage.replicate import replicate
from storage.stores import Store
from workflow import deeds, storekeeping
from workflow.workshop import Workshop


@dataclass(frozen=True)
class Holdings:
    """Two stores with small objects in them; those that are folders lie in `folder` under their names."""

    shop: Workshop
    folder: Path

    @property
    def stores(self) -> tuple[Store, ...]:
        return tuple(self.shop.stores)

    def take_in(self, item: str, files: dict[str, bytes]) -> None:
        """Commits a version of the item to the first store, copies it to the second, and lets the catalogue know."""
        first, second = self.stores
        before = read_inventory(first, object_id(item))
        head = before.head if before else 0
        version = NewVersion(
            object_id=object_id(item),
            files=tuple(self._file(name, data) for name, data in files.items()),
            message="Ingest",
            agent="a1",
            created=datetime.now(UTC),
            expected_head=head,
        )
        commit(first, version)
        replicate(first, second, version.object_id)
        inventory = read_inventory(first, version.object_id)
        assert inventory is not None
        came = deeds.come_with(first, inventory, since=head + 1)
        facts = {"version": head + 1, "inventory": inventory.sha512, "stores": [first.name], "files": deeds.rows(came)}
        told = Deed(kind="ingestion", agent="a1", at=datetime.now(UTC), item=item, facts=facts)
        at = datetime.now(UTC)
        copies.add(self.shop.catalog, first.name, came, item=item, at=at, deeds=(told,))
        copied = deeds.of_copy(first, second, inventory, came)
        copies.add(self.shop.catalog, second.name, came, item=item, at=at, deeds=(copied,))

    def path(self, store: str, logical: str, item: str = "") -> Path:
        """Where a copy lies on the disk, by its logical path."""
        rows = [row for row in copies.all_copies(self.shop.catalog) if row.store == store]
        [key] = [row.file.key for row in rows if row.file.logical == logical and item in ("", row.item_id)]
        return self.folder / store / key

    def _file(self, name: str, data: bytes) -> VersionFile:
        digests = digest_bytes(data)
        source = self.folder / f"source-{digests.sha256}"
        source.write_bytes(data)
        return VersionFile(logical=name, digests=digests, source=source)


@pytest.fixture
def hold(tmp_path: Path) -> Iterator[Callable[[Workshop], Holdings]]:
    """Fills the stores of a workshop: two items, of which "bbbbbbbbbbbb" has two versions."""
    shops = []

    def fill(shop: Workshop) -> Holdings:
        shops.append(shop)
        storekeeping.look(shop)
        held = Holdings(shop, tmp_path)
        letter = b"a letter " * 300
        held.take_in("aaaaaaaaaaaa", {"masters/0001.tif": b"page one " * 900, "masters/0002.tif": b"page two " * 900})
        held.take_in("bbbbbbbbbbbb", {"masters/0001.tif": letter, "metadata/record.json": b'{"title": "one"}'})
        held.take_in("bbbbbbbbbbbb", {"masters/0001.tif": letter, "metadata/record.json": b'{"title": "two"}'})
        return held

    yield fill
    for shop in shops:
        shop.close()


@pytest.fixture
def holdings(tmp_path: Path, hold: Callable[[Workshop], Holdings]) -> Holdings:
    """The same in the folder stores "one" and "two"."""
    stores = f"one=file:{tmp_path}/one;two=file:{tmp_path}/two"
    return hold(Workshop(Settings(home=tmp_path / "home", workers=2, stores=stores)))
