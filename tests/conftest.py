"""Fixtures for every room."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"

# Nothing timed is a test: a machine with other work fails none.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real scans and conformance suites, which lie beside the project where it is developed."""
    if not SHARED_DATA.is_dir():
        pytest.skip("The real scans and conformance suites are not on this machine.")
    return SHARED_DATA
