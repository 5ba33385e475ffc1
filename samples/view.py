"""The view that the photograph and the printing block show: a clock tower above a lake, drawn by rule and chance."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from samples.aging import Plane, clouds

SIZE = (2160, 1500)
SHORE = 1010


def draw_view(rng: np.random.Generator) -> Image.Image:
    """The view as a grey picture of SIZE; same seed, same picture."""
    width, height = SIZE
    view = _sky(rng)
    view = _hills(view, rng, base=700, rise=70, grey=172, rough=0.10)
    view = _hills(view, rng, base=812, rise=60, grey=140, rough=0.16)
    view = _hills(view, rng, base=905, rise=26, grey=104, rough=0.5)
    land = Image.fromarray(np.clip(view, 0, 255).astype(np.uint8))
    _lawn(land, rng)
    _college(land, rng)
    for x, size, grey in ((560, 190, 84), (690, 140, 92), (1480, 170, 80), (1660, 215, 72), (1790, 150, 84)):
        _tree(land, (x, 966), size, grey, rng)
    for x in range(30, width, 38):
        if abs(x - 1158) > 90:
            _lobe(land, (x, 988 + float(rng.normal(0, 6))), float(rng.uniform(16, 40)), 82, rng)
    _mirror(land, rng)
    _boat(land, 520, 1190)
    _reeds(land, rng)
    _bough(land, rng)
    shaded = np.asarray(land, dtype=np.float32) + 3 * clouds((width, height), 700, rng)
    return Image.fromarray(np.clip(shaded, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(1.4))


def _sky(rng: np.random.Generator) -> Plane:
    width, height = SIZE
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    sky = 178 + 52 * down + np.zeros((1, width), dtype=np.float32)
    billow = sum((clouds(SIZE, cells, rng) / weight for cells, weight in ((4, 1), (9, 2), (21, 4), (48, 9))), 0 * sky)
    return np.asarray(sky + 30 * np.clip(billow - 0.1, 0, 1.4) - 7 * np.clip(-billow, 0, 1.5), dtype=np.float32)


def _hills(view: Plane, rng: np.random.Generator, *, base: int, rise: int, grey: int, rough: float) -> Plane:
    width, height = SIZE
    ridge = base - rise * (clouds((width, 1), 5, rng) + rough * clouds((width, 1), 70, rng))[0]
    below = np.arange(height, dtype=np.float32)[:, None] - ridge[None, :]
    cover = np.clip(below / 3, 0, 1)
    shade = grey + 0.05 * np.clip(below, 0, 400) + 5 * clouds(SIZE, 90, rng)
    return np.asarray(view * (1 - cover) + shade * cover, dtype=np.float32)


def _lawn(land: Image.Image, rng: np.random.Generator) -> None:
    """The college hill in front of the far shore."""
    width, _ = SIZE
    pen = ImageDraw.Draw(land)
    for x in range(width):
        bend = 70 * np.exp(-(((x - 1150) / 560) ** 2))
        top = 958 - bend + 3 * np.sin(x / 37)
        pen.line((x, top, x, SHORE), fill=int(124 + 9 * np.sin(x / 190) + rng.integers(-5, 6)))


def _college(land: Image.Image, rng: np.random.Generator) -> None:
    """Old Main with its gables, and Alder Tower with the new dial."""
    pen = ImageDraw.Draw(land)
    _house(pen, (900, 770, 1110, 930), roof=66, wall=150, windows=(5, 2))
    _house(pen, (1205, 776, 1440, 930), roof=60, wall=144, windows=(6, 2))
    left, right, top, foot = 1098, 1218, 420, 934
    pen.rectangle((left, top, right, foot), fill=160)
    pen.rectangle((right - 34, top, right, foot), fill=112)
    for y in range(top + 10, foot, 11):
        pen.line((left, y, right, y), fill=int(140 + rng.integers(-9, 9)))
    for y in (top, top + 176, top + 330):
        pen.rectangle((left - 8, y, right + 8, y + 11), fill=186)
        pen.rectangle((left - 8, y + 11, right + 8, y + 15), fill=88)
    _dial(pen, 1150, top + 96, 44)
    for x in (1122, 1158):
        pen.rounded_rectangle((x, top + 206, x + 24, top + 292), 12, fill=46)
        for y in range(top + 222, top + 290, 12):
            pen.line((x, y, x + 24, y), fill=98)
    pen.rectangle((1140, top + 372, 1162, top + 428), fill=58)
    pen.rounded_rectangle((1126, foot - 74, 1174, foot), 22, fill=40)
    pen.polygon([(left - 16, top), (right + 16, top), (1158, top - 190)], fill=74)
    pen.polygon([(right - 26, top), (right + 16, top), (1158, top - 190)], fill=50)
    pen.line((1158, top - 250, 1158, top - 186), fill=58, width=4)
    pen.polygon([(1158, top - 246), (1206, top - 236), (1158, top - 222)], fill=120)


def _dial(pen: ImageDraw.ImageDraw, x: int, y: int, radius: int) -> None:
    pen.ellipse((x - radius - 5, y - radius - 5, x + radius + 5, y + radius + 5), fill=62)
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=232)
    for hour in range(12):
        turn = hour * np.pi / 6
        inner, outer = radius * 0.76, radius * 0.92
        ends = [(x + r * np.sin(turn), y - r * np.cos(turn)) for r in (inner, outer)]
        pen.line(ends, fill=40, width=4)
    pen.line((x, y, x, y - radius * 0.74), fill=30, width=4)
    pen.line((x, y, x - radius * 0.22, y - radius * 0.48), fill=30, width=6)


def _house(
    pen: ImageDraw.ImageDraw, box: tuple[int, int, int, int], *, roof: int, wall: int, windows: tuple[int, int]
) -> None:
    left, top, right, foot = box
    pen.rectangle(box, fill=wall)
    pen.polygon([(left - 12, top), (right + 12, top), (right - 26, top - 66), (left + 26, top - 66)], fill=roof)
    across, up = windows
    for column in range(across):
        for row in range(up):
            x = left + (right - left) * (column + 0.5) / across - 8
            y = top + 24 + row * (foot - top) * 0.46
            pen.rectangle((x - 3, y - 4, x + 19, y + 38), fill=190)
            pen.rectangle((x, y, x + 16, y + 34), fill=52)
            pen.line((x, y + 17, x + 16, y + 17), fill=170, width=2)
    for x in (left + 40, right - 52):
        pen.rectangle((x, top - 96, x + 18, top - 54), fill=roof + 40)


def _tree(land: Image.Image, foot: tuple[int, int], size: int, grey: int, rng: np.random.Generator) -> None:
    """A crown of lobes on a trunk."""
    x, y = foot
    pen = ImageDraw.Draw(land)
    trunk = [
        (x - size * 0.045, y),
        (x + size * 0.05, y),
        (x + size * 0.02, y - size * 0.8),
        (x - size * 0.02, y - size * 0.8),
    ]
    pen.polygon(trunk, fill=grey - 26)
    for _ in range(16):
        turn, out = float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(0, 1)) ** 0.6
        at = (x + size * 0.36 * out * np.cos(turn), y - size * 0.94 + size * 0.44 * out * np.sin(turn))
        _lobe(land, at, size * float(rng.uniform(0.13, 0.22)), grey + int(-14 * out * np.sin(turn)), rng)


def _lobe(land: Image.Image, at: tuple[float, float], reach: float, grey: int, rng: np.random.Generator) -> None:
    """One mass of leaves: small touches, lighter toward the upper left, laid on from below."""
    pen = ImageDraw.Draw(land)
    places = rng.normal(0, 0.46, (int(260 + reach * 5), 2))
    for across, down in places[np.argsort(-places[:, 1])]:
        radius = float(rng.uniform(0.03, 0.07)) * reach + 1.2
        light = grey - 26 * down - 12 * across + float(rng.normal(0, 8))
        x, y = at[0] + across * reach * 1.15, at[1] + down * reach * 0.9
        pen.ellipse((x - radius, y - radius * 0.7, x + radius, y + radius * 0.7), fill=int(np.clip(light, 20, 170)))


def _bough(land: Image.Image, rng: np.random.Generator) -> None:
    """The branches that hang into the picture from a tree beside the camera."""
    pen = ImageDraw.Draw(land)
    for start, end, sag in (((0, 60), (610, 150), 70), ((0, 190), (430, 330), 60), ((0, 20), (850, 20), 30)):
        steps = np.linspace(0, 1, 26)
        path = [
            (start[0] + (end[0] - start[0]) * s, start[1] + (end[1] - start[1]) * s - sag * np.sin(s * 3))
            for s in steps
        ]
        pen.line(path, fill=30, width=7, joint="curve")
        for share, (x, y) in zip(steps, path, strict=True):
            for _ in range(2):
                at = (x + float(rng.normal(0, 22)), y + float(rng.normal(14, 26)))
                _leaves(pen, at, 52 * (1.25 - share), rng)


def _leaves(pen: ImageDraw.ImageDraw, at: tuple[float, float], reach: float, rng: np.random.Generator) -> None:
    for across, down in rng.normal(0, 0.62, (46, 2)):
        long, thin = float(rng.uniform(5, 12)), float(rng.uniform(2.5, 5))
        x, y = at[0] + across * reach, at[1] + down * reach
        pen.ellipse((x - long, y - thin, x + long, y + thin), fill=int(np.clip(rng.normal(38, 12), 14, 80)))


def _mirror(land: Image.Image, rng: np.random.Generator) -> None:
    """The lake: what stands above the shore, upside down, broken by flat ripples that grow toward the near bank."""
    width, height = SIZE
    pixels = np.asarray(land, dtype=np.float32)
    depth = height - SHORE
    down = np.arange(depth, dtype=np.float32)[:, None]
    near = down / depth
    ripple = _ripples(width, depth, 26, 70, rng) + 0.7 * _ripples(width, depth, 60, 150, rng)
    source_y = np.clip(SHORE - 2 - down * 1.6 - ripple * (1 + 26 * near), 0, SHORE - 1).astype(int)
    source_x = np.clip(np.arange(width)[None, :] + ripple * (1 + 7 * near), 0, width - 1).astype(int)
    lake = pixels[source_y, source_x] * 0.72 + 34
    breeze = np.clip(_ripples(width, depth, 5, 26, rng) - 0.7, 0, 1) * 26
    glitter = np.clip(ripple - 1.15, 0, 1) * 34 * (0.3 + near)
    result = pixels.copy()
    result[SHORE:] = lake + breeze + glitter - 14 * near
    result[SHORE - 2 : SHORE + 5] *= np.array([0.8, 0.62, 0.5, 0.55, 0.7, 0.85, 0.95], dtype=np.float32)[:, None]
    land.paste(Image.fromarray(np.clip(result, 0, 255).astype(np.uint8)))


def _ripples(width: int, depth: int, across: int, down: int, rng: np.random.Generator) -> Plane:
    """Noise with `across` and `down` grains: flat where there are fewer across than the shape would ask."""
    seed = Image.fromarray(rng.standard_normal((down, across)).astype(np.float32))
    return np.asarray(seed.resize((width, depth), Image.Resampling.BICUBIC), dtype=np.float32)


def _boat(land: Image.Image, x: int, y: int) -> None:
    """Two people in a rowing boat."""
    pen = ImageDraw.Draw(land)
    pen.ellipse((x - 130, y + 20, x + 150, y + 44), fill=72)
    pen.polygon([(x - 132, y - 8), (x + 142, y - 12), (x + 104, y + 28), (x - 98, y + 28)], fill=40)
    pen.line((x - 132, y - 8, x + 142, y - 12), fill=196, width=5)
    for at, coat in ((x - 40, 214), (x + 46, 58)):
        pen.polygon([(at - 18, y - 8), (at + 20, y - 8), (at + 12, y - 62), (at - 10, y - 62)], fill=coat)
        pen.ellipse((at - 11, y - 88, at + 13, y - 62), fill=176)
        pen.ellipse((at - 20, y - 92, at + 22, y - 80), fill=206)
    pen.line((x + 40, y - 34, x - 176, y + 30), fill=52, width=5)
    pen.line((x + 50, y - 34, x + 236, y + 32), fill=52, width=5)


def _reeds(land: Image.Image, rng: np.random.Generator) -> None:
    """Reeds on the near bank, thickest at the corners."""
    width, height = SIZE
    pen = ImageDraw.Draw(land)
    for _ in range(1500):
        across = float(rng.beta(0.45, 0.6)) * width
        tall = float(rng.gamma(6, 16)) * (0.5 + abs(across / width - 0.5) * 1.6)
        lean = float(rng.normal(0, 0.16)) * tall
        grey = int(rng.integers(22, 96))
        pen.line(
            (across, height, across + lean * 0.4, height - tall * 0.6, across + lean, height - tall), grey, width=3
        )
