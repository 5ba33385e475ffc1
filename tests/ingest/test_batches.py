import os
from pathlib import Path
from typing import Any

import pytest

from core.errors import SubmissionError
from core.problems import Severity
from core.submission import Batch
from ingest.batches import read_batch

PAGE = b"II*\0 a page"


def shape(batch: Batch) -> dict[str, list[str]]:
    return {item.folder: [file.name for file in item.files] for item in batch.submissions}


def codes(batch: Batch) -> dict[str, list[str]]:
    found = {item.folder: [each.code for each in item.problems] for item in batch.submissions}
    return {folder: problems for folder, problems in found.items() if problems}


def test_items_come_in_the_order_of_the_table_then_naturally(bench: Any) -> None:
    files = {f"{name}/0001.tif": PAGE for name in ("item10", "item2", "b", "a")}
    batch = read_batch(bench.write({**files, "metadata.csv": "item,dc.title\nb,B\nitem10,Ten\n"}))
    assert list(shape(batch)) == ["b", "item10", "a", "item2"]
    assert [item.record.get("dc.title") for item in batch.submissions] == ["B", "Ten", None, None]
    assert (batch.name, batch.problems) == ("batch", ())


def test_pages_come_in_natural_order_and_litter_is_silent(bench: Any) -> None:
    names = ["10.tif", "2.TIF", "1.jpg", ".DS_Store", "Thumbs.db", "._1.jpg", ".hidden/3.tif"]
    batch = read_batch(bench.write({f"a/{name}": PAGE for name in names}))
    assert shape(batch) == {"a": ["1.jpg", "2.TIF", "10.tif"]}
    assert codes(batch) == {}


def test_strangers_are_named_and_descriptions_are_kept(bench: Any) -> None:
    batch = read_batch(
        bench.write({"a/1.tif": PAGE, "a/notes.doc": b"x", "a/mods.xml": "<mods/>", "list.pdf": b"%PDF-"})
    )
    assert [file.name for file in batch.submissions[0].paperwork] == ["mods.xml"]
    assert [each.facts["file"] for each in batch.submissions[0].problems] == ["notes.doc"]
    assert [(each.code, each.facts["file"]) for each in batch.problems] == [("file-stranger", "list.pdf")]


def test_a_scan_without_an_extension_is_a_page(bench: Any) -> None:
    assert shape(read_batch(bench.write({"a/0001": PAGE, "a/0002.gif": b"GIF89a"}))) == {"a": ["0001", "0002.gif"]}


def test_a_folder_of_pages_is_one_item(bench: Any) -> None:
    batch = read_batch(bench.write({"2.tif": PAGE, "1.tif": PAGE, "metadata.csv": "item,dc.title\nbatch,One\n"}))
    assert shape(batch) == {"batch": ["1.tif", "2.tif"]}
    assert (batch.submissions[0].record["dc.title"], batch.problems, codes(batch)) == ("One", (), {})


def test_a_loose_page_does_not_swallow_the_items(bench: Any) -> None:
    batch = read_batch(bench.write({"a/1.tif": PAGE, "b/1.tif": PAGE, "test.tif": PAGE}))
    assert shape(batch) == {"a": ["1.tif"], "b": ["1.tif"]}
    assert [(each.code, each.facts) for each in batch.problems] == [("file-stranger", {"file": "test.tif"})]


def test_bags_are_items_within_a_batch_or_alone(bench: Any) -> None:
    bag = bench.bag({"data/1.tif": PAGE, "data/mets.xml": b"<mets/>"}, "md5")
    inside = read_batch(bench.write({f"one/{name}": content for name, content in bag.items()}))
    item = inside.submissions[0]
    assert shape(inside) == {"one": ["data/1.tif"]}
    assert [file.name for file in item.paperwork] == [
        "bag-info.txt",
        "bagit.txt",
        "manifest-md5.txt",
        "tagmanifest-md5.txt",
        "data/mets.xml",
    ]
    assert (item.lists, sorted(item.supplied), item.problems) == (
        ("manifest-md5.txt",),
        ["data/1.tif", "data/mets.xml"],
        (),
    )
    alone = read_batch(bench.path / "one")
    assert shape(alone) == {"one": ["data/1.tif"]}


def test_a_broken_bag_is_refused_with_its_reasons(bench: Any) -> None:
    bag = {**bench.bag({"data/1.tif": PAGE, "data/notes.txt": b"x"}, "md5"), "data/notes.txt": b"y"}
    batch = read_batch(bench.write({f"one/{name}": content for name, content in bag.items()}))
    assert codes(batch) == {"one": ["bag-invalid", "file-stranger"]}
    assert '"data/notes.txt" has the md5 digest' in batch.submissions[0].problems[0].sentence


def test_links_and_devices_are_refused_and_never_followed(bench: Any, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.tif").write_bytes(PAGE)
    folder = bench.write({"a/1.tif": PAGE})
    (folder / "a/2.tif").symlink_to(outside / "secret.tif")
    os.mkfifo(folder / "a/3.tif")
    (folder / "a/more").symlink_to(outside)
    (folder / "b").symlink_to(outside)
    batch = read_batch(folder)
    assert shape(batch) == {"a": ["1.tif"], "b": []}
    assert codes(batch) == {"a": ["file-unsafe"] * 3, "b": ["file-unsafe"]}


@pytest.mark.parametrize(
    ("table", "problems"),
    [
        ("item,dc.title\na,A\na,B\n", {"a": ["metadata-row-twice"]}),
        ("item,dc.title\na,A,B\n", {"a": ["metadata-unreadable"]}),
        ("title\na\n", {"a": ["metadata-unreadable"]}),
        (b"item,dc.title\na,\xff\n", {"a": ["metadata-unreadable"]}),
        ("item,dc.title\na,A\n", {}),
    ],
)
def test_a_table_that_cannot_be_trusted_refuses(bench: Any, table: str | bytes, problems: dict[str, list[str]]) -> None:
    batch = read_batch(bench.write({"a/1.tif": PAGE, "metadata.csv": table}))
    assert codes(batch) == problems
    assert all(each.severity is Severity.ERROR for item in batch.submissions for each in item.problems)


def test_a_row_without_folder_is_a_warning_of_the_batch(bench: Any) -> None:
    batch = read_batch(bench.write({"a/1.tif": PAGE, "metadata.csv": "item\na\nb\nb\n"}))
    assert [(each.code, each.facts["file"]) for each in batch.problems] == [("metadata-row-without-folder", "b")]


def test_composed_and_decomposed_names_are_the_same_folder(bench: Any) -> None:
    batch = read_batch(bench.write({"a\u0308/1.tif": PAGE, "metadata.csv": "item,dc.title\nä,A\n"}))
    assert [(item.folder, item.record["dc.title"]) for item in batch.submissions] == [("a\u0308", "A")]


def test_odd_names_survive(bench: Any) -> None:
    names = ["a\nb.tif", "<b>.tif", "‮x.tif", "=1+1.tif", "back\\slash.tif", "trailing .tif", "ü.tif"]
    batch = read_batch(bench.write({f"a/{name}": PAGE for name in names}))
    assert sorted(file.name for file in batch.submissions[0].files) == sorted(names)
    assert all(file.path.read_bytes() == PAGE for file in batch.submissions[0].files)


def test_a_name_that_is_no_text_is_refused_in_words(bench: Any) -> None:
    folder = bench.write({"a/1.tif": PAGE})
    Path(os.fsdecode(os.fsencode(folder) + b"/a/caf\xe9.tif")).write_bytes(PAGE)
    batch = read_batch(folder)
    assert [each.sentence for each in batch.submissions[0].problems] == [
        'The name of "caf\\xe9.tif" is not written in UTF-8, so it could not be kept as it is: rename it.'
    ]


@pytest.mark.parametrize("files", [{}, {"notes.txt": "x"}, {"metadata.csv": "item\na\n"}])
def test_a_folder_without_items_is_no_batch(bench: Any, files: dict[str, str]) -> None:
    with pytest.raises(SubmissionError, match="holds no item"):
        read_batch(bench.write(files))


def test_no_folder_is_no_batch(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path / "absent", tmp_path / "file"):
        with pytest.raises(SubmissionError, match="There is no folder"):
            read_batch(path)


@pytest.mark.scans
def test_real_batches(shared_data: Path) -> None:
    batches = {name: read_batch(shared_data / "scans" / name) for name in ("books", "newspapers", "letters-1905")}
    assert [list(shape(batch)) for batch in batches.values()] == [
        [
            *("boy-apprenticed-1920", "lusitania-1915", "vanity-of-sciences", "sophocles-1881", "abroad-1882"),
            *("kant-1784", "kant-1784-jp2", "bebel-1879", "sorbonne-1863", "cook-book", "der-herold-1839"),
        ],
        [
            *("weekly-journal-18560524", "weekly-journal-18560524-article", "weekly-journal-18560524-pdf"),
            *("national-tribune-18981110", "national-tribune-18981110-article", "luxembourg-1859-blocks"),
        ],
        ["letter-042", "letter-241", "letter-075"],
    ]
    assert shape(batches["letters-1905"])["letter-075"] == ["0001.jpg", "0002.jpg", "0003.jpg"]
    assert [(batch.problems, codes(batch)) for batch in batches.values()] == [((), {})] * 3
