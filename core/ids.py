"""Lasting identifiers: opaque, never made from a title, a folder or a digest.

Twelve characters of the NOID alphabet (digits and consonants without `l` and vowels, so that no word can arise), the
last one a check character by the NOID check digit algorithm: it notices every single wrong character and every swap
of two neighbours.
"""

import secrets

ALPHABET = "0123456789bcdfghjkmnpqrstvwxz"
LENGTH = 12


def mint() -> str:
    """A new random identifier (11 characters of 29, some 53 bits, and the check character)."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + check_character(body)


def check_character(body: str) -> str:
    """The NOID check character: the sum of each character's value times its place from 1, modulo 29."""
    total = sum(place * ALPHABET.index(character) for place, character in enumerate(body, 1))
    return ALPHABET[total % len(ALPHABET)]


def is_id(text: str) -> bool:
    """True when the text could have come from `mint`."""
    return (
        len(text) == LENGTH
        and all(character in ALPHABET for character in text)
        and check_character(text[:-1]) == text[-1]
    )
