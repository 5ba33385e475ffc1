from typing import Any

import pytest

from core.submission import Submission
from ingest.batches import read_batch
from ingest.checksums import algorithms_needed, provenance_note

PAGE = b"II*\0 a page"


def item(folder: Any) -> Submission:
    return read_batch(folder).submissions[0]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("a/pages.md5", "{md5}  0001.tif"),
        ("a/0001.tif.md5", "{md5}"),
        ("a/checksums.txt", "MD5 (./0001.tif) = {md5}"),
        ("a/manifest-md5.txt", "{md5} *a/0001.tif"),
        ("a/lists/pages.md5", "{md5}  0001.tif"),
        ("batch.md5", "{md5}  a/0001.tif"),
        ("batch.md5", "{md5}  .\\a\\0001.tif"),
        ("checksums.txt", "\ufeff{md5}  a/0001.tif\r"),
    ],
)
def test_a_list_beside_the_pages_or_the_items_counts(bench: Any, name: str, line: str) -> None:
    files = {"a/0001.tif": PAGE, name: line.format(md5=bench.digest(PAGE)) + "\n"}
    found = item(bench.write(files))
    assert {key: [each.checksum.value for each in given] for key, given in found.supplied.items()} == {
        "0001.tif": [bench.digest(PAGE)]
    }
    assert (len(found.lists), found.problems, algorithms_needed(found)) == (1, (), ("md5",))


def test_names_match_in_either_unicode_form(bench: Any) -> None:
    found = item(bench.write({"a/a\u0308.tif": PAGE, "a/x.md5": f"{bench.digest(PAGE)}  ä.tif\n"}))
    assert list(found.supplied) == ["a\u0308.tif"]


@pytest.mark.parametrize(
    ("text", "code", "fact"),
    [
        ("{md5}  0001.tif\n{md5}  0002.tif\n", "checksum-file-missing", "0002.tif"),
        ("{md5}  0001.tif\nnonsense\n", "checksum-list-unreadable", "line 2 is not a digest and a name"),
        ("", "checksum-list-unreadable", "it is empty"),
        ("{md5}  ../../x.tif\n", "checksum-list-unreadable", 'it names "../../x.tif", which lies outside the folder'),
    ],
)
def test_a_list_that_cannot_be_right_refuses(bench: Any, text: str, code: str, fact: str) -> None:
    found = item(bench.write({"a/0001.tif": PAGE, "a/x.md5": text.format(md5=bench.digest(PAGE))}))
    assert [(each.code, each.refuses) for each in found.problems] == [(code, True)]
    assert fact in found.problems[0].facts.values()


def test_litter_and_strangers_in_a_list_do_no_harm(bench: Any) -> None:
    lines = "".join(f"{bench.digest(PAGE)}  {name}\n" for name in ("0001.tif", "Thumbs.db", "notes.doc"))
    found = item(bench.write({"a/0001.tif": PAGE, "a/notes.doc": b"x", "a/x.md5": lines}))
    assert [each.code for each in found.problems] == ["file-stranger"]
    assert list(found.supplied) == ["0001.tif"]


def test_a_list_of_something_else_at_the_top_does_not_count(bench: Any) -> None:
    found = item(bench.write({"a/0001.tif": PAGE, "metadata.csv.md5": "0" * 32, "metadata.csv": "item\na\n"}))
    assert (found.lists, found.problems) == ((), ())


def test_a_list_of_the_batch_covers_every_item(bench: Any) -> None:
    lines = f"{bench.digest(PAGE)}  a/0001.tif\n{bench.digest(PAGE)}  a/0002.tif\n"
    batch = read_batch(bench.write({"a/0001.tif": PAGE, "b/0001.tif": PAGE, "all.md5": lines}))
    assert [(each.folder, each.lists, [one.code for one in each.problems]) for each in batch.submissions] == [
        ("a", ("all.md5",), ["checksum-file-missing"]),
        ("b", ("all.md5",), []),
    ]


def test_a_list_of_the_batch_may_name_strangers_and_folders_that_did_not_arrive(bench: Any) -> None:
    lines = "".join(f"{bench.digest(PAGE)}  {name}\n" for name in ("a/0001.tif", "a/notes.doc", "b/0001.tif"))
    batch = read_batch(bench.write({"a/0001.tif": PAGE, "a/notes.doc": b"x", "all.md5": lines}))
    assert [each.code for each in batch.submissions[0].problems] == ["file-stranger"]
    assert list(batch.submissions[0].supplied) == ["0001.tif"]
    assert [(each.code, each.facts) for each in batch.problems] == [
        ("checksum-file-missing", {"file": "b", "list": "all.md5"})
    ]


def test_the_record_says_where_trust_begins(bench: Any) -> None:
    folder = bench.write({"a/0001.tif": PAGE, "b/0001.tif": PAGE, "b/x.md5": f"{bench.digest(PAGE)}  0001.tif\n"})
    assert [provenance_note(each) for each in read_batch(folder).submissions] == [
        "No checksums came with the item: its files are vouched for from their ingest on.",
        'The files were compared at ingest with the checksums that came with them in "x.md5".',
    ]
