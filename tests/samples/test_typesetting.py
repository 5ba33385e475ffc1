from itertools import pairwise

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont

from samples.aging import Age, scan
from samples.blocks import typographic
from samples.hyphens import break_places
from samples.lines import balance, justify


def freetype(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


def parts(word: str) -> str:
    places = [0, *break_places(word), len(word)]
    return "-".join(word[a:b] for a, b in pairwise(places))


@pytest.mark.parametrize("divided", ["com-mit-tee", "mem-ber", "obser-va-tion", "treat-ment", "cor-rect", "col-lege"])
def test_words_are_divided_between_consonants_and_before_endings(divided: str) -> None:
    assert parts(divided.replace("-", "")) == divided


@pytest.mark.parametrize("word", ["bell", "mother", "1920", "U.S.A.", "forty-one", "strength", "reading,lamp"])
def test_short_numbered_and_compound_words_stay_whole(word: str) -> None:
    assert break_places(word) == ()


def test_justified_lines_keep_every_word_and_the_measure() -> None:
    font = freetype(40)
    text = "The committee met yesterday afternoon and, after a treatment of every question, went home to supper. " * 3
    lines = justify(text, font, 600, 38)
    assert " ".join(line.text for line in lines).replace("- ", "") == " ".join(text.split())
    assert [line.last for line in lines] == [False] * (len(lines) - 1) + [True]
    assert all(sum(font.getlength(word) for word in line.words) <= 600 for line in lines)


def test_a_headline_is_balanced_in_as_few_lines_as_it_needs() -> None:
    font = freetype(60)
    lines = balance("SURVEYORS FIND THE BOTTOM OF LAKE TAMSIN", font, 800)
    widths = [font.getlength(line.text) for line in lines]
    assert len(lines) == 2
    assert max(widths) - min(widths) < 250


def test_straight_quotation_marks_become_printers_marks() -> None:
    assert typographic('He said, "it\'s late."') == "He said, “it’s late.”"


def test_aging_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    ink = Image.new("L", (300, 200), 0)
    ImageDraw.Draw(ink).rectangle((40, 40, 120, 80), fill=255)
    first, again, other = (scan(ink, Age(skew=0.4), np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.size == (300 + 2 * Age().bed, 200 + 2 * Age().bed)
    assert ImageChops.difference(first, again).getbbox() is None
    assert ImageChops.difference(first, other).getbbox() is not None
