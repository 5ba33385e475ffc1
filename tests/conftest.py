"""Fixtures for every room."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share a costly fixture go to one process: those of a file, and all that share an installation."""
    for item in items:
        parts = item.path.relative_to(ROOT).parts
        item.add_marker(pytest.mark.xdist_group(parts[1] if parts[1] == "acceptance" else "/".join(parts[1:])))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real scans and conformance suites, which lie beside the project where it is developed."""
    if not SHARED_DATA.is_dir():
        pytest.skip("The real scans and conformance suites are not on this machine.")
    return SHARED_DATA
