"""The type case: which open font sets which kind of line (see README.md for where they come from)."""

from functools import cache
from pathlib import Path

from PIL import ImageFont

FACES = {
    "roman": "old-standard-tt/files/old-standard-tt-latin-400-normal.woff2",
    "italic": "old-standard-tt/files/old-standard-tt-latin-400-italic.woff2",
    "bold": "old-standard-tt/files/old-standard-tt-latin-700-normal.woff2",
    "gothic": "league-gothic/files/league-gothic-latin-400-normal.woff2",
    "fat": "abril-fatface/files/abril-fatface-latin-400-normal.woff2",
    "caslon": "libre-caslon-condensed/files/libre-caslon-condensed-latin-600-normal.woff2",
    "blackletter": "unifrakturcook/files/unifrakturcook-latin-700-normal.woff2",
    "typewriter": "special-elite/files/special-elite-latin-400-normal.woff2",
    "hand": "homemade-apple/files/homemade-apple-latin-400-normal.woff2",
}

Font = ImageFont.FreeTypeFont


class TypeCase:
    """Fonts by face and size, read from a folder that holds the packages of README.md."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._at = cache(self._open)

    def at(self, face: str, size: float) -> Font:
        """The face at `size` pixels an em; FileNotFoundError names the package that is missing."""
        return self._at(face, size)

    def _open(self, face: str, size: float) -> Font:
        path = self._folder / FACES[face]
        if not path.is_file():
            raise FileNotFoundError(f'The font "{path}" is not there: install the packages named in samples/README.md.')
        return ImageFont.truetype(str(path), size)
