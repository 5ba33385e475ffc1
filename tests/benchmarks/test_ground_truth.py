from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.ground_truth import (
    Expectation,
    character_error_rate,
    edit_distance,
    expectations,
    ground_truth_of,
    normalised,
    transcription,
)

short = st.text("abſc", max_size=9)


def plain_distance(left: str, right: str) -> int:
    """The definition, slowly."""
    column = list(range(len(right) + 1))
    for row, mine in enumerate(left, 1):
        before, column[0] = column[0], row
        for place, other in enumerate(right, 1):
            step = min(column[place] + 1, column[place - 1] + 1, before + (mine != other))
            before, column[place] = column[place], step
    return column[-1]


@given(left=short, right=short)
def test_the_distance_is_that_of_the_definition(left: str, right: str) -> None:
    assert edit_distance(left, right) == plain_distance(left, right)


def test_the_rate_counts_neither_white_space_nor_composition() -> None:
    assert character_error_rate("für  \n alle", "fu\u0308r alle") == 0
    assert character_error_rate("abcd", "abxd") == 0.25
    assert character_error_rate("abcd", "") == 1


def test_a_rate_without_a_reference_is_refused() -> None:
    with pytest.raises(ValueError, match="reference"):
        character_error_rate(" \n", "text")


def test_the_table_of_a_readme_is_read() -> None:
    readme = (
        "| page | language | characters | CER | WER |\n| --- | --- | --- | --- | --- |\n"
        "| books/a/0001 | eng+grc | 1023 | 0.017 | 0.098 |\n"
    )
    assert expectations(readme) == (Expectation("books/a/0001", "eng+grc", 1023, 0.017),)


@pytest.mark.scans
def test_every_transcription_of_the_table_has_its_number_of_characters(shared_data: Path) -> None:
    rows = expectations((shared_data / "README.md").read_text("utf-8"))
    assert len(rows) == 37
    counted = {row.page: len(normalised(transcription(ground_truth_of(shared_data, row.page)))) for row in rows}
    assert counted == {row.page: row.characters for row in rows}
