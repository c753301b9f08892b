"""Slowing down those who guess: failures are counted per key in a window; success costs nothing."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from server.problems import Problem

MAX_KEYS = 50_000


@dataclass(slots=True)
class Throttle:
    """At most `failures` in `window` seconds for one key, then 429 `slow_down` with Retry-After.

    Keys are kept in the order of last use; the oldest go first when there are too many.
    """

    failures: int
    window: float
    now: Callable[[], float]
    _seen: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)

    def check(self, key: str) -> None:
        wait = self._wait(key)
        if wait > 0:
            raise Problem("slow_down", headers={"Retry-After": str(int(wait) + 1)})

    def failed(self, key: str) -> None:
        self._recent(key).append(self.now())
        self._seen.move_to_end(key)
        while len(self._seen) > MAX_KEYS:
            self._seen.popitem(last=False)

    def _wait(self, key: str) -> float:
        if key not in self._seen:
            return 0.0
        times = self._recent(key)
        return times[-self.failures] + self.window - self.now() if len(times) >= self.failures else 0.0

    def _recent(self, key: str) -> deque[float]:
        times = self._seen.setdefault(key, deque())
        while times and times[0] <= self.now() - self.window:
            times.popleft()
        return times
