"""The directories of a TIFF, read by small steps and without trust.

Source: TIFF 6.0, section 2; BigTIFF as libtiff writes it. A directory is read entry by entry and a value only when it
is asked for, so that a tag which claims gigabytes costs nothing.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

from images.problems import damaged
from images.streams import length, unpack

SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
LETTERS: Final = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I", 16: "Q", 17: "q", 18: "Q"}
MOST_ENTRIES: Final = 4096
MOST_BYTES: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """One tag: its type, how many values, and where they lie in the file."""

    kind: int
    count: int
    offset: int

    @property
    def size(self) -> int:
        """Bytes of all its values."""
        return self.count * SIZES.get(self.kind, 1)


@dataclass(frozen=True, slots=True)
class Layout:
    """Byte order ("<" or ">") and whether offsets have 8 bytes."""

    order: str
    big: bool


@dataclass(frozen=True, slots=True)
class Directory:
    """One image file directory; `number` is its place in the chain from 0."""

    number: int
    layout: Layout
    entries: Mapping[int, Entry]

    def numbers(self, stream: BinaryIO, tag: int) -> tuple[float, ...]:
        """The values of a tag as numbers; empty when it is absent, senseless or beyond the file's end."""
        entry = self.entries.get(tag)
        if entry is None or not 0 < entry.size <= MOST_BYTES:
            return ()
        data = self.data(stream, tag)
        if entry.kind in (5, 10):
            form = f"{self.layout.order}{2 * entry.count}{'I' if entry.kind == 5 else 'i'}"
            pairs = struct.unpack(form, data) if data else ()
            return tuple(a / b if b else 0.0 for a, b in zip(pairs[::2], pairs[1::2], strict=True))
        letter = LETTERS.get(entry.kind)
        return struct.unpack(f"{self.layout.order}{entry.count}{letter}", data) if letter and data else ()

    def number_of(self, stream: BinaryIO, tag: int, default: int = 0) -> int:
        """The first value of a tag as a whole number, or the default."""
        values = self.numbers(stream, tag)
        return int(values[0]) if values and abs(values[0]) < 2**63 else default

    def data(self, stream: BinaryIO, tag: int) -> bytes:
        """The bytes of a tag's values; empty when it is absent, too long or beyond the file's end."""
        entry = self.entries.get(tag)
        if entry is None or entry.size > MOST_BYTES:
            return b""
        stream.seek(entry.offset)
        data = stream.read(entry.size)
        return data if len(data) == entry.size else b""

    def follow(self, stream: BinaryIO, offset: int) -> "Directory | None":
        """The directory at another offset of the same file, or None when there is none."""
        read = _entries(stream, offset, self.layout, length(stream))
        return Directory(0, self.layout, read[0]) if read else None


@dataclass(frozen=True, slots=True)
class Chain:
    """The directories in order.

    `loops` when the chain points back; `broken` says what stopped the reading, `cut_off` that it was the file's end.
    """

    directories: tuple[Directory, ...]
    loops: bool = False
    broken: str = ""
    cut_off: bool = False


def read_chain(stream: BinaryIO, most: int) -> Chain:
    """The chain of directories, `most` + 1 of them at the most; small reads only.

    Raises:
        UnreadableImageError: there is no TIFF header, or it ends inside it.
    """
    layout, offset = _header(stream)
    end, seen, found = length(stream), set[int](), list[Directory]()
    while offset and len(found) <= most:
        if offset in seen:
            return Chain(tuple(found), loops=True)
        seen.add(offset)
        read = _entries(stream, offset, layout, end)
        if read is None:
            cut_off = f"its directory {len(found) + 1} lies beyond the end of the file" if offset >= end else ""
            return Chain(
                tuple(found), False, cut_off or f"its directory {len(found) + 1} cannot be read", bool(cut_off)
            )
        entries, offset = read
        found.append(Directory(len(found), layout, entries))
    return Chain(tuple(found))


def _header(stream: BinaryIO) -> tuple[Layout, int]:
    stream.seek(0)
    mark = stream.read(4)
    order = {b"II": "<", b"MM": ">"}.get(mark[:2])
    if order is None or len(mark) < 4:
        raise damaged("no TIFF header")
    (version,) = struct.unpack(order + "H", mark[2:])
    if version == 42:
        return Layout(order, big=False), unpack(stream, order + "I", "the header")[0]
    if version == 43:
        return Layout(order, big=True), unpack(stream, order + "HHQ", "the header")[2]
    raise damaged("no TIFF header")


def _entries(stream: BinaryIO, offset: int, layout: Layout, end: int) -> tuple[dict[int, Entry], int] | None:
    """The entries of the directory at the offset and the offset of the next, or None when it is no directory."""
    count_form, entry_form, inline = ("Q", "HHQ", 8) if layout.big else ("H", "HHI", 4)
    step = struct.calcsize("=" + entry_form) + inline
    start = offset + struct.calcsize("=" + count_form)
    stream.seek(offset)
    head = stream.read(start - offset)
    if len(head) < start - offset:
        return None
    (count,) = struct.unpack(layout.order + count_form, head)
    if not 0 < count <= MOST_ENTRIES or start + count * step > end:
        return None
    table = stream.read(count * step)
    entries = {}
    for place in range(0, count * step, step):
        tag, kind, values = struct.unpack_from(layout.order + entry_form, table, place)
        entry = Entry(kind, values, start + place + step - inline)
        if entry.size > inline:
            (where,) = struct.unpack_from(layout.order + ("Q" if layout.big else "I"), table, place + step - inline)
            entry = Entry(kind, values, where)
        entries[tag] = entry
    following = stream.read(inline)
    return entries, int.from_bytes(following, "little" if layout.order == "<" else "big")
