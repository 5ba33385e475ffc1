"""The access copy as the image server sees it: its levels, and tiles that need no decoding.

A tile of the pyramid is an abbreviated JPEG; with the file's tables put before it, it is a whole one
(TIFF Technical Note 2, "JPEG compression"). That spares decoding and encoding for nearly all that a viewer asks.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from images.problems import damaged
from images.tiff import Directory, read_chain

WIDTH, HEIGHT, SAMPLES, TILE_WIDTH, TILE_OFFSETS, TILE_COUNTS, TABLES = 256, 257, 277, 322, 324, 325, 347
MOST_LEVELS: Final = 20
REMEMBERED: Final = 256


@dataclass(frozen=True, slots=True)
class Level:
    """One reduction of the picture: its size and where its tiles lie, row by row."""

    width: int
    height: int
    tile: int
    offsets: tuple[int, ...]
    counts: tuple[int, ...]
    tables: bytes

    @property
    def across(self) -> int:
        """Tiles in a row."""
        return -(-self.width // self.tile)


@dataclass(frozen=True, slots=True)
class Pyramid:
    """The levels from the full size down, each half the one before, and the number of samples a pixel."""

    levels: tuple[Level, ...]
    samples: int

    @property
    def width(self) -> int:
        """Pixels of the full size."""
        return self.levels[0].width

    @property
    def height(self) -> int:
        """Pixels of the full size."""
        return self.levels[0].height

    def deepest(self, reduction: float) -> int:
        """The number of the smallest level that is not reduced more than this."""
        number = 0
        while number + 1 < len(self.levels) and 2 ** (number + 1) <= reduction:
            number += 1
        return number


def read_pyramid(access: Path) -> Pyramid:
    """The levels of an access copy; the answer is remembered as long as the file does not change.

    Raises:
        FileNotFoundError: there is no such file.
        UnreadableImageError: it is no access copy.
    """
    about = access.stat()
    return _read(access, about.st_mtime_ns, about.st_size)


def raw_tile(access: Path, level: Level, column: int, row: int) -> bytes | None:
    """A whole tile as a JPEG, or None for a tile at the edge, which is padded in the file."""
    inside = (column + 1) * level.tile <= level.width and (row + 1) * level.tile <= level.height
    number = row * level.across + column
    if not inside or number >= len(level.offsets) or not level.tables:
        return None
    with access.open("rb") as stream:
        stream.seek(level.offsets[number])
        data = stream.read(level.counts[number])
    return level.tables[:-2] + data[2:]  # without the tables' end mark and the tile's start mark


@lru_cache(maxsize=REMEMBERED)
def _read(access: Path, _changed: int, _size: int) -> Pyramid:
    with access.open("rb") as stream:
        directories = read_chain(stream, MOST_LEVELS).directories

        def numbers(directory: Directory, tag: int) -> tuple[int, ...]:
            return tuple(int(value) for value in directory.numbers(stream, tag))

        levels = tuple(
            Level(
                width=each.number_of(stream, WIDTH),
                height=each.number_of(stream, HEIGHT),
                tile=each.number_of(stream, TILE_WIDTH),
                offsets=numbers(each, TILE_OFFSETS),
                counts=numbers(each, TILE_COUNTS),
                tables=each.data(stream, TABLES),
            )
            for each in directories
        )
        samples = directories[0].number_of(stream, SAMPLES, 1) if directories else 0
    if not levels or not all(level.tile and level.width for level in levels):
        raise damaged("it is no access copy")
    return Pyramid(levels, samples)
