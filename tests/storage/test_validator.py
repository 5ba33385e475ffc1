"""The conformance suite of the OCFL editors, and our own objects with something done to them."""

import re
from pathlib import Path

import pytest

from storage.folder import FolderStore
from storage.validator import validate_object

SUITE = Path(__file__).resolve().parents[2].parent / "shared/data/conformance/ocfl/1.1"
GOOD = sorted(path.name for path in (SUITE / "good-objects").iterdir()) if SUITE.is_dir() else []
BAD = sorted(path.name for path in (SUITE / "bad-objects").iterdir()) if SUITE.is_dir() else []


@pytest.mark.scans
@pytest.mark.parametrize(
    "name", GOOD or [pytest.param("", marks=pytest.mark.skip("The suite is not on this machine."))]
)
def test_a_good_object_of_the_suite_is_accepted(name: str) -> None:
    assert validate_object(FolderStore(SUITE, name="suite"), f"good-objects/{name}") == ()


@pytest.mark.scans
@pytest.mark.parametrize("name", BAD or [pytest.param("", marks=pytest.mark.skip("The suite is not on this machine."))])
def test_a_bad_object_of_the_suite_is_refused_for_the_right_reason(name: str) -> None:
    expected = set(re.findall(r"E\d{3}", name))
    assert expected & set(validate_object(FolderStore(SUITE, name="suite"), f"bad-objects/{name}"))
