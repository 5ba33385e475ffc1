import string
from typing import Any

import pytest

from core.problem_codes import CODES
from core.problems import Problem, Severity, problem


def _needs(code: str) -> dict[str, Any]:
    names = {name for _, name, _, _ in string.Formatter().parse(CODES[code][1]) if name}
    return dict.fromkeys(names - {"page"}, "something")


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_problem_is_one_sentence_that_says_what_to_do(code: str) -> None:
    found = problem(code, **_needs(code))
    assert found.sentence.endswith(".")
    assert found.sentence[0].isupper() or found.sentence[0] in '"M' or found.sentence.startswith("metadata.csv")
    assert ":" in found.sentence or ";" in found.sentence
    assert Problem.from_json(found.as_json()) == found


def test_a_problem_knows_whether_it_refuses() -> None:
    assert problem("file-empty", file="a.tif") == Problem(
        "file-empty",
        Severity.ERROR,
        'The file "a.tif" is empty (0 bytes): copy it again from the scanner.',
        None,
        {"file": "a.tif"},
    )
    assert problem("file-empty", file="a.tif").refuses
    assert not problem("file-stranger", file="a.doc").refuses
