from pathlib import Path
from typing import Any

import pytest

from core.fixity import Digests
from core.submission import Batch
from ingest.batches import read_batch
from ingest.rules import judge

PAGE = b"II*\0 a page"
ITEMS = {"item1/0001.tif": PAGE, "item1/0002.tif": PAGE, "item2/0001.tif": PAGE}
NONE_KNOWN = "none of its lines names a folder of this batch"


def lines(bench: Any, *names: str, algorithm: str = "md5") -> str:
    return "".join(f"{bench.digest(PAGE, algorithm)}  {name}\n" for name in names)


def covered(batch: Batch) -> dict[str, list[str]]:
    return {item.folder: sorted(item.supplied) for item in batch.submissions}


def told(batch: Batch) -> list[tuple[str, str, str]]:
    found = [(item.folder, each) for item in batch.submissions for each in item.problems]
    found += [("", each) for each in batch.problems]
    return [(folder, each.code, str(each.facts.get("detail", each.facts.get("file")))) for folder, each in found]


def papers(batch: Batch) -> dict[str, list[tuple[str, Path]]]:
    return {item.folder: [(file.name, file.path) for file in item.paperwork] for item in batch.submissions}


@pytest.mark.parametrize(
    "prefix",
    ["", "./", "/", "mybatch/", "./mybatch/", "mybatch//", "/mnt/scans/mybatch/", "/mnt/./scans/mybatch/./"],
)
@pytest.mark.parametrize("separator", ["/", "\\"])
def test_what_stands_before_the_folders_does_not_matter(bench: Any, prefix: str, separator: str) -> None:
    names = [(prefix + name).replace("/", separator) for name in ITEMS]
    batch = read_batch(bench.write({**ITEMS, "all.md5": lines(bench, *names)}))
    assert covered(batch) == {"item1": ["0001.tif", "0002.tif"], "item2": ["0001.tif"]}
    assert told(batch) == []


def test_a_drive_letter_stands_before_the_folders(bench: Any) -> None:
    names = [f"D:\\scans\\mybatch\\{name}" for name in (r"item1\0001.tif", r"item1\\0002.tif", r"item2\0001.tif")]
    batch = read_batch(bench.write({**ITEMS, "all.md5": lines(bench, *names)}))
    assert (covered(batch), told(batch)) == ({"item1": ["0001.tif", "0002.tif"], "item2": ["0001.tif"]}, [])


def test_a_backslash_in_a_name_on_disk_stays(bench: Any) -> None:
    batch = read_batch(bench.write({"a/back\\slash.tif": PAGE, "x.md5": lines(bench, "mybatch/a/back\\slash.tif")}))
    assert (covered(batch), told(batch)) == ({"a": ["back\\slash.tif"]}, [])


def test_what_is_absent_is_told_from_the_folder_on(bench: Any) -> None:
    names = ["mybatch/item1/0001.tif", "mybatch/item1/0002.tif", "mybatch/item2/0001.tif"]
    absent = ["mybatch/item2/0009.tif", "mybatch/item9/0001.tif", "other/0001.tif"]
    beside = ["mybatch/metadata.csv", "metadata.csv", "item2/0001.tif"]
    batch = read_batch(bench.write({**ITEMS, "all.md5": lines(bench, *names, *absent, *beside)}))
    assert covered(batch) == {"item1": ["0001.tif", "0002.tif"], "item2": ["0001.tif"]}
    assert told(batch) == [
        ("item2", "checksum-file-missing", "item2/0009.tif"),
        ("", "checksum-file-missing", "item9"),
        ("", "checksum-file-missing", "other"),
    ]


def test_most_names_decide_and_the_first_of_equals(bench: Any) -> None:
    files = {"a/b/1.tif": PAGE, "b/1.tif": PAGE}
    equal = read_batch(bench.write({**files, "all.md5": lines(bench, "a/b/1.tif", "b/1.tif")}))
    assert (covered(equal), told(equal)) == ({"a": ["b/1.tif"], "b": ["1.tif"]}, [])
    deeper = read_batch(bench.write({"all.md5": lines(bench, "x/a/b/1.tif", "x/b/1.tif")}))
    assert (covered(deeper), told(deeper)) == ({"a": ["b/1.tif"], "b": ["1.tif"]}, [])


@pytest.mark.parametrize(
    "name", ["item1/../../x.tif", "../item1/0001.tif", "mybatch/item1/../item2/0001.tif", "m\\item1\\..\\x.tif"]
)
def test_names_that_lead_outside_are_told_whole(bench: Any, name: str) -> None:
    batch = read_batch(bench.write({**ITEMS, "all.md5": lines(bench, name)}))
    assert covered(batch) == {"item1": [], "item2": []}
    detail = f'it names "{name}", which lies outside the folder'
    assert told(batch) == [("item1", "checksum-list-unreadable", detail)]


@pytest.mark.parametrize("name", ["other/9.tif", "/mnt/other/item9/1.tif", "..\\x.tif", "../..", "D:\\9.tif"])
def test_a_list_of_another_batch_is_not_dropped_silently(bench: Any, name: str) -> None:
    batch = read_batch(bench.write({**ITEMS, "all.md5": lines(bench, name, "all.md5")}))
    assert told(batch) == [(folder, "checksum-list-unreadable", NONE_KNOWN) for folder in ("item1", "item2")]
    assert all(each.refuses for item in batch.submissions for each in item.problems)


@pytest.mark.parametrize("name", ["metadata.csv", "./metadata.csv", "D:\\mybatch\\metadata.csv", "mybatch/.DS_Store"])
def test_a_list_of_what_lies_beside_the_items_has_no_effect(bench: Any, name: str) -> None:
    files = {**ITEMS, "metadata.csv": "item\nitem1\n", "all.md5": lines(bench, name, "Thumbs.db")}
    batch = read_batch(bench.write(files))
    assert ([item.lists for item in batch.submissions], told(batch)) == ([(), ()], [])
    assert papers(batch) == {"item1": [], "item2": []}


def test_a_list_is_kept_with_the_items_that_it_names(bench: Any) -> None:
    own = {"item1/all.md5": lines(bench, "0001.tif", "0002.tif"), "item1/mods.xml": "<mods/>"}
    folder = bench.write({**ITEMS, **own, "all.md5": lines(bench, "item1/0001.tif", "item1/0002.tif")})
    batch = read_batch(folder)
    kept = [("all.md5", folder / "item1/all.md5"), ("mods.xml", folder / "item1/mods.xml")]
    assert papers(batch) == {"item1": [*kept, ("batch/all.md5", folder / "all.md5")], "item2": []}
    assert [item.lists for item in batch.submissions] == [("all.md5", "all.md5"), ("all.md5",)]
    assert told(batch) == []


def test_a_list_at_fault_is_kept_with_every_item(bench: Any) -> None:
    folder = bench.write({**ITEMS, "all.md5": "nonsense\n"})
    kept = [("batch/all.md5", folder / "all.md5")]
    assert papers(read_batch(folder)) == {"item1": kept, "item2": kept}


def test_a_list_of_the_item_in_a_folder_called_batch_keeps_its_name(bench: Any) -> None:
    own = {"a/1.tif": PAGE, "a/batch/all.md5": lines(bench, "a/1.tif")}
    folder = bench.write({**own, "all.md5": lines(bench, "a/1.tif")})
    kept = [("batch/all.md5", folder / "a/batch/all.md5"), ("batch/batch/all.md5", folder / "all.md5")]
    assert papers(read_batch(folder)) == {"a": kept}


def test_a_list_whose_name_is_no_text_is_kept_under_one_that_is(bench: Any) -> None:
    folder = bench.write({"a/1.tif": PAGE, "caf\udce9.md5": lines(bench, "a/1.tif")})
    assert papers(read_batch(folder)) == {"a": [("batch/caf\\xe9.md5", folder / "caf\udce9.md5")]}


def test_a_kept_list_refuses_nothing(bench: Any) -> None:
    item = read_batch(
        bench.write({"a/1.tif": PAGE, "all.sha256": lines(bench, "m/a/1.tif", algorithm="sha256")})
    ).submissions[0]
    found = {name: bench.digest(PAGE, name) for name in ("sha256", "sha512")}
    assert [file.name for file in item.paperwork] == ["batch/all.sha256"]
    assert judge(item, {}, {"1.tif": Digests(len(PAGE), found)}) == ()
