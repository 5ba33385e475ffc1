"""From the colours of a scanner to those of a screen: 8-bit sRGB, or grey for what is grey."""

from functools import lru_cache
from typing import Any, Final

import pyvips

from core.images import ImageFacts
from images.profiles import read_profile

PROFILE: Final = "icc-profile-data"
# The depth is said because 16 bits would stay 16.
INTENT: Final = {"intent": "relative", "black_point_compensation": True, "depth": 8}


def for_screen(image: Any, facts: ImageFacts) -> Any:
    """The picture in 8-bit sRGB or grey, from its own profile, transparency laid on white.

    Without a usable profile CMYK is taken as libvips's own press profile and everything else as sRGB. Conversion is
    relative colorimetric with black point compensation. Nothing is decoded yet.
    """
    image = on_white(image)
    converted = _by_its_profile(image) if facts.bits > 1 else None
    if converted is not None:
        image = converted
    elif image.interpretation == "cmyk":
        image = image.icc_transform("srgb", input_profile="cmyk", **INTENT)
    else:
        image = image.colourspace("b-w" if image.bands == 1 else "srgb")
    image = image.extract_band(1) if not facts.colour and image.bands >= 3 else image
    return image.cast("uchar").copy(interpretation="srgb" if image.bands == 3 else "b-w")


def on_white(image: Any) -> Any:
    """The picture without its transparency."""
    if image.interpretation == "cmyk":
        return image.extract_band(0, n=4) if image.bands > 4 else image
    if image.bands > 4:  # more than one extra channel: none of them is known to be transparency
        return image.extract_band(0, n=3)
    if not image.hasalpha():
        return image
    white = 65535 if image.format == "ushort" else 255
    return image.flatten(background=[white] * (image.bands - 1), max_alpha=white)


def for_reading(image: Any) -> Any:
    """The picture for text recognition: its own pixels in 8 bits, one or three bands, no profile applied but CMYK's."""
    image = on_white(image)
    if image.interpretation in ("cmyk", "lab", "labs", "labq", "xyz"):
        return (
            image.icc_transform("srgb", input_profile="cmyk", depth=8)
            if image.bands == 4
            else image.colourspace("srgb")
        )
    if image.format == "ushort":
        image = (image >> 8).cast("uchar")
    return image.cast("uchar").copy(interpretation="srgb" if image.bands == 3 else "b-w")


def _by_its_profile(image: Any) -> Any | None:
    """The picture as its profile wants it; None without one that can be used, or when it would change nothing."""
    if not _has_usable_profile(image) or (image.bands == 3 and _is_srgb(image.get(PROFILE))):
        return None
    try:
        return image.icc_transform("srgb", embedded=True, **INTENT)
    except pyvips.Error:
        return None


def _has_usable_profile(image: Any) -> bool:
    """True when the embedded profile is for as many channels as there are; a profile of others would give nonsense."""
    if PROFILE not in image.get_fields():
        return False
    profile = read_profile(image.get(PROFILE))
    return profile is not None and profile.space == {1: "GRAY", 3: "RGB", 4: "CMYK"}.get(image.bands)


@lru_cache(maxsize=16)
def _is_srgb(profile: bytes) -> bool:
    """True when the profile, whatever it is called, moves none of 4,096 colours by more than one step of 255.

    Most profiles of scanners' programs are sRGB itself, and to convert from it to itself costs as much as decoding.
    """
    chart = (pyvips.Image.xyz(16, 16, csize=16) * 17).cast("uchar").copy(interpretation="srgb")
    chart.set_type(pyvips.GValue.blob_type, PROFILE, profile)
    try:
        shown = chart.icc_transform("srgb", embedded=True, **INTENT)
        return bool((shown - chart).abs().max() <= 1)
    except pyvips.Error:
        return False
