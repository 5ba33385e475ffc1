"""metadata.csv: one row an item, the column "item" names its folder, the others describe it."""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

LARGEST_TABLE = 64 * 2**20
_SEPARATORS = (",", ";", "\t")
_NO_ITEM = 'its first line has no column "item"'


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the folder it describes, every column as received, and what is wrong with it ("" when nothing)."""

    folder: str
    record: Mapping[str, str]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows in order; `fault` says why the file is no table, "" when it is."""

    rows: tuple[Row, ...] = ()
    fault: str = ""


def read_table(path: Path) -> Table:
    """The rows of a metadata.csv in UTF-8 (or UTF-16 with its mark), separated by comma, semicolon or tab."""
    try:
        if path.stat().st_size > LARGEST_TABLE:
            return Table(fault=f"it is larger than {LARGEST_TABLE // 2**20} MB")
        text = _decode(path.read_bytes())
    except OSError as error:
        return Table(fault=error.strerror or "it cannot be opened")
    except UnicodeDecodeError as error:
        return Table(fault=f"its bytes are not UTF-8 text near byte {error.start + 1}")
    return Table(fault="it holds zero bytes, as no text does") if "\0" in text else parse_table(text)


def _decode(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16")
    return data.decode("utf-8-sig")


def parse_table(text: str) -> Table:
    """The rows of the text; the separator is the one with which the first line has a column "item"."""
    faults = []
    for separator in _SEPARATORS:
        table, settled = _parsed(text, separator)
        if settled:
            return table
        faults.append(table.fault)
    return Table(fault=_NO_ITEM if _NO_ITEM in faults else next(filter(None, faults), _NO_ITEM))


def _parsed(text: str, separator: str) -> tuple[Table, bool]:
    """The table as this separator reads it, and whether that settles it: its first line has the column "item"."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    header: list[str] = []
    settled = False
    try:
        header = next(reader, [])
        settled = "item" in (cell.strip().casefold() for cell in header)
        if settled:
            return Table(tuple(_rows(reader, _columns(header)))), True
    except csv.Error as error:
        # A first line with quotes around every cell is an error to all separators but its own.
        return Table(fault=f"line {reader.line_num}: {error}"), settled
    # A single cell says only that this is not the separator.
    return Table(fault=_NO_ITEM if len(header) > 1 else ""), False


def _columns(header: list[str]) -> list[str]:
    """Column names as received; a repeated one is numbered so that no value is lost: "dc.creator [2]"."""
    seen: dict[str, int] = {}
    columns = []
    for cell in (cell.strip() for cell in header):
        seen[cell.casefold()] = seen.get(cell.casefold(), 0) + 1
        times = seen[cell.casefold()]
        columns.append(cell if times == 1 else f"{cell} [{times}]")
    return columns


def _rows(reader: Iterator[list[str]], columns: list[str]) -> Iterator[Row]:
    place = next(index for index, column in enumerate(columns) if column.casefold() == "item")
    for number, cells in enumerate(reader, 2):
        if not any(cell.strip() for cell in cells):
            continue
        folder = cells[place].strip().rstrip("/") if place < len(cells) else ""
        extra = any(cell.strip() for cell in cells[len(columns) :])
        fault = f"row {number} has {len(cells)} cells, but there are {len(columns)} columns" if extra else ""
        padded = cells + [""] * (len(columns) - len(cells))
        yield Row(folder, dict(zip(columns, padded, strict=False)), fault)
