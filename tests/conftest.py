"""Fixtures for every room."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"

# Nothing timed is a test: a machine with other work fails none.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


ABSENT = "The real scans and conformance suites are not on this machine."


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one scan each, of which there are none here, say why."""
    for item in items:
        if item.get_closest_marker("scans") and not SHARED_DATA.is_dir():
            item.add_marker(pytest.mark.skip(reason=ABSENT), append=False)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real scans and conformance suites, which lie beside the project where it is developed."""
    if not SHARED_DATA.is_dir():
        pytest.skip(ABSENT)
    return SHARED_DATA
