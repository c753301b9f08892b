"""What happened lately that a person may know of: read backwards from the newest fact, never kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from review.document import Document
from review.errors import NotFound
from review.facts import Fact, Recorded
from review.people import Person
from review.permissions import Case, Right, may
from review.ports import Clock, FactLog, Repository

TOLD = ("thread.", "comment.", "round.", "opinion.", "settlement.", "dispute.", "version.", "signing.", "handover.")
UNTOLD = frozenset({"comment.drafted", "comment.edited", "version.signature"})
"""Work in progress, of one department alone; and what another fact tells already."""

WINDOW = 500
MOST_READ = 20_000
"""Facts looked through for one answer."""

OLDEST = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Event:
    recorded: Recorded
    document: Document


def may_hear(person: Person, fact: Fact, document: Document | None) -> bool:
    """Whether a fact is told to a person; `document` is the fact's, None if there is none (any more)."""
    if fact.only and person.id not in fact.only:
        return False
    if fact.type == "role.changed" and fact.data.get("person") == person.id:
        return True
    if fact.document is None:
        return bool(fact.only)
    return document is not None and may(Right.READ, Case(person, document))


@dataclass(frozen=True, slots=True)
class News:
    facts: FactLog
    documents: Repository[Document]
    clock: Clock

    async def of(self, person: Person, limit: int, before: int | None = None) -> list[Event]:
        """The newest first, without one's own acts; `before` is a fact's number."""
        found: list[Event] = []
        known: dict[str, Document | None] = {}
        async for recorded in self._backwards(before, self.clock() - OLDEST):
            fact = recorded.fact
            if fact.by == person.id or not _is_told(fact) or fact.document is None:
                continue
            document = await self._document(fact.document, known)
            if document is not None and may_hear(person, fact, document):
                found.append(Event(recorded, document))
            if len(found) == limit:
                break
        return found

    async def _backwards(self, before: int | None, oldest: datetime) -> AsyncIterator[Recorded]:
        end = await self.facts.head() if before is None else before - 1
        last = max(0, end - MOST_READ)
        while end > last:
            start = max(last, end - WINDOW)
            for recorded in reversed(await self.facts.since(start, end - start)):
                if recorded.fact.at < oldest:
                    return
                yield recorded
            end = start

    async def _document(self, id: str, known: dict[str, Document | None]) -> Document | None:
        if id not in known:
            try:
                known[id] = (await self.documents.get(id)).value
            except NotFound:
                known[id] = None
        return known[id]


def _is_told(fact: Fact) -> bool:
    return fact.type.startswith(TOLD) and fact.type not in UNTOLD
