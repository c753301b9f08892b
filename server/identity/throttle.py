"""Slowing down those who guess. Every guess is counted before it is judged, so that many at once are still many.

A limit's first guesses are free. After them each wrong one doubles the wait for the next, and they are forgiven one by
one; in the end a guesser gets one guess in `forgiven` seconds. A right guess is not counted. What is counted is kept by
this process alone: a restart forgets it, and each of several processes counts for itself.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil

from server.problems import Problem

MAX_KEYS = 50_000


@dataclass(frozen=True, slots=True)
class Limit:
    """`free` guesses, then a wait of `first` seconds that doubles; one is forgiven every `forgiven` seconds."""

    name: str
    free: int
    first: float
    forgiven: float


# A login is guessed from one address, or from many; and from one address many logins. A whole office may stand behind
# one address, so that its limit is far above that of a login.
LOGIN_THERE = Limit("a login from one address", 10, 5, 60)
LOGIN = Limit("a login from everywhere", 30, 5, 60)
ADDRESS = Limit("an address", 200, 2, 2)
OWN_PASSWORD = Limit("one's own password", 5, 10, 600)
PIN = Limit("a credential's PIN", 5, 30, 3600)
CLIENT = Limit("a registry client from one address", 20, 5, 15)
CODE = Limit("citizens' codes from one address", 20, 15, 15)

Key = tuple[Limit, str]
"""What is guessed, by or of whom."""


@dataclass(slots=True)
class _Count:
    """`since` is when the last wrong guess was forgiven, `last` when the last one came."""

    wrong: int
    since: float
    last: float


@dataclass(slots=True)
class Throttle:
    """Keys are kept in the order of last use; the oldest go first when there are too many."""

    now: Callable[[], float]
    _counts: OrderedDict[Key, _Count] = field(default_factory=OrderedDict)

    def guess(self, *keys: Key) -> None:
        """Counts one guess for each key. Raises `slow_down` with Retry-After when one of them has to wait."""
        wait = max(self._wait(key) for key in keys)
        if wait > 0:
            raise Problem("slow_down", headers={"Retry-After": str(ceil(wait))})
        for key in keys:
            self._count(key)

    def right(self, *keys: Key) -> None:
        """The guess was none: it is taken back."""
        for key in keys:
            if (count := self._counts.get(key)) is not None:
                count.wrong -= 1

    def forget(self, key: Key) -> None:
        """Who knows is no guesser: wrong guesses before do not count any more."""
        self._counts.pop(key, None)

    def _wait(self, key: Key) -> float:
        limit, count = key[0], self._settled(key)
        if count is None or count.wrong < limit.free:
            return 0.0
        wait: float = limit.first * 2 ** (count.wrong - limit.free)
        return count.last + wait - self.now()

    def _settled(self, key: Key) -> _Count | None:
        count = self._counts.get(key)
        if count is None:
            return None
        forgiven = int((self.now() - count.since) / key[0].forgiven)
        count.wrong -= forgiven
        count.since += forgiven * key[0].forgiven
        if count.wrong > 0:
            return count
        del self._counts[key]
        return None

    def _count(self, key: Key) -> None:
        now = self.now()
        count = self._counts.setdefault(key, _Count(0, now, now))
        count.wrong, count.last = count.wrong + 1, now
        self._counts.move_to_end(key)
        while len(self._counts) > MAX_KEYS:
            self._counts.popitem(last=False)
