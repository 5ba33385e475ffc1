"""How much a word says about a page: one of a few levels for each word, worked out when the page is indexed.

A word counts more the oftener it stands on a page, ever less so, and less on a long page: the part of BM25 that knows
one page only (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009). BM25 itself reads the lists of all
pages anew for each question; the levels are words of the index themselves, so that a question finds the pages of each
level as quickly as it finds a word.
"""

import math
from collections import Counter
from collections.abc import Sequence
from functools import cache

TOP = 15  # the levels are 1 to TOP; what says less than the lowest is not told apart
STEPS = 3  # levels that a word rises when it stands on a page twice as often
AVERAGE = 400  # words of a page on which a word that stands once is just below the lowest level
STEADY, SATURATION = 0.25, 1.2  # the share of a page's weight that its length does not touch; BM25's k1
MARKS = [chr(0xE000 + level) for level in range(TOP + 1)]  # of no alphabet; MARKS[0] parts the sides of cut words
LEVELS = {mark: level for level, mark in enumerate(MARKS) if level}


def marked(words: Sequence[str]) -> str:
    """The words of a page that have a level, each once with the level's mark before it; they come folded."""
    counts = Counter(words)
    by_count = {count: level(count, len(words)) for count in set(counts.values())}
    return " ".join(MARKS[by_count[count]] + word for word, count in counts.items() if by_count[count])


def level(count: int, length: int) -> int:
    """The level of a word that stands `count` times on a page of `length` words, 0 for none."""
    often = count / (STEADY + (1 - STEADY) * length / AVERAGE)
    return min(TOP, max(0, round(STEPS * math.log2(often))))


@cache
def worth(level: int) -> float:
    """What a level adds to the score of a page, from 0 for none to 1."""
    often = 2 ** (level / STEPS)
    lowest = 1 / (1 + SATURATION)
    return (often / (often + SATURATION) - lowest) / (1 - lowest)
