import codecs
from pathlib import Path

import pytest

from ingest.table import Row, Table, parse_table, read_table


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_tables_as_spreadsheets_write_them(tmp_path: Path, separator: str, encoding: str) -> None:
    text = f"item{separator}dc.title\r\na{separator}Ä\r\n"
    (tmp_path / "metadata.csv").write_bytes(text.encode(encoding))
    assert read_table(tmp_path / "metadata.csv") == Table((Row("a", {"item": "a", "dc.title": "Ä"}),))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_cell_may_be_quoted(separator: str) -> None:
    text = f'"item"{separator}"dc.title"\r\n"a"{separator}"One, two; three"\r\n'
    assert parse_table(text) == Table((Row("a", {"item": "a", "dc.title": "One, two; three"}),))


def test_separators_and_line_ends_within_quotes_are_text() -> None:
    rows = parse_table('item,dc.title\na,"One, two\nthree ""four"""\n').rows
    assert rows == (Row("a", {"item": "a", "dc.title": 'One, two\nthree "four"'}),)


def test_a_repeated_column_loses_no_value() -> None:
    rows = parse_table("item,dc.creator,dc.creator\na,X,Y\n").rows
    assert rows[0].record == {"item": "a", "dc.creator": "X", "dc.creator [2]": "Y"}


def test_short_rows_are_filled_and_empty_ones_skipped() -> None:
    assert parse_table("item,dc.title\n\na\n,\n").rows == (Row("a", {"item": "a", "dc.title": ""}),)


def test_a_row_with_too_many_cells_has_a_fault() -> None:
    rows = parse_table("item,dc.title\na,One, two\nb,One,\n").rows
    assert [row.fault for row in rows] == ["row 2 has 3 cells, but there are 2 columns", ""]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"item,dc.title\na,caf\xe9\n", "its bytes are not UTF-8 text near byte 20"),
        (b"folder,dc.title\na,b\n", 'its first line has no column "item"'),
        (b"", 'its first line has no column "item"'),
        (b'"folder";"dc.title"\n"a";"b"\n', 'its first line has no column "item"'),
        (b'item,dc.title\na,"open\n', "line 2: unexpected end of data"),
        (b'"item";"dc.title"\n"a";"b"c\n', "line 2: ';' expected after '\"'"),
        (b'item,"dc"title\na,b\n', "line 1: ',' expected after '\"'"),
        (b'"item;dc.title\n', "line 1: unexpected end of data"),
        (b"item,dc.title\na,b\0\n", "it holds zero bytes, as no text does"),
        (codecs.BOM_UTF16_LE + b"i", "its bytes are not UTF-8 text near byte 3"),
    ],
)
def test_what_is_no_table_says_why(tmp_path: Path, data: bytes, fault: str) -> None:
    (tmp_path / "metadata.csv").write_bytes(data)
    assert read_table(tmp_path / "metadata.csv") == Table(fault=fault)
