"""The citizen's code and what it tells: issued by the office, kept as an HMAC, slow for who guesses."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from time import monotonic

from review import document, status
from review.document import Document, Version, VersionKind
from review.errors import NotFound
from review.facts import Fact
from review.handover import Handover
from review.ids import DocumentId, PersonId
from review.people import Department
from review.ports import Clock, Kept, Repository
from review.round import Round
from review.status import Known, Told
from server.identity.citizen_codes import kept_as, new_code, read
from server.identity.throttle import CODE, Throttle
from server.problems import Problem

LIFE = timedelta(days=2 * 365)
ANSWERED_AFTER = 0.12
"""Seconds from question to answer, whatever the answer: finding nothing must not be told by being quicker."""


@dataclass(frozen=True, slots=True)
class StatusCode:
    """Kept under the HMAC of the code."""

    document: DocumentId
    by: PersonId
    created: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class Status:
    """`key` is the office's secret for codes; `zone` is where its days begin; `now` and `sleep` are in seconds."""

    codes: Repository[StatusCode]
    documents: Repository[Document]
    versions: Repository[Version]
    rounds: Repository[Round]
    handovers: Repository[Handover]
    departments: Repository[Department]
    throttle: Throttle
    key: bytes
    zone: tzinfo
    clock: Clock
    now: Callable[[], float] = monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def issue(self, person: PersonId, of: DocumentId) -> tuple[str, datetime]:
        """A code for the citizen, shown this once. Several may be out for one document."""
        code, now = new_code(), self.clock()
        expires = now + LIFE
        fact = Fact("status_code.issued", now, person, of, {"expires": expires.isoformat()})
        await self.codes.insert(kept_as(self.key, read(code)), StatusCode(of, person, now, expires), [fact])
        return code, expires

    async def ask(self, typed: str, address: str) -> Told:
        """What the code tells. Raises `no_such_code` alike for unknown, wrong and expired ones, and `slow_down`."""
        guess = (CODE, address)
        self.throttle.guess(guess)
        asked = self.now()
        try:
            told = await self._answer(typed)
        finally:
            await self.sleep(max(0.0, asked + ANSWERED_AFTER - self.now()))
        self.throttle.right(guess)
        return told

    async def _answer(self, typed: str) -> Told:
        found = await self._found(kept_as(self.key, read(typed[:100])))
        if found is None or found.expires <= self.clock():
            raise Problem("no_such_code")
        try:
            kept = await self.documents.get(found.document)
        except NotFound:
            raise Problem("no_such_code") from None
        return status.tell(await self._known(kept.value))

    async def _found(self, id: str) -> StatusCode | None:
        try:
            return (await self.codes.get(id)).value
        except NotFound:
            return None

    async def _known(self, of: Document) -> Known:
        round = await self._round(of)
        decision = await self._decision(of)
        handover = await self._handover(decision)
        began = await self._began(of, round)
        return Known(
            state=of.state,
            department=(await self.departments.get(of.department)).value.name,
            began=self._day(handover.updated if handover and of.state is document.State.HANDED_OVER else began),
            review_due=self._day(round.due) if round else None,
            decided=self._day(max(s.at for s in decision.signatures)) if decision and decision.signatures else None,
            handover=handover.state if handover else None,
        )

    async def _began(self, of: Document, round: Round | None) -> datetime:
        if of.state is document.State.IN_REVIEW and round and round.opened:
            return round.opened
        if of.state is document.State.SETTLING and round and round.closed:
            return round.closed
        if of.state is document.State.DRAFT:
            return of.created
        if of.state in (document.State.READY, document.State.SIGNING) and of.versions:
            return (await self.versions.get(of.versions[-1])).value.created
        return of.updated

    async def _round(self, of: Document) -> Round | None:
        return (await self.rounds.get(of.rounds[-1])).value if of.rounds else None

    async def _decision(self, of: Document) -> Version | None:
        """The signed version that holds now: the last one."""
        for id in reversed(of.versions):
            version = (await self.versions.get(id)).value
            if version.kind is VersionKind.SIGNED:
                return version
        return None

    async def _handover(self, decision: Version | None) -> Handover | None:
        if decision is None:
            return None
        found: list[Kept[Handover]] = list((await self.handovers.find(version=decision.id, limit=1)).items)
        return found[0].value if found else None

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()
