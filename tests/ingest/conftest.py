"""Small real batches and bags, made in a moment."""

import hashlib
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

type_of_files = Mapping[str, bytes | str]


@dataclass(frozen=True)
class Bench:
    """Makes files, folders and bags for a test."""

    path: Path

    def write(self, files: type_of_files) -> Path:
        """The folder with these files, by their names relative to it; more may be added by another call."""
        self.path.mkdir(exist_ok=True)
        for name, content in files.items():
            path = self.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self.path

    def png(self, grey: int = 200) -> bytes:
        """A whole PNG image of 2 x 3 pixels in grey."""

        def chunk(name: bytes, body: bytes) -> bytes:
            return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

        rows = b"".join(b"\0" + bytes([grey]) * 2 for _ in range(3))
        header = struct.pack(">IIBBBBB", 2, 3, 8, 0, 0, 0, 0)
        body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
        return b"\x89PNG\r\n\x1a\n" + body

    def digest(self, content: bytes | str, algorithm: str = "md5") -> str:
        """The digest in hexadecimal digits."""
        return hashlib.new(algorithm, content if isinstance(content, bytes) else content.encode()).hexdigest()

    def bag(
        self, payload: Mapping[str, bytes], algorithm: str = "sha512", version: str = "1.0"
    ) -> dict[str, bytes | str]:
        """The files of a valid bag with this payload (names under data/)."""
        listed = "".join(f"{self.digest(each, algorithm)}  {name}\n" for name, each in payload.items())
        tags: dict[str, bytes | str] = {
            "bagit.txt": f"BagIt-Version: {version}\nTag-File-Character-Encoding: UTF-8\n",
            "bag-info.txt": f"Payload-Oxum: {sum(map(len, payload.values()))}.{len(payload)}\n",
            f"manifest-{algorithm}.txt": listed,
        }
        seal = "".join(f"{self.digest(each, algorithm)}  {name}\n" for name, each in tags.items())
        return {**payload, **tags, f"tagmanifest-{algorithm}.txt": seal}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A bench whose folder is called "batch"."""
    return Bench(tmp_path / "batch")
