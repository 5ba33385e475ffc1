"""The pages for people say what the code does."""

import re
from pathlib import Path

from core.problem_codes import CODES

DOCS = Path(__file__).resolve().parents[1] / "docs"


def entries() -> list[tuple[str, str, str]]:
    """Code, severity and explanation of every entry of docs/problems.md."""
    page = (DOCS / "problems.md").read_text(encoding="utf-8")
    return re.findall(r"^### `([a-z0-9-]+)` \((\w+)\)\n\n(.+?)(?=\n\n#|\Z)", page, re.MULTILINE | re.DOTALL)


def test_every_problem_code_is_explained_and_nothing_else() -> None:
    codes = [code for code, _, _ in entries()]
    assert sorted(codes) == sorted(CODES)


def test_severities_are_those_of_the_table() -> None:
    assert {code: severity for code, severity, _ in entries()} == {code: row[0] for code, row in CODES.items()}


def test_every_heading_of_the_third_level_is_an_entry() -> None:
    page = (DOCS / "problems.md").read_text(encoding="utf-8")
    assert len(re.findall("^### ", page, re.MULTILINE)) == len(entries())


def test_explanations_are_sentences() -> None:
    assert [code for code, _, words in entries() if words.count(".") < 2 or not words.rstrip().endswith(".")] == []
