"""Who is connected, over which socket, by which session or token: counted per person, and ended with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web

from server.identity.callers import Caller
from server.identity.sessions import SignIn


@dataclass(eq=False, slots=True)
class Visit:
    """One connection. `end` closes it because its session or token is over."""

    kind: str
    caller: Caller
    end: Callable[[], None]


@dataclass(slots=True)
class Attendance:
    """`most` are the open connections of one person to each kind of socket."""

    most: int
    _visits: dict[Visit, None] = field(default_factory=dict)
    _counted: Counter[tuple[str, str]] = field(default_factory=Counter)

    def enter(self, visit: Visit) -> bool:
        """Whether the person may have one more connection of this kind."""
        key = (visit.kind, visit.caller.person.id)
        if self._counted[key] >= self.most:
            return False
        self._counted[key] += 1
        self._visits[visit] = None
        return True

    def leave(self, visit: Visit) -> None:
        if visit in self._visits:
            del self._visits[visit]
            self._counted[visit.kind, visit.caller.person.id] -= 1

    async def end_those_signed_out(self, person: str, sign_in: SignIn) -> None:
        """Connections of the person whose session or token does not count any more."""
        for visit in [visit for visit in self._visits if visit.caller.person.id == person]:
            if not await sign_in.holds(visit.caller):
                visit.end()

    def end_those_over(self, now: datetime) -> None:
        """Connections whose session or token has come to its end."""
        for visit in list(self._visits):
            if visit.caller.until is not None and visit.caller.until <= now:
                visit.end()


ATTENDANCE: web.AppKey[Attendance] = web.AppKey("attendance", Attendance)
