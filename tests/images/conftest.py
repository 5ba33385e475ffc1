"""Pictures that are known pixel by pixel."""

from typing import Any

import pytest
import pyvips


def gradient(width: int, height: int, bands: int = 3) -> Any:
    """A picture without two equal corners, smooth enough for JPEG."""
    place = pyvips.Image.xyz(width, height)
    across, down = place[0] * (255 / max(width - 1, 1)), place[1] * (255 / max(height - 1, 1))
    planes = [across, down, (across + down) / 2, 255 - across / 2][:bands]
    image = planes[0].bandjoin(planes[1:]) if bands > 1 else planes[0]
    return image.cast("uchar").copy(interpretation="srgb" if bands > 2 else "b-w")


@pytest.fixture
def picture() -> Any:
    """The maker of such pictures: width, height and bands."""
    return gradient
