"""Random secrets with a stamp, by which the office knows its own without looking them up.

The stamp opens nothing: it tells who once was somebody from who makes secrets up, before storage is asked.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass

STAMP = 16
"""Signs of it, 96 bits."""


@dataclass(frozen=True, slots=True)
class Mint:
    key: bytes

    def new(self, prefix: str = "") -> str:
        """A secret of 256 random bits."""
        coin = prefix + secrets.token_urlsafe(32)
        return coin + self._stamp(coin)

    def knows(self, secret: str) -> bool:
        """Whether it was made here, whatever it is worth now. Any text that comes is looked at."""
        coin, stamp = secret[:-STAMP], secret[-STAMP:]
        return hmac.compare_digest(self._stamp(coin).encode(), stamp.encode(errors="surrogatepass"))

    def _stamp(self, coin: str) -> str:
        made = hmac.digest(self.key, coin.encode(errors="surrogatepass"), hashlib.sha256)
        return urlsafe_b64encode(made)[:STAMP].decode()
