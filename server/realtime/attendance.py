"""Who is connected, over which socket, by which session: counted per person, and ended with the session."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from review.errors import NotFound
from review.ports import Repository
from server.identity.callers import Caller
from server.identity.sessions import Session

MOST_SOCKETS = 1000
"""Open connections of one person to each kind of socket."""


@dataclass(eq=False, slots=True)
class Visit:
    """One connection. `end` closes it because its session is over."""

    kind: str
    caller: Caller
    end: Callable[[], None]


@dataclass(slots=True)
class Attendance:
    _visits: dict[Visit, None] = field(default_factory=dict)
    _counted: Counter[tuple[str, str]] = field(default_factory=Counter)

    def enter(self, visit: Visit) -> bool:
        """Whether the person may have one more connection of this kind."""
        key = (visit.kind, visit.caller.person.id)
        if self._counted[key] >= MOST_SOCKETS:
            return False
        self._counted[key] += 1
        self._visits[visit] = None
        return True

    def leave(self, visit: Visit) -> None:
        if visit in self._visits:
            del self._visits[visit]
            self._counted[visit.kind, visit.caller.person.id] -= 1

    async def end_those_signed_out(self, sessions: Repository[Session]) -> None:
        """Connections whose session is not kept any more are ended."""
        for visit in list(self._visits):
            if visit.caller.session is None:
                continue
            try:
                await sessions.get(visit.caller.session)
            except NotFound:
                visit.end()


ATTENDANCE: web.AppKey[Attendance] = web.AppKey("attendance", Attendance)
