"""What one connection may ask of the server: so much at once, so much a second, then it waits."""

from __future__ import annotations

from collections.abc import Callable

RATE, BURST = 1000.0, 5000.0
"""Units a second and at once: a message is one unit, and one more for every 4 KiB."""

PATIENCE = 10.0
"""Seconds of debt after which a client is too fast to be served."""


class TooFast(Exception):
    """More than waiting makes good."""


class Budget:
    __slots__ = ("_clock", "_left", "_seen")

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._left, self._seen = BURST, clock()

    def spend(self, units: float) -> float:
        """Seconds until the units are there: so long nothing more should be read. Raises `TooFast`."""
        now = self._clock()
        self._left = min(BURST, self._left + (now - self._seen) * RATE) - units
        self._seen = now
        if self._left >= 0:
            return 0.0
        if -self._left > PATIENCE * RATE:
            raise TooFast
        return -self._left / RATE
