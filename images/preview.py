"""A picture of a page that nobody vouches for: drawn anew from its pixels, never the bytes themselves."""

from pathlib import Path
from typing import Final

import pyvips

from images.render import ACCESS, QUALITY, render_page

PREVIEW: Final = "preview.jpg"
LONG_SIDE: Final = 1000


def draw_preview(path: Path, index: int, folder: Path) -> bool:
    """True when `preview.jpg` was written into the folder, at most 1,000 pixels a side; False when it shows nothing.

    Raises:
        MemoryError: the page takes more memory than this process may use.
        MunimentError: the file could not be written.
    """
    if not render_page(path, index, folder, prepare=False).width:
        return False
    image = pyvips.Image.thumbnail(str(folder / ACCESS), LONG_SIDE, height=LONG_SIDE, size="down", no_rotate=True)
    image.jpegsave(str(folder / PREVIEW), Q=QUALITY, optimize_coding=True, keep="none")
    return True
