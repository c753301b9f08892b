"""The code a citizen types: 80 random bits in Crockford's base 32 with a check symbol, kept only as an HMAC."""

from __future__ import annotations

import hashlib
import hmac
import secrets

BITS = 80
SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECKS = SYMBOLS + "*~$=U"
LENGTH = BITS // 5
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})
_NEVER = "-" * LENGTH


def new_code() -> str:
    """For people: five groups, the last one is the check symbol, such as `7HZ4-0V8R-QK2M-9TXC-B`."""
    number = secrets.randbits(BITS)
    code = _written(number)
    code += CHECKS[number % 37]
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def _written(number: int) -> str:
    return "".join(SYMBOLS[number >> shift & 31] for shift in range(BITS - 5, -1, -5))


def read(typed: str) -> str | None:
    """The sixteen symbols of what was typed, however it was grouped; None when it cannot be a code.

    The check symbol finds every single mistyped symbol and every swap of two neighbours.
    """
    plain = "".join(typed.upper().split()).replace("-", "")
    code, check = plain[:-1].translate(_ALIKE), plain[-1:]
    if len(code) != LENGTH or any(symbol not in SYMBOLS for symbol in code):
        return None
    number = 0
    for symbol in code:
        number = number * 32 + SYMBOLS.index(symbol)
    return code if CHECKS[number % 37] == check.translate(_ALIKE) else None


def kept_as(key: bytes, code: str | None) -> str:
    """What is stored and looked up: HMAC-SHA-256 in hex. What cannot be a code costs the same and is never found."""
    return hmac.new(key, (code or _NEVER).encode(), hashlib.sha256).hexdigest()
