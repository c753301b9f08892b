"""What brought nothing new once, brings nothing new again.

Everybody who comes back says all that was ever deleted, in the same bytes, and there may be hundreds who come back at
once to a draft of which tens of thousands of pieces are deleted.
"""

from __future__ import annotations

from hashlib import blake2b

MOST = 64
"""That are remembered: those who come back have not all seen the same."""


class Repeats:
    """Of one document, whose journal forgets nothing."""

    def __init__(self) -> None:
        self._known: dict[bytes, None] = {}

    def note(self, update: bytes) -> None:
        """It brought nothing new."""
        if len(self._known) >= MOST:
            del self._known[next(iter(self._known))]
        self._known[_digest(update)] = None

    def knows(self, update: bytes) -> bool:
        return bool(self._known) and _digest(update) in self._known


def _digest(update: bytes) -> bytes:
    return blake2b(update, digest_size=16).digest()
