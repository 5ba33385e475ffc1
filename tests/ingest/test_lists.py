import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.fixity import Checksum
from ingest.lists import ChecksumList, Entry, algorithm_of, decode, is_list, parse_list, read_list

MD5 = "d41d8cd98f00b204e9800998ecf8427e"
SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
names = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"], exclude_characters="\\"), min_size=1)


@pytest.mark.parametrize(
    ("name", "algorithm"),
    [
        ("pages.md5", "md5"),
        ("0001.tif.SHA256", "sha256"),
        ("a/b.sha1", "sha1"),
        ("manifest-sha512.txt", "sha512"),
        ("manifest-sha3-256.txt", "sha3_256"),
        ("SHA256SUMS", "sha256"),
        ("md5sum.txt", "md5"),
        ("checksums.txt", ""),
        ("checksums_batch4.txt", ""),
    ],
)
def test_lists_and_their_algorithms(name: str, algorithm: str) -> None:
    assert (is_list(name), algorithm_of(name)) == (True, algorithm)


@pytest.mark.parametrize("name", ["notes.txt", "0001.tif", "md5.pdf", "summary.txt", "metadata.csv", "sums.pdf"])
def test_other_files_are_no_lists(name: str) -> None:
    assert not is_list(name)


@pytest.mark.parametrize(
    ("line", "name", "checksum"),
    [
        (f"{MD5}  0001.tif", "0001.tif", Checksum("md5", MD5)),
        (f"{MD5} *0001.tif", "0001.tif", Checksum("md5", MD5)),
        (f"{MD5.upper()}\ta b.tif", "a b.tif", Checksum("md5", MD5)),
        (f"SHA256 (a (1).tif) = {SHA256}", "a (1).tif", Checksum("sha256", SHA256)),
        (f"SHA2-224(a.tif)= {SHA256[:56]}", "a.tif", Checksum("sha224", SHA256[:56])),
        (f"SHA2-256(a.tif)= {SHA256}", "a.tif", Checksum("sha256", SHA256)),
        (f"SHA2-384(a.tif)= {MD5 * 3}", "a.tif", Checksum("sha384", MD5 * 3)),
        (f"SHA2-512(a.tif)= {SHA256 * 2}", "a.tif", Checksum("sha512", SHA256 * 2)),
        (f"MD5(a.tif)= {MD5}", "a.tif", Checksum("md5", MD5)),
        (f"\\{MD5}  a\\\\b\\nc.tif", "a\\b\nc.tif", Checksum("md5", MD5)),
        (f"{MD5}  sub\\0001.tif", "sub\\0001.tif", Checksum("md5", MD5)),
    ],
)
def test_the_styles_of_lines(line: str, name: str, checksum: Checksum) -> None:
    parsed = parse_list(f"\r\n# a remark\r\n{line}\r\n", "checksums.txt")
    assert parsed == ChecksumList((Entry(name, checksum),))


def test_a_list_beside_one_page_may_be_a_bare_digest() -> None:
    assert parse_list(f"{MD5}\n", "0001.tif.md5").entries == (Entry("0001.tif", Checksum("md5", MD5)),)


@pytest.mark.parametrize(
    ("text", "name", "fault"),
    [
        ("", "a.md5", "it is empty"),
        ("0001.tif is fine\n", "a.md5", "line 1 is not a digest and a name"),
        (f"{SHA256}  a.tif\n", "a.md5", "the digest in line 1 is not a md5 digest"),
        (f"{MD5}0  a.tif\n", "checksums.txt", "the digest in line 1 is not a known digest"),
        (f"\nSHA2-999(a.tif)= {SHA256}\n", "checksums.txt", "the digest in line 2 is not a known digest"),
        (f"SHA2-512(a.tif)= {SHA256}\n", "checksums.txt", "the digest in line 1 is not a sha512 digest"),
    ],
)
def test_what_cannot_be_understood_is_said(text: str, name: str, fault: str) -> None:
    assert parse_list(text, name).fault == fault


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_lists_come_in_several_encodings(encoding: str) -> None:
    assert decode(f"{MD5}  ä.tif".encode(encoding)) == f"{MD5}  ä.tif"


def test_other_bytes_stay_as_names_on_disk_have_them() -> None:
    assert decode(b"caf\xe9") == "caf\udce9"


def test_an_absent_list_is_a_fault(tmp_path: Path) -> None:
    assert read_list(tmp_path / "a.md5", "a.md5").fault == "No such file or directory"


@settings(deadline=None)
@given(st.dictionaries(names, st.binary(), min_size=1), st.sampled_from(["md5", "sha1", "sha256", "sha512"]))
def test_what_a_tool_writes_is_read_back(files: dict[str, bytes], algorithm: str) -> None:
    digests = {name: hashlib.new(algorithm, content).hexdigest() for name, content in files.items()}
    expected = ChecksumList(tuple(Entry(name, Checksum(algorithm, value)) for name, value in digests.items()))
    gnu = "".join(f"{value}  {name}\n" for name, value in digests.items())
    bsd = "".join(f"{algorithm.upper()} ({name}) = {value}\n" for name, value in digests.items())
    assert parse_list(gnu, f"list.{algorithm}") == expected
    assert parse_list(bsd, "checksums.txt") == expected


@settings(deadline=None)
@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    parsed = parse_list(text, "checksums.txt")
    assert parsed.fault or parsed.entries
