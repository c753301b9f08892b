"""Rights on open sockets: whatever fact may have changed them, they hold from the moment it is durable."""

from __future__ import annotations

import asyncio
import logging

from collab.member import Standing
from review.errors import NotFound, Unavailable
from review.facts import Recorded
from server.office import Office
from server.realtime.attendance import Attendance
from server.services.documents import standing

NOBODY = Standing("", False)
PERSON_CHANGED, SESSION_ENDED = "person.changed", "session.ended"

log = logging.getLogger("paraph.watch")


class Watch:
    """Keeps the documents whose standings are to be asked again, each once, and whether somebody signed out."""

    def __init__(self, office: Office, attendance: Attendance) -> None:
        self._office, self._attendance = office, attendance
        self._documents: set[str] = set()
        self._signed_out = False
        self._news = asyncio.Event()

    def hear(self, recorded: Recorded) -> None:
        fact = recorded.fact
        self._signed_out |= fact.type in (PERSON_CHANGED, SESSION_ENDED)
        if fact.type == PERSON_CHANGED:
            self._documents.update(self._office.rooms.awake())
        elif fact.document is not None and self._office.rooms.people(fact.document):
            self._documents.add(fact.document)
        if self._documents or self._signed_out:
            self._news.set()

    async def keep(self) -> None:
        """For ever."""
        while True:
            await self._news.wait()
            self._news.clear()
            await self._end_visits()
            documents, self._documents = self._documents, set()
            for document in documents:
                await self._ask_again(document)

    async def _end_visits(self) -> None:
        if not self._signed_out:
            return
        self._signed_out = False
        try:
            await self._attendance.end_those_signed_out(self._office.stores.sessions)
        except Unavailable as error:
            log.warning("sessions could not be asked for: %s", error)
            self._signed_out = True

    async def _ask_again(self, document: str) -> None:
        office = self._office
        try:
            kept = await office.stores.documents.get(document)
            for id in office.rooms.people(document):
                person = (await office.stores.people.get(id)).value
                office.rooms.set_role(document, id, standing(person, kept.value))
        except NotFound:
            for id in office.rooms.people(document):
                office.rooms.set_role(document, id, NOBODY)
        except Unavailable as error:
            log.warning("rights on %s could not be asked again: %s", document, error)
            self._documents.add(document)
