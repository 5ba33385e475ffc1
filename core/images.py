"""What the header of an image file tells, before any pixel is decoded."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """One page image inside a file.

    `width` and `height` are pixels of the *upright* image (after `orientation`, EXIF 1-8, is applied); `dpi` is dots
    per inch or None where the file says nothing; `mode` is "1", "L", "RGB", "CMYK", "RGBA", "LA", "P" ... as Pillow
    names them; `bits` counts per sample; `profile` is the description of the embedded ICC profile, or None.
    """

    index: int
    width: int
    height: int
    mode: str
    bits: int
    dpi: float | None = None
    orientation: int = 1
    compression: str = ""
    profile: str | None = None

    @property
    def megapixels(self) -> float:
        """Millions of pixels."""
        return self.width * self.height / 1e6

    @property
    def colour(self) -> bool:
        """True when the page is not black and white or grey."""
        return self.mode not in ("1", "L", "LA", "I", "I;16", "F")


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something strange about a file, as `images` found it; `ingest` judges what it means.

    `kind` is a problem code of `core.problem_codes`; `page` is the index of the image in the file from 0, or None.
    """

    kind: str
    detail: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What a file is: its media type ("" when unknown), its page images in order, and what is odd about it."""

    media_type: str
    pages: tuple[ImageFacts, ...]
    oddities: tuple[Oddity, ...] = ()
