"""Access copies that were lost or damaged come back from the masters; what is whole is left alone."""

from pathlib import Path
from random import Random
from typing import Any

import pytest

from catalog import items
from storage.checksums import digest_file
from workflow import rederiving
from workflow.making import DONE
from workflow.page import ACCESS, THUMBNAIL


def flip(file: Path, place: int) -> None:
    """Another bit in one byte, in place."""
    with file.open("r+b") as stream:
        stream.seek(place)
        byte = stream.read(1)
        stream.seek(place)
        stream.write(bytes([byte[0] ^ 1]))


def folder_of(kept: Any, name: str) -> Path:
    """Where the derived files of the item's page lie."""
    view = items.get(kept.shop.catalog, kept.ids[name])
    assert view is not None
    return Path(kept.shop.home.derived_folder(view.derived[view.item.pages[0].id]))


def state(folder: Path) -> dict[str, tuple[int, str]]:
    """Inode and digest of every file of the folder."""
    return {path.name: (path.stat().st_ino, digest_file(path).sha256) for path in folder.iterdir()}


@pytest.mark.parametrize("name", [ACCESS, THUMBNAIL, "alto.xml"])
def test_a_damaged_file_is_made_again_when_a_reader_asks(name: str, kept: Any) -> None:
    folder, other = folder_of(kept, "published"), folder_of(kept, "draft")
    before, untouched = state(folder), state(other)
    flip(folder / name, (folder / name).stat().st_size // 2)
    assert not rederiving.is_whole(folder)
    rederiving.ask(kept.shop.home, kept.ids["published"])
    rederiving.make_wanted(kept.shop)
    assert rederiving.is_whole(folder)
    after = state(folder)
    assert {name: digest for name, (_, digest) in after.items() if name != DONE} == {
        name: digest for name, (_, digest) in before.items() if name != DONE
    }
    assert state(other) == untouched


def test_what_is_whole_is_not_made_again(kept: Any) -> None:
    folder = folder_of(kept, "published")
    before = state(folder)
    rederiving.ask(kept.shop.home, kept.ids["published"])
    rederiving.make_wanted(kept.shop)
    assert state(folder) == before


@pytest.mark.parametrize("seed", range(20))
def test_a_damaged_record_is_worth_nothing_or_still_right(seed: int, kept: Any) -> None:
    folder = folder_of(kept, "published")
    record, chance = folder / DONE, Random(seed)
    flip(record, chance.randrange(record.stat().st_size))
    if rederiving.is_whole(folder):  # the flipped byte said nothing about a file
        return
    rederiving.ask(kept.shop.home, kept.ids["published"])
    rederiving.make_wanted(kept.shop)
    assert rederiving.is_whole(folder)


@pytest.mark.parametrize("record", [b"", b"{}", b"[]", b'{"files": 1}', b'{"files": {}}', b'{"files": {"": "0"}}'])
def test_without_a_record_of_its_files_nothing_is_whole(record: bytes, kept: Any) -> None:
    folder = folder_of(kept, "published")
    (folder / DONE).write_bytes(record)
    assert not rederiving.is_whole(folder)


def test_one_page_is_asked_for_without_the_others(kept: Any) -> None:
    folder, other = folder_of(kept, "published"), folder_of(kept, "draft")
    for place in (folder, other):
        (place / ACCESS).unlink()
    rederiving.ask(kept.shop.home, kept.ids["published"], "another-page")
    rederiving.ask(kept.shop.home, kept.ids["draft"], other.name)
    rederiving.make_wanted(kept.shop)
    assert [rederiving.is_whole(place) for place in (folder, other)] == [False, True]
    assert not list(kept.shop.home.wanted.iterdir())
