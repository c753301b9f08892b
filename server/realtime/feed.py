"""What happens, told live: facts to everybody who may read them, and who is at which document.

Facts come in order, after they are durable, and rights are asked for each at the moment it is told. A listener that
missed some asks from its last number; a listener that cannot keep up is sent away and does the same.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from review.document import Document
from review.errors import NotFound, Unavailable
from review.facts import Fact, Recorded
from review.ids import PersonId
from review.people import Person
from review.permissions import Case, Right, may
from review.ports import Clock, FactLog, Repository
from server.jobs import Job
from server.nodes.letters import Work
from server.nodes.post import Silence
from server.services.news import may_hear

MOST_MISSED = 500
"""Facts that are told again; who missed more starts from a fresh snapshot."""

MOST_DOCUMENTS = 200
MOST_WAITING = 500
"""Messages that may wait for one listener."""

LONGEST_QUEUE = 10_000
PAUSE = 0.15
"""Seconds between two tellings of who is where, and of a job's progress."""

Here = dict[str, str]
"""Somebody at a document: person, name, department, and the block where there is one."""

log = logging.getLogger("paraph.live")


class Line(Protocol):
    """The way to one listener."""

    async def emit(self, event: str, data: Mapping[str, Any]) -> None: ...
    def waiting(self) -> int: ...
    async def close(self) -> None: ...


@dataclass(eq=False, slots=True)
class Listener:
    """One connection. `everything` asks for all that its person may read, whatever the document."""

    person: PersonId
    name: str
    department: str
    line: Line
    documents: set[str] = field(default_factory=set)
    everything: bool = False
    at: dict[str, str] = field(default_factory=dict)


class Feed:
    def __init__(
        self,
        facts: FactLog,
        people: Repository[Person],
        documents: Repository[Document],
        clock: Clock,
        post: Silence,
    ) -> None:
        self._facts, self._people, self._documents, self._clock = facts, people, documents, clock
        self._listeners: dict[Listener, None] = {}
        self._queue: asyncio.Queue[Recorded] = asyncio.Queue(LONGEST_QUEUE)
        self._post = post
        self._moved: set[str] = set()
        self._stirred: set[str] = set()
        self._elsewhere: dict[str, dict[str, list[Here]]] = {}
        self._jobs: dict[str, Work] = {}

    # Heard from the office ---------------------------------------------------------------------------------------

    def hear(self, recorded: Recorded) -> None:
        """A fact is durable. Without anybody to tell nothing is kept."""
        if not self._listeners:
            return
        try:
            self._queue.put_nowait(recorded)
        except asyncio.QueueFull:
            log.warning("too many facts wait to be told; everybody starts afresh")
            while not self._queue.empty():
                self._queue.get_nowait()
            for listener in list(self._listeners):
                asyncio.get_running_loop().create_task(listener.line.close())

    def hear_job(self, job: Job) -> None:
        self.hear_work(work_of(job))

    def hear_work(self, work: Work) -> None:
        """Of this process or of another."""
        if work.person and self._listeners:
            self._jobs[work.job] = work

    def hear_places(self, node: str, document: str, here: list[Here]) -> None:
        """Who is at the document, of those who are connected to another process."""
        self._elsewhere.setdefault(node, {})[document] = here
        if not here:
            del self._elsewhere[node][document]
        self._stirred.add(document)

    def forget(self, node: str) -> None:
        """Another process is gone, and with it who was connected to it."""
        self._stirred.update(self._elsewhere.pop(node, ()))

    def say_places(self) -> None:
        """Tell the other processes who is where here."""
        for document in {document for listener in self._listeners for document in listener.at}:
            self._post.tell_here(document, self._here(document))

    async def tell_facts(self) -> None:
        """For ever: each fact to those who may know of it."""
        while True:
            recorded = await self._queue.get()
            try:
                await self._tell(recorded)
            except (Unavailable, NotFound) as error:
                log.warning("fact %d could not be told: %s", recorded.seq, error)
                for listener in list(self._listeners):
                    await listener.line.close()

    async def tell_places(self) -> None:
        """For ever: who is where, and how far jobs are, each at most every `PAUSE`."""
        while True:
            await asyncio.sleep(PAUSE)
            moved, self._moved = self._moved, set()
            stirred, self._stirred = self._stirred, set()
            jobs, self._jobs = self._jobs, {}
            for document in moved:
                self._post.tell_here(document, self._here(document))
            for document in moved | stirred:
                await self._tell_people(document)
            for work in jobs.values():
                await self._tell_work(work)

    # Asked by listeners ------------------------------------------------------------------------------------------

    def join(self, listener: Listener) -> None:
        self._listeners[listener] = None

    def leave(self, listener: Listener) -> None:
        self._listeners.pop(listener, None)
        self._moved.update(listener.at)

    async def subscribe(self, listener: Listener, document: str | None, since: int | None) -> dict[str, Any]:
        """The answer to a subscription: the number told up to and what was missed, or that too much was."""
        if document is not None and not await self._reads(listener.person, document):
            return {"error": "not_found"}
        if document is None:
            listener.everything = True
        elif len(listener.documents) < MOST_DOCUMENTS:
            listener.documents.add(document)
            self._moved.add(document)
        else:
            return {"error": "slow_down"}
        head = await self._facts.head()
        if since is None:
            return {"seq": head, "missed": []}
        if not 0 <= since <= head:
            return {"resync": True}
        return await self._missed(listener.person, document, since, head)

    async def _missed(self, person: PersonId, document: str | None, since: int, head: int) -> dict[str, Any]:
        if document is None:
            found = await self._facts.since(since, MOST_MISSED + 1)
        else:
            found = await self._facts.of_document(document, since, MOST_MISSED + 1)
        if len(found) > MOST_MISSED:
            return {"resync": True}
        known: dict[str, Document | None] = {}
        reader = (await self._people.get(person)).value
        missed = [as_json(recorded) for recorded in found if await self._hears(reader, recorded.fact, known)]
        return {"seq": head, "missed": missed}

    def unsubscribe(self, listener: Listener, document: str | None) -> None:
        if document is None:
            listener.everything = False
        else:
            listener.documents.discard(document)
            self._go(listener, document, None)

    async def here(self, listener: Listener, document: str, block: str | None) -> None:
        if document in listener.documents or await self._reads(listener.person, document):
            self._go(listener, document, block or "")

    def _go(self, listener: Listener, document: str, block: str | None) -> None:
        was = listener.at.pop(document, None)
        if block is not None:
            listener.at[document] = block
        if was != block:
            self._moved.add(document)

    # Telling -----------------------------------------------------------------------------------------------------

    async def _tell(self, recorded: Recorded) -> None:
        fact = recorded.fact
        wanting = [
            listener for listener in self._listeners if listener.everything or fact.document in listener.documents
        ]
        known: dict[str, Document | None] = {}
        may_hear: dict[PersonId, bool] = {}
        for listener in wanting:
            if listener.person not in may_hear:
                reader = (await self._people.get(listener.person)).value
                may_hear[listener.person] = await self._hears(reader, fact, known)
            if may_hear[listener.person]:
                await self._emit(listener, "fact", as_json(recorded))
            if fact.document is not None and not await self._reads(listener.person, fact.document, known):
                self.unsubscribe(listener, fact.document)

    async def _hears(self, person: Person, fact: Fact, known: dict[str, Document | None]) -> bool:
        document = await self._document(fact.document, known) if fact.document is not None else None
        return may_hear(person, fact, document)

    async def _reads(self, person: PersonId, document: str, known: dict[str, Document | None] | None = None) -> bool:
        found = await self._document(document, {} if known is None else known)
        return found is not None and may(Right.READ, Case((await self._people.get(person)).value, found))

    async def _document(self, id: str, known: dict[str, Document | None]) -> Document | None:
        if id not in known:
            try:
                known[id] = (await self._documents.get(id)).value
            except NotFound:
                known[id] = None
        return known[id]

    def _here(self, document: str) -> list[Here]:
        """Of those who are connected to this process; each person once."""
        here: dict[str, Here] = {}
        for listener in self._listeners:
            if (block := listener.at.get(document)) is not None:
                told = {"person": listener.person, "name": listener.name, "department": listener.department}
                here[listener.person] = told | ({"block": block} if block else {})
        return list(here.values())

    async def _tell_people(self, document: str) -> None:
        everywhere = [one for there in self._elsewhere.values() for one in there.get(document, ())]
        here = {one["person"]: one for one in (*everywhere, *self._here(document))}
        for listener in [listener for listener in self._listeners if document in listener.documents]:
            await self._emit(listener, "people", {"document": document, "here": list(here.values())})

    async def _tell_work(self, work: Work) -> None:
        """Not a fact of the record, so without a number of its own: 0."""
        data = {"job": work.job, "kind": work.kind, "state": work.state, "done": work.done, "total": work.total}
        told = {"seq": 0, "at": moment(self._clock()), "type": "job.progress", "data": data}
        if work.document is not None:
            told["document"] = work.document
        for listener in [listener for listener in self._listeners if listener.person == work.person]:
            await self._emit(listener, "fact", told)

    async def _emit(self, listener: Listener, event: str, data: Mapping[str, Any]) -> None:
        if listener.line.waiting() > MOST_WAITING:
            await listener.line.close()
        else:
            await listener.line.emit(event, data)


def work_of(job: Job) -> Work:
    return Work(job.id, job.kind, job.person or "", job.document, job.state.value, job.done, job.total)


def moment(at: datetime) -> str:
    """RFC 3339 in UTC."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def as_json(recorded: Recorded) -> dict[str, Any]:
    fact = recorded.fact
    told: dict[str, Any] = {
        "seq": recorded.seq,
        "at": moment(fact.at),
        "type": fact.type,
        "data": dict(fact.data),
    }
    if fact.document is not None:
        told["document"] = fact.document
    if fact.by is not None:
        told["by"] = fact.by
    return told
