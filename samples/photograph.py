"""A photograph of 1920 on its mount, and the same view as a printing block for the newspaper."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from samples.aging import Plane, clouds
from samples.fonts import TypeCase
from samples.view import SIZE

MOUNT = (2700, 2160)
CAPTION = "Alder Tower from the boathouse, May 1920"
STUDIO = "PRATT & SON, PHOTOGRAPHERS, ASHMERE"
SHADOWS, LIGHTS = np.array([46, 33, 25], dtype=np.float32), np.array([240, 224, 190], dtype=np.float32)
SCREEN = 5.4  # pixels from dot to dot: about 55 lines an inch, as newspapers used


def mount(view: Image.Image, case: TypeCase, rng: np.random.Generator) -> Image.Image:
    """The sepia print on a brown card with its caption, as an RGB image of the size MOUNT."""
    card = _card(rng)
    left, top = (MOUNT[0] - SIZE[0]) // 2, 190
    frame = ImageDraw.Draw(card)
    frame.rectangle((left - 34, top - 34, left + SIZE[0] + 33, top + SIZE[1] + 33), outline=(150, 132, 102), width=3)
    frame.rectangle((left - 30, top - 30, left + SIZE[0] + 29, top + SIZE[1] + 29), outline=(206, 190, 158), width=2)
    frame.rectangle((left - 5, top - 5, left + SIZE[0] + 6, top + SIZE[1] + 7), fill=(122, 106, 82))
    card.paste(_print(view, rng), (left, top))
    frame.text((MOUNT[0] / 2, top + SIZE[1] + 190), CAPTION, font=case.at("hand", 76), fill=(62, 48, 40), anchor="ms")
    frame.text((MOUNT[0] / 2, MOUNT[1] - 110), STUDIO, font=case.at("caslon", 42), fill=(96, 80, 60), anchor="ms")
    return card


def halftone(view: Image.Image, width: int, height: int) -> Image.Image:
    """The middle of the view as dots of ink (255) on a plate of `width` x `height`."""
    crop = view.crop((1158 - 400, 70, 1158 + 400, 70 + round(800 * height / width))).resize((width, height))
    tone = np.asarray(ImageOps.autocontrast(crop, 1), dtype=np.float32) / 255
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    turn = 2 * np.pi / SCREEN / np.sqrt(2)
    screen = 0.5 + 0.25 * (np.cos((xs + ys) * turn) + np.cos((xs - ys) * turn))
    dots = np.clip(((0.96 - 0.86 * tone) - screen) * 4 + 0.5, 0, 1)
    return Image.fromarray((dots * 255).astype(np.uint8))


def _print(view: Image.Image, rng: np.random.Generator) -> Image.Image:
    """The view through an old lens: soft, bright in the middle, grainy, toned, dusty, fading at its edges."""
    clear = ImageOps.autocontrast(view, cutoff=(2, 1))
    soft = Image.blend(clear, clear.filter(ImageFilter.GaussianBlur(7)), 0.34)
    tone = np.asarray(soft, dtype=np.float32) / np.float32(255)
    ys, xs = np.mgrid[-1 : 1 : SIZE[1] * 1j, -1 : 1 : SIZE[0] * 1j].astype(np.float32)
    away = xs**2 * 0.8 + ys**2
    tone = tone * (1.05 - 0.26 * away**1.4) + 0.05 * rng.standard_normal(tone.shape).astype(np.float32) * (1.1 - tone)
    toned = np.clip(0.02 + tone + 0.02 * clouds(SIZE, 6, rng), 0, 1).astype(np.float32)
    dusty = _dust(toned, rng)
    fade = 0.16 * np.clip(away - 1.0, 0, 1)[:, :, None]
    colour = SHADOWS + (LIGHTS - SHADOWS) * dusty[:, :, None]
    return Image.fromarray(np.clip(colour * (1 - fade) + LIGHTS * fade, 0, 255).astype(np.uint8))


def _dust(tone: Plane, rng: np.random.Generator) -> Plane:
    """White specks and hairs that lay on the plate when it was printed."""
    marks = Image.new("L", SIZE, 0)
    pen = ImageDraw.Draw(marks)
    for _ in range(90):
        x, y, r = float(rng.uniform(0, SIZE[0])), float(rng.uniform(0, SIZE[1])), float(rng.gamma(1.4, 0.9))
        pen.ellipse((x - r, y - r, x + r, y + r), fill=int(rng.integers(90, 200)))
    for _ in range(5):
        x, y, turn = float(rng.uniform(0, SIZE[0])), float(rng.uniform(0, SIZE[1])), float(rng.uniform(0, 6.3))
        bow = [(x + 60 * s * np.cos(turn + s), y + 60 * s * np.sin(turn + s)) for s in np.linspace(0, 1, 14)]
        pen.line(bow, fill=120, width=2)
    veil = np.asarray(marks.filter(ImageFilter.GaussianBlur(0.8)), dtype=np.float32) / 255
    return np.asarray(tone + (1 - tone) * veil, dtype=np.float32)


def _card(rng: np.random.Generator) -> Image.Image:
    grain = 5 * clouds(MOUNT, 8, rng) + 2.5 * clouds(MOUNT, 500, rng) + 2 * rng.standard_normal(MOUNT[::-1])
    ys, xs = np.mgrid[0 : MOUNT[1], 0 : MOUNT[0]]
    edge = np.minimum(np.minimum(xs, MOUNT[0] - xs), np.minimum(ys, MOUNT[1] - ys))
    shade = grain - 34 * np.exp(-edge / 60)
    base = np.array([190, 173, 140], dtype=np.float32)
    return Image.fromarray(np.clip(base + shade[:, :, None], 0, 255).astype(np.uint8))
