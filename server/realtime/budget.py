"""What a connection, and a person over all of theirs, may ask of the server: so much at once, so much a second, and
so much that waits to be taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

UNIT = 0.00003
"""Seconds of the processor's time that a unit stands for: about what a keystroke costs among others."""

RATE, BURST = 3000.0, 300.0
"""Units a second and at once, of one connection."""

PERSON_RATE, PERSON_BURST = 4000.0, 2000.0
"""The same of one person, so that many connections do not add up."""

OPENING, MISTAKE = 10.0, 2000.0
"""Units of a connection that is opened, and of one that is ended for what it said."""

SHORT = 130
"""Bytes of a message that brings what is typed and counts as one unit; whatever else is said counts for the time that
it takes."""

GRAIN = 32
"""So many of them are counted at once."""

MOST_UNTAKEN = 64 * 1024 * 1024
"""Bytes that may wait for a person's clients to take them, over all connections, when more is to be sent."""

COUNTED_EVERY = 1024 * 1024
"""Bytes sent to a person after which it is counted how much waits."""


class Budget:
    __slots__ = ("_burst", "_clock", "_left", "_rate", "_seen")

    def __init__(self, clock: Callable[[], float], rate: float = RATE, burst: float = BURST) -> None:
        self._clock, self._rate, self._burst = clock, rate, burst
        self._left, self._seen = burst, clock()

    def spend(self, units: float) -> float:
        """Seconds until the units are there: so long nothing more should be heard."""
        self._left = self._now() - units
        return max(-self._left / self._rate, 0.0)

    @property
    def whole(self) -> bool:
        """Nothing is owed: it is as good as new."""
        return self._now() == self._burst

    def _now(self) -> float:
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._seen) * self._rate)
        self._seen = now
        return self._left


@dataclass(slots=True)
class Budgets:
    """One for each person. Closing a connection and opening another does not give a new one."""

    _of: dict[str, Budget] = field(default_factory=dict)

    def of(self, person: str, clock: Callable[[], float]) -> Budget:
        if person not in self._of:
            self._of[person] = Budget(clock, PERSON_RATE, PERSON_BURST)
        return self._of[person]

    def forget(self) -> None:
        """Those of which nothing is spent. Whoever holds one goes on with it, and it is kept when somebody asks."""
        self._of = {person: budget for person, budget in self._of.items() if not budget.whole}


class Untaken:
    """What waits for one person's clients to take it. `backlogs` tell the bytes kept on each connection."""

    __slots__ = ("__weakref__", "_uncounted", "backlogs")

    def __init__(self) -> None:
        self.backlogs: set[Callable[[], int]] = set()
        self._uncounted = 0

    def allows(self, size: int) -> bool:
        """Whether so many bytes more may be sent."""
        self._uncounted += size
        if self._uncounted < COUNTED_EVERY:
            return True
        if sum(backlog() for backlog in self.backlogs) > MOST_UNTAKEN:
            return False
        self._uncounted = 0
        return True
