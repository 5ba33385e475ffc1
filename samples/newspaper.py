"""The Campus Echo of May 14, 1920: four pages in three columns."""

from pathlib import Path

from PIL import Image

from samples.blocks import Compositor
from samples.fonts import TypeCase
from samples.sheet import Sheet

WIDTH, HEIGHT = 2550, 3450
MARGIN, GUTTER, FOOT = 150, 44, 130
COLUMN = (WIDTH - 2 * MARGIN - 2 * GUTTER) / 3
NUMBERS = {2: "PAGE TWO", 3: "PAGE THREE", 4: "PAGE FOUR"}
MOST_SLACK = 300
LEADED = 20  # gaps from here on take up what a column has to spare


def set_page(number: int, text: str, case: TypeCase, cuts: dict[str, Image.Image]) -> Sheet:
    """Page `number` with its lines in reading order; ValueError when a column is too long or much too short."""
    sheet = Sheet(WIDTH, HEIGHT)
    top = _masthead(sheet, case) if number == 1 else _running_head(sheet, number, case)
    bottom = HEIGHT - FOOT
    for index, column in enumerate(text.split("|||")):
        left = MARGIN + index * (COLUMN + GUTTER)
        _fill(sheet, Compositor(case, COLUMN, cuts), column, (left, top, bottom), f"page {number}, column {index + 1}")
        if index:
            sheet.rule(left - GUTTER / 2 - 1, top, left - GUTTER / 2, bottom)
    return sheet


def read_text(folder: Path, number: int) -> str:
    """The marked text of page `number`."""
    return (folder / f"newspaper-{number}.txt").read_text(encoding="utf-8")


def _fill(sheet: Sheet, compositor: Compositor, text: str, place: tuple[float, float, float], name: str) -> None:
    """Set a column and lead it out, so that it ends at the foot."""
    left, top, bottom = place
    blocks = compositor.column(text)
    blocks[0].above = 0
    slack = bottom - top - sum(block.height + block.above for block in blocks)
    if not 0 <= slack <= MOST_SLACK:
        raise ValueError(f"The text of {name} leaves {slack:.0f} pixels; it should leave 0 to {MOST_SLACK}.")
    share = slack / max(sum(block.above for block in blocks if block.above >= LEADED), 1)
    y = top
    for block in blocks:
        y += block.above * (1 + (share if block.above >= LEADED else 0))
        sheet.put(block, left, y)
        y += block.height


def _masthead(sheet: Sheet, case: TypeCase) -> float:
    """The name, the ears, the date line; comes back with where the columns begin."""
    ear = 320
    for left, lines in (
        (MARGIN, ("THE WEATHER", "Fair and warmer;", "light south wind", "off the lake.")),
        (WIDTH - MARGIN - ear, ("ALL THE NEWS", "of the hill, the", "town and the", "nearer shore.")),
    ):
        _ear(sheet, case, left, ear, lines)
    sheet.write(WIDTH / 2, 372, "The Campus Echo", case.at("blackletter", 228), "ms")
    sheet.lines.append("The Campus Echo")
    sheet.rule(MARGIN, 470, WIDTH - MARGIN, 477).rule(MARGIN, 483, WIDTH - MARGIN, 484)
    _three(sheet, case, ("VOL. XII. NO. 29.", "ASHMERE COLLEGE, FRIDAY, MAY 14, 1920", "PRICE FIVE CENTS"), 530)
    sheet.rule(MARGIN, 551, WIDTH - MARGIN, 552).rule(MARGIN, 557, WIDTH - MARGIN, 560)
    return 596


def _ear(sheet: Sheet, case: TypeCase, left: float, width: float, lines: tuple[str, ...]) -> None:
    sheet.rule(left, 176, left + width, 178).rule(left, 418, left + width, 420)
    for number, line in enumerate(lines):
        font = case.at("bold", 38) if number == 0 else case.at("italic", 40)
        x = left + (width - font.getlength(line)) / 2
        sheet.write(x, 230 + number * 54, line, font)
    sheet.lines.extend(lines)


def _running_head(sheet: Sheet, number: int, case: TypeCase) -> float:
    cells = (NUMBERS[number], "THE CAMPUS ECHO", "FRIDAY, MAY 14, 1920")
    _three(sheet, case, cells if number % 2 else cells[::-1], 196)
    sheet.rule(MARGIN, 216, WIDTH - MARGIN, 221).rule(MARGIN, 227, WIDTH - MARGIN, 228)
    return 262


def _three(sheet: Sheet, case: TypeCase, cells: tuple[str, ...], baseline: float) -> None:
    font = case.at("bold", 38)
    left, middle, right = cells
    sheet.write(MARGIN, baseline, left, font)
    sheet.write(WIDTH / 2, baseline, middle, font, "ms")
    sheet.write(WIDTH - MARGIN, baseline, right, font, "rs")
    sheet.lines.append(" ".join(cells))
