"""What a hundred years and a scanner do to a sheet: uneven ink, brown paper, a fold, a crooked lie, a little grain."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

Plane = npt.NDArray[np.float32]
Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """How a sheet has aged. Shares are of full scale, `skew` is in degrees, `creases` are shares of the height."""

    paper: Colour = (234, 222, 194)
    ink: Colour = (44, 38, 34)
    press: float = 0.13
    spread: float = 0.4
    stains: int = 26
    creases: tuple[float, ...] = ()
    skew: float = 0.0
    bed: int = 34
    grain: float = 1.0


def scan(ink: Image.Image, age: Age, rng: np.random.Generator, *, verso: Image.Image | None = None) -> Image.Image:
    """The scanned sheet as an RGB image of the size of `ink` and a dark margin `age.bed` wide; same seed, same picture.

    `verso` is the ink of the other side, which shines through a little.
    """
    printed = _press(ink, age, rng)
    tone = _paper_tone(ink.size, age, rng)
    if verso is not None:
        tone *= 1 - 0.045 * _plane(verso.transpose(Image.Transpose.FLIP_LEFT_RIGHT).filter(ImageFilter.GaussianBlur(5)))
    planes = [_lay(tone, printed, paper, tint, age.ink[n]) for n, (paper, tint) in enumerate(_tints(age))]
    sheet = Image.merge("RGB", [_image(plane) for plane in planes])
    return _grain(_on_the_bed(sheet, age), age, rng)


def clouds(size: tuple[int, int], cells: int, rng: np.random.Generator) -> Plane:
    """Soft noise of mean 0 and about +-1: random points, `cells` of them across, joined by a smooth surface."""
    width, height = size
    rows = max(2, round(cells * height / width))
    seed = Image.fromarray(rng.standard_normal((rows, cells)).astype(np.float32))
    return np.asarray(seed.resize(size, Image.Resampling.BICUBIC), dtype=np.float32)


def _press(ink: Image.Image, age: Age, rng: np.random.Generator) -> Plane:
    """Ink that bit more here and less there: the edge of each letter moves with the pressure and the paper's fibre."""
    spread = Image.blend(ink, ink.filter(ImageFilter.MaxFilter(3)), age.spread)
    soft = _plane(spread.filter(ImageFilter.GaussianBlur(0.8)))
    fibre = _plane_noise(ink.size, rng, blur=1.1) * age.press
    pressure = clouds(ink.size, 9, rng) * age.press * 0.35
    edge = np.clip((soft + fibre * soft * 1.2 + pressure * soft - 0.27) / 0.36, 0, 1)
    depth = 0.92 + 0.05 * clouds(ink.size, 40, rng) + 0.06 * _plane_noise(ink.size, rng, blur=0.9)
    return np.asarray(edge * np.clip(depth, 0.55, 1), dtype=np.float32)


def _paper_tone(size: tuple[int, int], age: Age, rng: np.random.Generator) -> Plane:
    """Reflectance of the empty sheet: cloudy, fibrous, darker at its edges, spotted, worn along its folds."""
    width, height = size
    tone = 1 + 0.012 * clouds(size, 5, rng) + 0.008 * clouds(size, 60, rng) + 0.009 * _plane_noise(size, rng, blur=1.8)
    across, down = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)
    for line in (np.minimum(across, width - across)[None, :], np.minimum(down, height - down)[:, None]):
        tone -= 0.11 * np.exp(-line / (110 + 30 * float(rng.random())))
    for place in age.creases:
        tone += _crease(height, place)[:, None] * (1 + 0.4 * clouds((width, 1), 30, rng))
    return np.asarray(tone - _spots(size, age.stains, rng), dtype=np.float32)


def _crease(height: int, place: float) -> Plane:
    away = np.arange(height, dtype=np.float32) - height * place
    light = 0.05 * np.exp(-((away + 5) ** 2) / 18)
    return np.asarray(light - 0.11 * np.exp(-(away**2) / 10) - 0.035 * np.exp(-np.abs(away) / 60), dtype=np.float32)


def _spots(size: tuple[int, int], count: int, rng: np.random.Generator) -> Plane:
    """Foxing: small brown spots with soft edges, more of them toward the margins."""
    width, height = size
    spots = np.zeros((height, width), dtype=np.float32)
    for _ in range(count):
        radius = float(rng.gamma(2.0, 5.0)) + 3
        x, y = (float(rng.beta(0.7, 0.7)) * side for side in size)
        reach = int(radius * 3)
        left, top = max(0, int(x) - reach), max(0, int(y) - reach)
        ys, xs = np.mgrid[top : min(height, top + 2 * reach), left : min(width, left + 2 * reach)]
        blot = 0.10 * np.exp(-((xs - x) ** 2 + (ys - y) ** 2) / (radius * radius))
        spots[ys, xs] += blot.astype(np.float32)
    return spots


def _tints(age: Age) -> list[tuple[float, float]]:
    """Paper level per channel, and how strongly it answers to the tone: blue most, so that dark is brown, not grey."""
    return list(zip(age.paper, (0.85, 1.1, 1.6), strict=True))


def _lay(tone: Plane, printed: Plane, paper: float, tint: float, ink: float) -> Plane:
    ground = paper * (1 + (tone - 1) * tint)
    return np.asarray(ground * (1 - printed) + ink * printed, dtype=np.float32)


def _on_the_bed(sheet: Image.Image, age: Age) -> Image.Image:
    """The sheet laid a little crooked on the dark bed, lit more from one side."""
    width, height = sheet.size[0] + 2 * age.bed, sheet.size[1] + 2 * age.bed
    bed = Image.new("RGB", (width, height), (46, 44, 42))
    mask = Image.new("L", sheet.size, 255)
    place = (age.bed, age.bed)
    turned = {"resample": Image.Resampling.BICUBIC, "expand": False}
    page = Image.new("RGB", bed.size, (46, 44, 42))
    page.paste(sheet, place)
    edge = Image.new("L", bed.size, 0)
    edge.paste(mask, place)
    bed.paste(page.rotate(age.skew, **turned), (0, 0), edge.rotate(age.skew, **turned))  # type: ignore[arg-type]
    across, down = np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-0.4, 1, height, dtype=np.float32)
    light = (1 + 0.022 * across)[None, :] * (1 - 0.03 * down**2)[:, None]
    lit = np.asarray(bed, dtype=np.float32) * light[:, :, None]
    return Image.fromarray(np.clip(lit, 0, 255).astype(np.uint8))


def _grain(image: Image.Image, age: Age, rng: np.random.Generator) -> Image.Image:
    noise = _plane_noise(image.size, rng, blur=0.6) * age.grain
    noisy = np.asarray(image, dtype=np.float32) + noise[:, :, None]
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))


def _plane_noise(size: tuple[int, int], rng: np.random.Generator, *, blur: float) -> Plane:
    """Fine noise of standard deviation 1, as coarse as `blur` pixels."""
    raw = Image.fromarray(rng.normal(128, 40, (size[1], size[0])).clip(0, 255).astype(np.uint8))
    soft = np.asarray(raw.filter(ImageFilter.GaussianBlur(blur)), dtype=np.float32) - 128
    return np.asarray(soft / max(float(soft.std()), 1e-6), dtype=np.float32)


def _plane(image: Image.Image) -> Plane:
    return np.asarray(np.asarray(image, dtype=np.float32) / 255, dtype=np.float32)


def _image(plane: Plane) -> Image.Image:
    return Image.fromarray(np.clip(plane, 0, 255).astype(np.uint8))
