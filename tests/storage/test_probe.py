"""The probe: silent over real stores, loud over each kind of liar."""

from pathlib import Path

import pytest

from core.fixity import Digests
from storage.checksums import digest_file
from storage.folder import FolderStore
from storage.probe import probe
from storage.stores import Store


def test_a_real_store_does_all_it_must_and_is_left_clean(store: Store) -> None:
    checks = probe(store)
    assert [(check.name, check.ok) for check in checks] == [
        (name, True)
        for name in (
            "read after write",
            "create only",
            "compare and swap",
            "wrong digest",
            "listing",
            "keys apart",
            "delete",
        )
    ]
    assert list(store.listing("")) == []


class Overwriting(FolderStore):
    def put_bytes(self, key: str, data: bytes) -> bool:
        self.delete(key)
        return super().put_bytes(key, data)


class Swapping(FolderStore):
    def replace(self, key: str, data: bytes, *, expected: bytes | None) -> bool:
        return super().replace(key, data, expected=self.get(key) if self.size(key) is not None else None)


class Careless(FolderStore):
    def put_file(self, key: str, source: Path, digests: Digests) -> bool:
        return super().put_file(key, source, digest_file(source))


class Decoding(FolderStore):
    def _path(self, key: str) -> Path:
        return super()._path(key.replace("%3a", ":"))


class Forgetful(FolderStore):
    def delete(self, key: str) -> None:
        """Keeps it."""


@pytest.mark.parametrize(
    ("liar", "found"),
    [
        (Overwriting, "create only"),
        (Swapping, "compare and swap"),
        (Careless, "wrong digest"),
        (Decoding, "keys apart"),
        (Forgetful, "delete"),
    ],
)
def test_a_store_that_lies_is_named(tmp_path: Path, liar: type[FolderStore], found: str) -> None:
    checks = probe(liar(tmp_path, name="liar"))
    assert [check.name for check in checks if not check.ok] == [found]


def test_a_store_that_is_away_fails_every_trial(tmp_path: Path) -> None:
    checks = probe(FolderStore(tmp_path / "unplugged", name="disk"))
    assert not any(check.ok for check in checks)
    assert "connect its disk" in checks[0].sentence
