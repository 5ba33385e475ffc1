"""Passwords as they are kept: salted scrypt, with its cost written beside it so that it can grow later."""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode

# 32 MiB and a fraction of a second: the smallest memory of those that OWASP names as equally strong for scrypt.
COST = {"n": 2**15, "r": 8, "p": 3}
MEMORY = 128 * 1024 * 1024


def keep(password: str) -> str:
    """The password as a line to store: "scrypt$n$r$p$salt$hash", both in base64; another one at every call."""
    salt = secrets.token_bytes(16)
    digest = _scrypt(password, salt, **COST)
    return "$".join(["scrypt", *map(str, COST.values()), b64encode(salt).decode(), b64encode(digest).decode()])


def fits(password: str, kept: str) -> bool:
    """True when the password is the one kept; takes as long for a wrong one as for the right one."""
    _, n, r, p, salt, digest = kept.split("$")
    found = _scrypt(password, b64decode(salt), n=int(n), r=int(r), p=int(p))
    return hmac.compare_digest(found, b64decode(digest))


def _scrypt(password: str, salt: bytes, *, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(password.encode("utf-8", "surrogatepass"), salt=salt, n=n, r=r, p=p, maxmem=MEMORY, dklen=32)
