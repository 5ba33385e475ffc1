"""The access copy as the image server sees it: its levels, and tiles that need no decoding.

A tile of the pyramid is an abbreviated JPEG; with the file's tables put before it, it is a whole one
(TIFF Technical Note 2, "JPEG compression"). That spares decoding and encoding for nearly all that a viewer asks.
"""

import hashlib
import os
import zlib
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from core.errors import MunimentError
from images.problems import damaged
from images.tiff import Directory, read_chain

WIDTH, HEIGHT, COMPRESSION, PHOTOMETRIC, SAMPLES = 256, 257, 259, 262, 277
TILE_WIDTH, TILE_LENGTH, TILE_OFFSETS, TILE_COUNTS, TABLES = 322, 323, 324, 325, 347
JPEG: Final = 7
READY: Final = (1, 6)  # grey and YCbCr: what a reader of a bare JPEG takes one or three components for
MOST_LEVELS: Final = 20


class ChangedError(MunimentError):
    """A tile of an open access copy has other bytes than when the copy was read in full."""

    code = "access-copy-changed"

    def __init__(self) -> None:
        super().__init__("The access copy has changed since it was verified: verify it again.")


class NotAtOnceError(Exception):
    """What was asked for would keep its asker waiting: for a disk, or for a picture to be made."""


@dataclass(frozen=True, slots=True)
class Level:
    """One reduction of the picture: its size, and where its tiles lie, row by row, with their CRC-32."""

    width: int
    height: int
    tile: int
    offsets: Sequence[int]
    counts: Sequence[int]
    sums: Sequence[int]
    tables: bytes

    @property
    def across(self) -> int:
        """Tiles in a row."""
        return -(-self.width // self.tile)


@dataclass(frozen=True, slots=True)
class Pyramid:
    """The levels from the full size down, each half the one before, the samples a pixel, and the file's SHA-256."""

    levels: tuple[Level, ...]
    samples: int
    digest: str

    @property
    def width(self) -> int:
        """Pixels of the full size."""
        return self.levels[0].width

    @property
    def height(self) -> int:
        """Pixels of the full size."""
        return self.levels[0].height

    @property
    def tiles(self) -> int:
        """Tiles of all levels."""
        return sum(len(level.offsets) for level in self.levels)

    def deepest(self, reduction: float) -> int:
        """The number of the smallest level that is not reduced more than this."""
        number = 0
        while number + 1 < len(self.levels) and 2 ** (number + 1) <= reduction:
            number += 1
        return number


@dataclass(frozen=True, slots=True)
class AccessCopy:
    """An open access copy; stays the same file whatever becomes of its name. One that is not `patient` never waits."""

    descriptor: int
    pyramid: Pyramid
    patient: bool = True

    @property
    def path(self) -> Path:
        """A name for libraries that open files themselves; it leads to this very file while it is open here."""
        return Path(f"/proc/self/fd/{self.descriptor}")

    def tile(self, level: Level, column: int, row: int) -> bytes:
        """A tile as a JPEG of the tile's full size; at the edges a part of it is padding.

        Raises:
            ChangedError: these are not the bytes that were there when the copy was read in full.
            NotAtOnceError: they are not in memory.
        """
        number = row * level.across + column
        read = os.pread if self.patient else _in_memory
        data = read(self.descriptor, level.counts[number], level.offsets[number])
        if zlib.crc32(data) != level.sums[number]:
            raise ChangedError
        # Without the tables' end mark and the tile's start mark.
        return level.tables[:-2] + data[2:] if level.tables else data


@contextmanager
def open_copy(place: Path) -> Iterator[AccessCopy]:
    """The access copy, read in full once and open as long as the block lasts.

    Raises:
        FileNotFoundError: there is no such file.
        UnreadableImageError: it is no access copy.
    """
    with place.open("rb") as stream:
        yield AccessCopy(stream.fileno(), read_pyramid(stream.fileno()))


def read_pyramid(descriptor: int) -> Pyramid:
    """The levels of an open access copy, the sums of its tiles and the digest of the whole: it is read in full.

    Whoever finds the digest right may believe the rest: the digest is taken last.

    Raises:
        UnreadableImageError: it is no access copy.
    """
    with open(descriptor, "rb", closefd=False) as stream:
        directories = read_chain(stream, MOST_LEVELS).directories
        levels = tuple(_level(stream, each) for each in directories)
        if not levels:
            raise damaged("it is no access copy")
        samples = directories[0].number_of(stream, SAMPLES, 1)
        stream.seek(0)
        return Pyramid(levels, samples, hashlib.file_digest(stream, "sha256").hexdigest())


def _level(stream: BinaryIO, directory: Directory) -> Level:
    width, height, tile, length, compression, photometric = (
        directory.number_of(stream, tag) for tag in (WIDTH, HEIGHT, TILE_WIDTH, TILE_LENGTH, COMPRESSION, PHOTOMETRIC)
    )
    if min(width, height, tile) < 1 or tile != length or compression != JPEG or photometric not in READY:
        raise damaged("it is no access copy")
    offsets, counts = _whole(directory, stream, TILE_OFFSETS), _whole(directory, stream, TILE_COUNTS)
    in_all = -(-width // tile) * -(-height // tile)
    size = os.fstat(stream.fileno()).st_size
    if len(offsets) != in_all or len(counts) != in_all or sum(counts) > size or max(offsets) >= size:
        raise damaged("its tiles do not lie in it")
    sums = array("I", (_sum(stream.fileno(), *place) for place in zip(counts, offsets, strict=True)))
    return Level(width, height, tile, offsets, counts, sums, directory.data(stream, TABLES))


def _whole(directory: Directory, stream: BinaryIO, tag: int) -> Sequence[int]:
    """The values of a tag in little memory: pages with many tiles are remembered by the thousand."""
    numbers = [int(value) for value in directory.numbers(stream, tag)]
    if not all(0 <= number < 2**63 for number in numbers):
        raise damaged("its tiles do not lie in it")
    return array("L" if max(numbers, default=0) >= 2**32 else "I", numbers)


def _in_memory(descriptor: int, count: int, offset: int) -> bytes:
    """The bytes, when the system has them in memory; some file systems never say so."""
    data = bytearray(count)
    try:
        read = os.preadv(descriptor, [data], offset, os.RWF_NOWAIT)
    except OSError as error:
        raise NotAtOnceError from error
    if read != count:
        raise NotAtOnceError
    return bytes(data)


def _sum(descriptor: int, count: int, offset: int) -> int:
    return zlib.crc32(os.pread(descriptor, count, offset))
