"""Where an English word may be divided at the end of a line: a careful compositor's rules, not a dictionary."""

import re

VOWELS = "aeiouy"
# Two consonants that stand for one sound, or begin a syllable together, are not parted.
TOGETHER = {
    *("bl", "br", "ch", "ck", "cl", "cr", "dr", "dg", "fl", "fr", "gh", "gl", "gn", "gr", "kn", "ph", "pl", "pr"),
    *("qu", "rh", "sc", "sh", "sk", "sl", "sm", "sn", "sp", "sq", "st", "sw", "th", "tr", "ts", "tch", "tw", "wh"),
    *("wr", "ng", "nd", "rd", "rk", "wn", "ft", "ld", "lt", "nk", "ws", "rs", "ns", "wl", "rl", "ct"),
}
ENDINGS = ("tion", "sion", "ment", "ness", "less", "ship", "ful", "ing", "ture")
SHORTEST_HEAD, SHORTEST_TAIL = 3, 3


def break_places(word: str) -> tuple[int, ...]:
    """Offsets in `word` before which a hyphen may be put, in order; none in short, capital or compound words."""
    core = word.rstrip(".,;:!?\"'”’)")
    if not re.fullmatch(r"[“(]?[A-Za-z]?[a-z]+", core) or len(core) < SHORTEST_HEAD + SHORTEST_TAIL:
        return ()
    places = {index for index in range(1, len(core) - 2) if _between_consonants(core.lower(), index)}
    places |= {len(core) - len(ending) for ending in ENDINGS if core.endswith(ending)}
    return tuple(sorted(p for p in places if SHORTEST_HEAD <= p <= len(core) - SHORTEST_TAIL and _sounds(core, p)))


def _between_consonants(word: str, index: int) -> bool:
    before, left, right, after = word[index - 2 : index - 1], word[index - 1], word[index], word[index + 1]
    if before not in VOWELS or after not in VOWELS or left in VOWELS or right in VOWELS or not before:
        return False
    return left + right not in TOGETHER


def _sounds(word: str, place: int) -> bool:
    """True when both parts hold a vowel that is not just a silent last "e"."""
    tail = word[place:].removesuffix("ed").removesuffix("es").removesuffix("e")
    return any(v in word[:place].lower() for v in VOWELS) and any(v in tail.lower() for v in VOWELS)
