"""A letter of two pages: printed letterhead, a typewriter with habits of its own, a signature."""

import textwrap

import numpy as np
from PIL import Image, ImageDraw

from samples.fonts import TypeCase
from samples.sheet import Sheet, centred

WIDTH, HEIGHT = 2550, 3300
MARGIN, PITCH, LEADING = 330, 30, 66
MEASURE = 63
SIGNED = "Cordelia Thorne"


def type_page(text: str, case: TypeCase, rng: np.random.Generator, *, letterhead: bool) -> Sheet:
    """The typed page; blank lines are kept, lines longer than the measure are wrapped, none is divided."""
    sheet = Sheet(WIDTH, HEIGHT)
    y = _letterhead(sheet, case) if letterhead else 330
    for line in wrapped(text):
        if line.strip() == SIGNED:
            _sign(sheet, case, y - LEADING * 2.1)
        _type(sheet, line, y, case, rng)
        y += LEADING
    sheet.lines += [line.strip() for line in wrapped(text) if line.strip()]
    return sheet


def wrapped(text: str) -> list[str]:
    """Typed lines: what begins with a space or fits stays as it is."""
    lines: list[str] = []
    for line in text.rstrip().splitlines():
        lines += textwrap.wrap(line, MEASURE, break_on_hyphens=False) if len(line) > MEASURE else [line]
    return lines


def _letterhead(sheet: Sheet, case: TypeCase) -> float:
    for text, face, size, top in (
        ("ASHMERE COLLEGE", "caslon", 104, 170),
        ("THE LIBRARY", "bold", 44, 300),
        ("Cordelia Thorne, Librarian", "italic", 44, 366),
    ):
        sheet.put(centred(text, case.at(face, size), WIDTH, 70), 0, top)
    sheet.rule(MARGIN, 470, WIDTH - MARGIN, 472).rule(MARGIN, 479, WIDTH - MARGIN, 480)
    return 640


def _type(sheet: Sheet, line: str, y: float, case: TypeCase, rng: np.random.Generator) -> None:
    """Strike a line: each letter a hair off its place, some pressed harder; the "e" sits low, the "t" leans right."""
    font, pen = case.at("typewriter", 52), ImageDraw.Draw(sheet.ink)
    habits = {"e": (0.0, 2.2), "t": (1.8, 0.0), "a": (0.0, -1.2), "r": (-1.4, 0.0)}
    roll = float(rng.normal(0, 1.2))
    for number, letter in enumerate(line.rstrip()):
        if letter == " ":
            continue
        across, down = habits.get(letter, (0.0, 0.0))
        x = MARGIN + number * PITCH + PITCH / 2 + across + float(rng.normal(0, 0.5))
        force = int(np.clip(rng.normal(232, 18), 180, 255))
        pen.text((x, y + down + roll + float(rng.normal(0, 0.7))), letter, font=font, fill=force, anchor="ms")


def _sign(sheet: Sheet, case: TypeCase, y: float) -> None:
    """The name in ink, written a little uphill."""
    slip = Image.new("L", (1100, 360), 0)
    ImageDraw.Draw(slip).text((60, 220), SIGNED, font=case.at("hand", 92), fill=235, anchor="ls")
    slip = slip.rotate(3.2, Image.Resampling.BICUBIC)
    sheet.ink.paste(255, (MARGIN + 29 * PITCH, round(y) - 200), slip)
