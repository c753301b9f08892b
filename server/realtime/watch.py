"""Rights on open sockets: whatever fact may have changed them, they hold from the moment it is durable."""

from __future__ import annotations

import asyncio
import logging

from collab.member import Standing
from review.errors import NotFound, Unavailable
from review.facts import Recorded
from server.office import Office
from server.services.documents import standing

NOBODY = Standing("", False)
PEOPLE = ("person.changed", "session.ended")

log = logging.getLogger("paraph.watch")


class Watch:
    """Keeps the documents whose standings are to be asked again, each once."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._documents: set[str] = set()
        self._news = asyncio.Event()

    def hear(self, recorded: Recorded) -> None:
        fact = recorded.fact
        if fact.type in PEOPLE:
            self._documents.update(self._office.rooms.awake())
        elif fact.document is not None and self._office.rooms.people(fact.document):
            self._documents.add(fact.document)
        if self._documents:
            self._news.set()

    async def keep(self) -> None:
        """For ever."""
        while True:
            await self._news.wait()
            self._news.clear()
            documents, self._documents = self._documents, set()
            for document in documents:
                await self._ask_again(document)

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
