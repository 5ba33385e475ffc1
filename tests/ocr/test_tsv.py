import pytest

from core.text import Block, Box, Line, PageText, Word
from ocr.tsv import read_tsv

HEAD = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"
PAGE = "1\t1\t0\t0\t0\t0\t0\t0\t300\t400\t-1\t\n"
BLOCK = (
    "2\t1\t1\t0\t0\t0\t10\t10\t200\t40\t-1\t\n3\t1\t1\t1\t0\t0\t10\t10\t200\t40\t-1\t\n"
    "4\t1\t1\t1\t1\t0\t10\t10\t200\t20\t-1\t\n"
)


def test_words_are_gathered_in_lines_and_paragraphs() -> None:
    rows = '5\t1\t1\t1\t1\t1\t10\t10\t90\t20\t96.123456\t"Say\n5\t1\t1\t1\t1\t2\t110\t10\t90\t20\t100.5\ta,b"\n'
    words = (Word('"Say', Box(10, 10, 90, 20), 0.9612), Word('a,b"', Box(110, 10, 90, 20), 1.0))
    block = Block(Box(10, 10, 200, 20), (Line(Box(10, 10, 200, 20), words),))
    assert read_tsv(HEAD + PAGE + BLOCK + rows, languages=("en",), engine=None) == PageText(300, 400, (block,), ("en",))


def test_pictures_and_rules_are_no_words() -> None:
    picture = "5\t1\t1\t1\t1\t1\t10\t10\t90\t20\t95.000000\t \n"
    assert read_tsv(HEAD + PAGE + BLOCK + picture, languages=(), engine=None) == PageText(300, 400, ())


def test_characters_that_end_lines_elsewhere_stay_in_their_word() -> None:
    rows = "5\t1\t1\t1\t1\t1\t10\t10\t90\t20\t50\ta\x0cb\u2028c\n"
    text = read_tsv(HEAD + PAGE + BLOCK + rows, languages=(), engine=None)
    assert [word.text for word in text.words()] == ["ab c"]


def test_further_pages_are_not_read() -> None:
    second = (PAGE + BLOCK).replace("\t1\t", "\t2\t", 1)
    assert read_tsv(HEAD + PAGE + second, languages=(), engine=None).blocks == ()


@pytest.mark.parametrize("table", ["", HEAD, "what\nis this", HEAD + PAGE + "5\t1\t1\t1\t1\t1\tx\t10\t90\t20\t50\ta\n"])
def test_other_tables_are_refused(table: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        read_tsv(table, languages=(), engine=None)
