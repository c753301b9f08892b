"""How much that is laborious is judged where everybody waits: what many type within a moment is judged in one go."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from collab.judging.order import AT_ONCE

A_SECOND, ALWAYS = 200_000, 100
"""Steps of judging, 0.6 µs each, that all rooms of a process have together, and those that any update has."""


class Pace:
    """`rested` tells that nothing was spent lately."""

    __slots__ = ("_clock", "_left", "_seen", "rested")

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._left, self._seen = AT_ONCE.ours, clock()
        self.rested = True

    def left(self) -> float:
        """Steps that the next update may go."""
        now = self._clock()
        self._left = min(self._left + (now - self._seen) * A_SECOND, AT_ONCE.ours)
        self._seen, self.rested = now, self._left == AT_ONCE.ours
        return max(self._left, ALWAYS)

    def spend(self, steps: int) -> None:
        self.left()
        self._left -= steps
        self.rested = False
