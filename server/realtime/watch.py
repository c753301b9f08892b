"""Rights on open sockets: whatever fact may have changed them, they hold from the moment it is durable."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from contextlib import suppress

from collab.room.member import Standing
from review.document import Document
from review.errors import NotFound, Unavailable
from review.facts import Recorded
from server.office import Office
from server.realtime.attendance import Attendance
from server.services.documents import standing

NOBODY = Standing("", False)
PERSON_CHANGED = "person.changed"
SIGNED_OUT = ("session.ended", "token.revoked")
SWEEP = 1.0
"""Seconds between two looks for sessions and tokens that have come to their end."""

log = logging.getLogger("paraph.watch")


class Watch:
    """Keeps the documents whose standings are to be asked again, each once, and who may have signed out."""

    def __init__(self, office: Office, attendance: Attendance) -> None:
        self._office, self._attendance = office, attendance
        self._documents: set[str] = set()
        self._signed_out: set[str] = set()
        self._news = asyncio.Event()

    def hear(self, recorded: Recorded) -> None:
        fact = recorded.fact
        if fact.type in SIGNED_OUT and fact.by is not None:
            self._signed_out.add(fact.by)
        elif fact.type == PERSON_CHANGED:
            self._signed_out.add(str(fact.data["person"]))
            self._documents.update(self._office.rooms.awake())
        elif fact.document is not None and self._office.rooms.people(fact.document):
            self._documents.add(fact.document)
        if self._documents or self._signed_out:
            self._news.set()

    async def keep(self) -> None:
        """For ever: what fails is logged, and done again in the next turn; nothing else waits for it."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(SWEEP):
                    await self._news.wait()
            self._news.clear()
            await self._end_visits()
            documents, self._documents = self._documents, set()
            for document in documents:
                if not await _done(ask_again(self._office, document), f"rights on {document}"):
                    self._documents.add(document)

    async def _end_visits(self) -> None:
        await _done(self._end_those_over(), "sessions that are over")
        people, self._signed_out = self._signed_out, set()
        for person in people:
            ending = self._attendance.end_those_signed_out(person, self._office.sign_in)
            if not await _done(ending, f"sessions of {person}"):
                self._signed_out.add(person)

    async def _end_those_over(self) -> None:
        self._attendance.end_those_over(self._office.clock())


async def ask_again(office: Office, document: str, person: str | None = None) -> None:
    """Give everybody who is there, or this person, the rights they have now. Raises `Unavailable`."""
    try:
        kept: Document | None = (await office.stores.documents.get(document)).value
    except NotFound:
        kept = None
    for id in office.rooms.people(document) if person is None else (person,):
        office.rooms.set_role(document, id, await _standing(office, id, kept) if kept else NOBODY)


async def _standing(office: Office, id: str, document: Document) -> Standing:
    try:
        return standing((await office.stores.people.get(id)).value, document)
    except NotFound:
        return NOBODY


async def _done(work: Awaitable[None], about: str) -> bool:
    """A boundary: whether it was done."""
    try:
        await work
    except Unavailable as error:
        log.warning("%s could not be looked after: %s", about, error)
    except Exception:
        log.exception("%s could not be looked after", about)
    else:
        return True
    return False
