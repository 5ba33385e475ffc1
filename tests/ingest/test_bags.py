from pathlib import Path
from typing import Any

import pytest

from core.fixity import Checksum
from core.submission import SuppliedDigest
from ingest.bags import check_bag, check_payload, is_bag, read_bag

PAGE = b"II*\0 a page"


def bags_of(shared_data: Path, answer: str) -> list[Path]:
    return [path for path in (shared_data / "conformance/bagit").glob(f"v*/{answer}/*") if path.is_dir()]


@pytest.mark.scans
@pytest.mark.parametrize(("answer", "count"), [("valid", 13), ("warning", 6)])
def test_the_conformance_suite_is_accepted(shared_data: Path, answer: str, count: int) -> None:
    bags = bags_of(shared_data, answer)
    assert {path.name: check_bag(path) for path in bags} == {path.name: () for path in bags}
    assert len(bags) == count


@pytest.mark.scans
@pytest.mark.parametrize(("answer", "count"), [("invalid", 15), ("linux-only", 6), ("windows-only", 6)])
def test_the_conformance_suite_is_refused(shared_data: Path, answer: str, count: int) -> None:
    bags = bags_of(shared_data, answer)
    assert [path.name for path in bags if not check_bag(path)] == []
    assert len(bags) == count


@pytest.mark.parametrize("version", ["0.97", "1.0"])
@pytest.mark.parametrize("algorithm", ["md5", "sha256", "sha512"])
def test_a_whole_bag_is_valid(bench: Any, version: str, algorithm: str) -> None:
    bag = bench.write(bench.bag({"data/0001.tif": PAGE, "data/a b/ä.tif": b"2"}, algorithm, version))
    assert (is_bag(bag), check_bag(bag)) == (True, ())


def test_payload_manifests_become_supplied_digests(bench: Any) -> None:
    bag = read_bag(bench.write(bench.bag({"data/0001.tif": PAGE}, "md5")))
    expected = SuppliedDigest(Checksum("md5", bench.digest(PAGE)), "manifest-md5.txt")
    assert bag.supplied == {"data/0001.tif": (expected,)}


def test_names_with_line_ends_are_percent_encoded(bench: Any) -> None:
    files = bench.bag({"data/a%0Ab%25.tif": PAGE})
    bag = bench.write({**files, "data/a\nb%.tif": PAGE})
    (bag / "data/a%0Ab%25.tif").unlink()
    assert check_bag(bag) == ()


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"data/0001.tif": b"II*\0 a pagE"}, '"data/0001.tif" has the md5 digest'),
        ({"data/0002.tif": b""}, '"data/0002.tif" is not named in manifest-md5.txt'),
        ({"bagit.txt": "BagIt-Version: 2.0\nTag-File-Character-Encoding: UTF-8\n"}, "BagIt version 2.0 is not known"),
        ({"bagit.txt": "BagIt-Version: 1.0\nTag-File-Character-Encoding: X-1\n"}, 'the encoding "X-1" is not known'),
        (
            {"bagit.txt": "\ufeffBagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"},
            '"bagit.txt" does not declare',
        ),
        ({"bag-info.txt": "Payload-Oxum: 1.1\n"}, "its Payload-Oxum says 1.1, but there are 11.1"),
        ({"bag-info.txt": "Source: changed\n"}, '"bag-info.txt" has the md5 digest'),
        ({"fetch.txt": "http://x.example/a - ../a\n"}, '"fetch.txt" names "../a", which is not under "data"'),
        ({"manifest-md5.txt": "0" * 32 + "  data/0009.tif\n"}, 'names "data/0009.tif", which is missing'),
        ({"manifest-md5.txt": "0" * 32 + "  ../../etc/passwd\n"}, 'names "../../etc/passwd", which lies outside'),
        ({"manifest-md5.txt": "0" * 32 + "  bagit.txt\n"}, 'names "bagit.txt", which is not under "data"'),
        ({"manifest-md5.txt": "nonsense\n"}, "manifest-md5.txt: line 1 is not a digest and a name"),
        ({"manifest-md5.txt": b"\xff\xfe\xff"}, "manifest-md5.txt cannot be read"),
        ({"manifest-crc9.txt": "0 data/0001.tif"}, "manifest-crc9.txt cannot be read, or its algorithm is not known"),
    ],
)
def test_what_is_wrong_with_a_bag_is_found(bench: Any, change: dict[str, bytes | str], finding: str) -> None:
    bag = bench.write({**bench.bag({"data/0001.tif": PAGE}, "md5"), **change})
    assert any(finding in found for found in check_bag(bag)), check_bag(bag)


def test_every_manifest_of_version_one_names_every_file(bench: Any) -> None:
    files = bench.bag({"data/0001.tif": PAGE, "data/0002.tif": b"2"})
    second = {"manifest-md5.txt": f"{bench.digest(PAGE)}  data/0001.tif\n"}
    assert check_bag(bench.write({**files, **second})) == ('"data/0002.tif" is not named in manifest-md5.txt',)


def test_missing_parts_are_found(bench: Any) -> None:
    bag = bench.write(bench.bag({"data/0001.tif": PAGE}))
    (bag / "manifest-sha512.txt").unlink()
    (bag / "tagmanifest-sha512.txt").unlink()
    assert check_bag(bag) == ("it has no payload manifest",)


def test_links_in_a_bag_are_never_followed(bench: Any, tmp_path: Path) -> None:
    secret = tmp_path / "secret.tif"
    secret.write_bytes(PAGE)
    bag = bench.write(bench.bag({"data/0001.tif": PAGE}))
    (bag / "data/0001.tif").unlink()
    (bag / "data/0001.tif").symlink_to(secret)
    assert check_bag(bag)[0] == '"data/0001.tif" is a link or a device'


def test_an_empty_bag_is_valid(bench: Any) -> None:
    bag = bench.write(bench.bag({}))
    (bag / "data").mkdir()
    assert check_bag(bag) == ()


def test_litter_in_a_bag_is_not_counted(bench: Any) -> None:
    assert check_bag(bench.write({**bench.bag({"data/0001.tif": PAGE}), "data/.DS_Store": b"x"})) == ()


def test_a_file_that_vanishes_is_a_finding(bench: Any) -> None:
    bag = read_bag(bench.write(bench.bag({"data/0001.tif": PAGE}, "md5")))
    (bag.path / "data/0001.tif").unlink()
    assert check_payload(bag, ["data/0001.tif"]) == (
        '"data/0001.tif" has the md5 digest none (No such file or directory), '
        f"but manifest-md5.txt says {bench.digest(PAGE)}",
    )
