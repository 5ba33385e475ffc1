"""An institution's own colour, made to be read on light and on dark paper whatever it is.

Contrast as WCAG 2.2 defines it (relative luminance, sRGB); 4.5 to 1 is what text needs.
"""

import re

LIGHT, DARK = (0xF2, 0xEE, 0xE6), (0x24, 0x21, 0x1E)  # the toned paper of both themes, the harder ground of each
ENOUGH, STEPS = 4.5, 40
Colour = tuple[int, int, int]


def theme_css(accent: str) -> str:
    """A style sheet that sets the accent for both themes; "" when the setting is no colour such as "#1d4f7c"."""
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", accent):
        return ""
    colour = (int(accent[1:3], 16), int(accent[3:5], 16), int(accent[5:7], 16))
    light, dark = written(readable(colour, LIGHT, towards=0)), written(readable(colour, DARK, towards=255))
    return (
        f":root {{ --accent: {light}; }}\n"
        f'@media (prefers-color-scheme: dark) {{ :root:not([data-theme="light"]) {{ --accent: {dark}; }} }}\n'
        f':root[data-theme="dark"] {{ --accent: {dark}; }}\n'
    )


def readable(colour: Colour, ground: Colour, *, towards: int) -> Colour:
    """The colour itself when it stands out enough, else the first mix with black (0) or white (255) that does."""
    for step in range(STEPS + 1):
        red, green, blue = (round(part + (towards - part) * step / STEPS) for part in colour)
        if contrast((red, green, blue), ground) >= ENOUGH:
            return red, green, blue
    return (towards, towards, towards)


def contrast(one: Colour, other: Colour) -> float:
    """How far two colours are apart: from 1 to 21."""
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def luminance(colour: Colour) -> float:
    """Relative luminance from 0 to 1."""
    red, green, blue = (part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def written(colour: Colour) -> str:
    """The colour as CSS writes it."""
    return "#" + "".join(f"{part:02x}" for part in colour)
