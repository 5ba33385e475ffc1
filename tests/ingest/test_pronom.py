from pathlib import Path
from typing import Any

import pytest

from ingest.pronom import identify


@pytest.mark.parametrize(
    ("content", "puid"),
    [
        (b"II*\0\x08\0\0\0\0\0\0\0\0\0", "fmt/353"),
        (b"%PDF-1.4\n%%EOF\n", "fmt/18"),
        (b"", ""),
        (b"no format at all", ""),
    ],
)
def test_files_are_identified_by_content(tmp_path: Path, content: bytes, puid: str) -> None:
    (tmp_path / "file").write_bytes(content)
    assert identify(tmp_path / "file") == puid


def test_a_png_is_known(tmp_path: Path, bench: Any) -> None:
    assert identify(bench.write({"a.dat": bench.png()}) / "a.dat") in ("fmt/11", "fmt/12", "fmt/13")


@pytest.mark.scans
def test_real_scans_are_known(shared_data: Path) -> None:
    names = {
        "books/kant-1784/0001.tif": "fmt/353",
        "books/kant-1784-jp2/0001.jp2": "x-fmt/392",
        "books/sorbonne-1863/0001.jpg": "fmt/43",
        "newspapers/weekly-journal-18560524-pdf/issue.pdf": "fmt/20",
    }
    assert {name: identify(shared_data / "scans" / name) for name in names} == names
