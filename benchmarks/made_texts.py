"""Made pages of text: real words of the ground truth by their real frequency, in topics, with the slips of OCR."""

import itertools
import random
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from core.text import Block, Box, Line, PageText, Word

ROOT = Path(__file__).resolve().parents[1]
TRUTH = ROOT.parent / "shared" / "data" / "ground-truth"
SAMPLES = ROOT / "samples" / "texts"
WIDTH, LINE, TALL, SLOTS = 2400, 50, 40, 66
TO_A_LINE, LINES_OF_A_SLOT, MEAN_LINES, FEWEST, MOST = 10, 400, 44, 4, 300
TOPIC_LINES, TOPIC_SHARE = 6, 0.2
SLIPS = {"e": "c", "c": "e", "i": "l", "l": "1", "n": "u", "u": "n", "s": "f", "m": "rn", "h": "b", "t": "r", "o": "0"}
SLIP_SHARE, MADE_NAMES = 0.04, 20_000
_XML_TEXT = re.compile(r'<(?:\w+:)?Unicode>([^<]*)</|CONTENT="([^"]*)"')


class Writer:
    """Writes pages, each the same again for the same seed; lines are made once and put together anew for each page."""

    def __init__(self, seed: int = 1) -> None:
        chance = random.Random(seed)
        self._lines = [[_line(chance, slot) for _ in range(LINES_OF_A_SLOT)] for slot in range(SLOTS)]

    def item(self, seed: int, pages: int) -> list[PageText]:
        """The pages of one item: it has a topic, whose lines come oftener in it than elsewhere."""
        chance = random.Random(seed)
        topic = [chance.choice(chance.choice(self._lines)) for _ in range(TOPIC_LINES)]
        return [self._page(chance, topic) for _ in range(pages)]

    def _page(self, chance: random.Random, topic: Sequence[Line]) -> PageText:
        number = min(MOST, max(FEWEST, round(chance.lognormvariate(0, 0.5) * MEAN_LINES)))
        lines = tuple(
            chance.choice(topic if chance.random() < TOPIC_SHARE else self._lines[place % SLOTS])
            for place in range(number)
        )
        tall = 200 + LINE * SLOTS
        return PageText(WIDTH, tall, (Block(Box(100, 100, WIDTH - 200, tall - 200), lines),), languages=("en",))


def _line(chance: random.Random, slot: int) -> Line:
    """Ten words by their frequency, one after the other, some with a slip."""
    words, weights = vocabulary()
    x, y, row = 100, 100 + slot * LINE, []
    for word in chance.choices(words, cum_weights=weights, k=TO_A_LINE):
        wide = 18 * len(word) + chance.randrange(8)
        box = Box(x, y + chance.randrange(6), wide, TALL)
        row.append(Word(_slipped(word, chance), box, chance.randrange(60, 97) / 100))
        x += wide + 20
    return Line(Box(100, y, x - 100, LINE), tuple(row))


@cache
def vocabulary() -> tuple[list[str], list[float]]:
    """The words of real texts with their frequencies summed up, and made names that hardly ever come."""
    found = Counter(word for text in _texts() for word in text.split())
    chance = random.Random(1893)
    syllables = [word[:3].lower() for word in found if word.isalpha() and len(word) > 3]
    names = {"".join(chance.choices(syllables, k=3)).capitalize() for _ in range(MADE_NAMES)}
    counts = dict(found.most_common()) | {name: 0.2 / rank for rank, name in enumerate(sorted(names - set(found)), 1)}
    return list(counts), list(itertools.accumulate(counts.values()))


def _texts() -> list[str]:
    files = sorted(TRUTH.rglob("*.*")) if TRUTH.is_dir() else sorted(SAMPLES.glob("*.txt"))
    return [_text_of(file) for file in files if file.suffix in (".xml", ".txt")]


def _text_of(file: Path) -> str:
    text = file.read_text(encoding="utf-8", errors="replace")
    if file.suffix == ".txt":
        return text
    return " ".join(first or second for first, second in _XML_TEXT.findall(text))


def _slipped(word: str, chance: random.Random) -> str:
    if chance.random() > SLIP_SHARE:
        return word
    at = chance.randrange(len(word))
    return word[:at] + SLIPS.get(word[at], word[at]) + word[at + 1 :]
