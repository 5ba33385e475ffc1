"""Pictures that are known pixel by pixel, and ways to look at what was made of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import pyvips

Picture = Callable[..., Any]


def gradient(width: int, height: int, bands: int = 3) -> Any:
    """A picture in which every pixel differs from its neighbours, smooth enough for JPEG."""
    xy = pyvips.Image.xyz(width, height)
    across, down = xy[0] * (255 / max(width - 1, 1)), xy[1] * (255 / max(height - 1, 1))
    planes = [across, down, (across + down) / 2, 255 - across][:bands]
    image = planes[0].bandjoin(planes[1:]) if bands > 1 else planes[0]
    return image.cast("uchar").copy(interpretation="srgb" if bands > 2 else "b-w")


@pytest.fixture
def made(tmp_path: Path) -> Callable[[Any], Path]:
    """The access copy of a picture."""
    from images.render import render_page

    def make(image: Any) -> Path:
        master = tmp_path / "master.tif"
        image.tiffsave(str(master))
        folder = tmp_path / "made"
        folder.mkdir(exist_ok=True)
        assert render_page(master, 0, folder, prepare=False).width == image.width
        return folder / "access.tif"

    return make
